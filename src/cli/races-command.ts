// `vringfuzz races`: the device changes each shared field that the driver reads, just before it reads it.

import { type Command, Option } from 'commander';

import { findWrite, parseValues } from '../campaign/systematic/parse-choices.js';
import { checkOracles, searchableInputs } from '../campaign/systematic/search-inputs.js';
import { racesOf } from '../campaign/systematic/strategy.js';
import type { RacePlace } from '../world/placement.js';
import { type SearchCommandOptions, addSearchOptions, runSearch } from './search-output.js';

interface RacesOptions extends SearchCommandOptions {
  readonly at: keyof typeof PLACES;
  readonly depth: '1' | '2';
  readonly values?: string;
}

const PLACES = {
  loads: ['load'],
  maps: ['map', 'unmap'],
  all: ['load', 'map', 'unmap'],
} as const satisfies Record<string, readonly RacePlace[]>;

/** Runs of an input with --depth 2, where nothing else is said. */
const PAIRS_LIMIT = 100_000;

const HELP = `
Each FILE is an input or a folder of inputs, as for replay. An input runs once to number the driver's loads of shared
memory, then once for each load and each value worth trying in the field that it reads; with --at maps once for each
field of the descriptors in use, after each map and before each unmap. After the records the queue is reset, and an honest
device must be able to use it. --depth 2 adds every later place to every first one; without --limit at most
${String(PAIRS_LIMIT)} runs of an input.

Examples:
  vringfuzz races corpus/split_ring_fuzzer/seed/split-out-of-order
  vringfuzz races my-input --target packed_ring_fuzzer --at all --values 0,0xffff
  vringfuzz races my-input --target split_ring_fuzzer --only 17=0x9 --trace

Exit code: 0 nothing found, 77 a finding, 70 no end, 3 the harness itself failed, 2 wrong use or a file that cannot be used.`;

export function addRacesCommand(program: Command): void {
  const command = program
    .command('races')
    .description('change each shared field of an input just before the driver reads it')
    .argument('<file...>', 'inputs, or folders of inputs')
    .addOption(
      new Option('--at <places>', 'where the device acts').choices(Object.keys(PLACES)).default('loads', 'loads'),
    )
    .addOption(new Option('--depth <n>', 'races in one run').choices(['1', '2']).default('1', '1'))
    .option('--values <list>', 'values to try everywhere, such as 0,0x8000 (default: by the field)');
  addSearchOptions(command, 'just these, such as 17=0x9 or unmap:4:desc[2].len=0x9, or none')
    .addHelpText('after', HELP)
    .action(races);
}

function races(files: readonly string[], options: RacesOptions): void {
  checkOracles(options.silence);
  const values = options.values === undefined ? null : parseValues(options.values);
  const pairs = options.depth === '2';
  const limit = options.limit ?? (pairs ? PAIRS_LIMIT : null);
  const strategy = racesOf({ at: PLACES[options.at], values });
  const command = { name: 'races', find: findWrite, search: { strategy, pairs, limit } } as const;
  runSearch(searchableInputs(files, options.target), command, options);
}
