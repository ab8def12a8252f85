// Runs every committed input once, without the engine: what source coverage is measured on (`npm run coverage`), and a
// quick check that the driver as it is passes them all. Exit code 0 all ok, 77 a finding, 3 the harness failed, 1 no inputs.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { TARGETS } from '../../target/targets.js';
import type { Verdict } from '../../verdict/verdict.js';
import { execute } from '../../world/execute.js';
import { findTarget } from '../harness.js';
import { committedCorpus } from '../paths.js';
import { type ReplayInput, collectInputs } from './replay-inputs.js';

const EXIT_FINDING = 77;
const EXIT_INTERNAL = 3;
const EXIT_NO_INPUTS = 1;

/** What was hand-made and what once failed; never what an engine generated on this machine. */
const COMMITTED = ['seed', 'regression'] as const;

function committedInputs(): readonly ReplayInput[] {
  const folders = TARGETS.filter((target) => !target.canary).flatMap((target) =>
    COMMITTED.map((kind) => join(committedCorpus(), target.name, kind)),
  );
  return folders.filter(hasFiles).flatMap((folder) => collectInputs([folder], undefined));
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

function verdictOf(input: ReplayInput): Verdict {
  return execute(findTarget(TARGETS, input.target), input.bytes);
}

/** One line on standard error where the verdict is not ok; returns the exit code that it asks for. */
function judge(input: ReplayInput): number {
  const verdict = verdictOf(input);
  if (verdict.kind === 'ok') return 0;
  const what = verdict.kind === 'finding' ? verdict.finding.bucket : verdict.message;
  process.stderr.write(`${verdict.kind}  ${input.file}  ${what}\n`);
  return verdict.kind === 'finding' ? EXIT_FINDING : EXIT_INTERNAL;
}

function main(): number {
  const inputs = committedInputs();
  if (inputs.length === 0) {
    process.stderr.write(`no inputs in ${committedCorpus()}: run npm run seeds\n`);
    return EXIT_NO_INPUTS;
  }
  const codes = inputs.map(judge);
  const failed = codes.filter((code) => code !== 0);
  process.stdout.write(`${inputs.length - failed.length} of ${inputs.length} committed inputs ok\n`);
  return failed.includes(EXIT_INTERNAL) ? EXIT_INTERNAL : (failed[0] ?? 0);
}

process.exitCode = main();
