// Runs every input of some folders once, without the engine: what source coverage is measured on. Without arguments the
// committed corpus, as a quick check that the driver passes it. Exit code 0 all ok, 77 a finding, 3 the harness failed,
// 1 no inputs, 2 a file that cannot be used.

import { existsSync } from 'node:fs';

import { TARGETS } from '../../target/targets.js';
import { execute } from '../../world/execute.js';
import { committedCorpus } from '../paths.js';
import { COMMITTED_KINDS } from '../corpus/manifest.js';
import { kindFolder } from '../corpus/corpus-inputs.js';
import { findTarget } from '../harness.js';
import { type ReplayInput, gatherInputs } from './replay-inputs.js';

const EXIT_FINDING = 77;
const EXIT_INTERNAL = 3;
const EXIT_NO_INPUTS = 1;
const EXIT_USAGE = 2;

function committedFolders(): readonly string[] {
  const corpus = committedCorpus();
  return TARGETS.flatMap(({ name }) =>
    COMMITTED_KINDS.map((kind) => kindFolder({ committed: corpus, generated: corpus }, name, kind)),
  ).filter((folder) => existsSync(folder));
}

/** One line on standard error where the verdict is not ok; returns the exit code that it asks for. */
function judge(input: ReplayInput): number {
  const verdict = execute(findTarget(TARGETS, input.target), input.bytes);
  if (verdict.kind === 'ok') return 0;
  const what = verdict.kind === 'finding' ? verdict.finding.bucket : verdict.message;
  process.stderr.write(`${verdict.kind}  ${input.file}  ${what}\n`);
  return verdict.kind === 'finding' ? EXIT_FINDING : EXIT_INTERNAL;
}

function main(given: readonly string[]): number {
  const { inputs, problems } = gatherInputs(given.length === 0 ? committedFolders() : given, undefined);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (inputs.length === 0) {
    process.stderr.write(`no inputs in ${committedCorpus()}: run npm run seeds\n`);
    return EXIT_NO_INPUTS;
  }
  const codes = inputs.map(judge);
  const failed = codes.filter((code) => code !== 0);
  process.stdout.write(`${inputs.length - failed.length} of ${inputs.length} inputs ok\n`);
  if (failed.includes(EXIT_INTERNAL)) return EXIT_INTERNAL;
  return failed[0] ?? (problems.length > 0 ? EXIT_USAGE : 0);
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_USAGE;
}
