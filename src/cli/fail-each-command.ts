// `vringfuzz fail-each`: every service that an input uses fails once, at each of its attempts.

import type { Command } from 'commander';

import { EnvironmentError } from '../campaign/errors.js';
import { committedCorpus } from '../campaign/paths.js';
import { findFailure } from '../campaign/systematic/parse-choices.js';
import { checkOracles, committedInputs, searchableInputs } from '../campaign/systematic/search-inputs.js';
import { FAIL_EACH } from '../campaign/systematic/strategy.js';
import { type SearchCommandOptions, addSearchOptions, runSearch } from './search-output.js';

interface FailEachOptions extends SearchCommandOptions {
  readonly pairs?: boolean;
}

/** Runs of an input with --pairs, where nothing else is said. */
const PAIRS_LIMIT = 20_000;

const HELP = `
Each FILE is an input or a folder of inputs, as for replay; without any, the committed corpus. An input runs once to count
its attempts at each service (map, coherent, kmalloc, notify, disable-queue, enable-queue), then once for each attempt, with
that one failing. After the records everything works again, and an honest device must be able to use the queue. --pairs
adds every later attempt to every first one; without --limit at most ${String(PAIRS_LIMIT)} runs of an input.

Examples:
  vringfuzz fail-each
  vringfuzz fail-each corpus/mapping_error_fuzzer/seed --pairs
  vringfuzz fail-each my-input --target packed_ring_fuzzer --only map:3,notify:1 --trace

Exit code: 0 nothing found, 77 a finding, 70 no end, 3 the harness itself failed, 2 wrong use or a file that cannot be used.`;

export function addFailEachCommand(program: Command): void {
  const command = program
    .command('fail-each')
    .description('fail each map, allocation and request of an input in turn')
    .argument('[file...]', 'inputs, or folders of inputs (default: the committed corpus)')
    .option('--pairs', 'two failures as well');
  addSearchOptions(command, 'fail just these, such as map:3,notify:1, or none')
    .addHelpText('after', HELP)
    .action(failEach);
}

function failEach(files: readonly string[], options: FailEachOptions): void {
  checkOracles(options.silence);
  const paths = files.length === 0 ? committedInputs() : files;
  if (paths.length === 0) throw new EnvironmentError(`no inputs in ${committedCorpus()}: run npm run seeds`);
  const pairs = options.pairs === true;
  const limit = options.limit ?? (pairs ? PAIRS_LIMIT : null);
  const command = { name: 'fail-each', find: findFailure, search: { strategy: FAIL_EACH, pairs, limit } } as const;
  runSearch(searchableInputs(paths, options.target), command, options);
}
