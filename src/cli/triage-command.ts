// `vringfuzz triage`: from a pile of findings to a short ranked list; `--promote`: from one of them to a regression test.

import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';

import type { Command } from 'commander';

import type { LoadedDriver } from '../campaign/drivers/loaded-driver.js';
import { UsageError } from '../campaign/errors.js';
import { findTarget } from '../campaign/harness.js';
import { corpusFolder, crashesFolder } from '../campaign/paths.js';
import { crashFolderAt } from '../campaign/triage/places.js';
import { promote } from '../campaign/triage/promote.js';
import { type TriageRun, runTriage, triageExitCode } from '../campaign/triage/run-triage.js';
import { needsAttention } from '../campaign/triage/triaged-bucket.js';
import { coloursFor } from '../report/colours.js';
import { triageDocument } from '../report/triage-json.js';
import { triageSummary, triageTable } from '../report/triage-text.js';
import { ALL_TARGETS } from '../target/targets.js';
import {
  type BuildOptions,
  addBuildOptions,
  buildArguments,
  buildsOf,
  findingsOf,
  note,
  positiveInteger,
} from './options.js';

interface TriageCommandOptions extends BuildOptions {
  readonly crashes?: string;
  readonly knownIssues?: string;
  readonly times: number;
  /** Seconds. */
  readonly timeout: number;
  readonly promote?: string;
  readonly name?: string;
  readonly corpus?: string;
  readonly json?: boolean;
}

const HELP = `
Every input runs again and is put into the bucket it ends in now. The smallest of each bucket is minimised; README.md and
triage.json in its folder say what came of it. Nothing is moved or deleted, and a second run changes nothing.
A DIR is a folder of findings, one target of it, or a folder of inputs from elsewhere, such as a download of OSS-Fuzz: of
these, those that fail are copied to the crashes folder. Their target comes from a sidecar, a folder, the file's name
(clusterfuzz-testcase-minimized-<target>-<number>) or --target. In a folder of findings --target takes only that one.
--promote copies the minimised input of one bucket to corpus/<target>/regression/ and does nothing else.

Examples:
  vringfuzz triage
  vringfuzz triage ~/Downloads/testcases --target split_ring_fuzzer
  vringfuzz triage --known-issues known-issues.json --json
  vringfuzz triage --promote early-unmap.split-queue-detach.buffer-in-flight --name forged-id-unmaps

Exit code: 3 the harness itself failed on an input, 77 a bucket is new, flaky or no longer accepted, 1 something could not
be written, 2 a file could not be used, or wrong use; the first of these that holds. 0 nothing of all that.`;

export function addTriageCommand(program: Command): void {
  const command = program
    .command('triage')
    .description('rank findings: replay, group, minimise and explain them')
    .argument('[dir...]', 'folders of findings, or of inputs from elsewhere (default: crashes)');
  addBuildOptions(command)
    .option('--crashes <dir>', 'folder of findings, where inputs from elsewhere go (default: crashes)')
    .option('--known-issues <file>', 'accepted buckets (default: known-issues.json, where it exists)')
    .option('--times <n>', 'runs of each input', positiveInteger, 10)
    .option('--timeout <seconds>', 'time after which a run counts as endless', positiveInteger, 10)
    .option('--promote <bucket>', 'keep the minimised input of this bucket as a regression test')
    .option('--name <name>', 'with --promote: file name (default: made of the bucket)')
    .option('--corpus <dir>', 'with --promote: folder of the corpus (default: corpus)')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(triageOrPromote);
}

function triageOrPromote(paths: readonly string[], options: TriageCommandOptions): void {
  if (options.target !== undefined) findTarget(ALL_TARGETS, options.target);
  if (options.promote === undefined) {
    if (options.name !== undefined) throw new UsageError('--name goes with --promote');
    if (options.corpus !== undefined) throw new UsageError('--corpus goes with --promote');
    triageAll(paths, options);
  } else {
    if (paths.length > 0) throw new UsageError('--promote looks in one folder of findings: name it with --crashes');
    promoteOne(options.promote, options);
  }
}

function triageAll(paths: readonly string[], options: TriageCommandOptions): void {
  const { target, times } = options;
  const builds = buildsOf(options);
  const run = runTriage({
    paths,
    crashes: crashesOf(options, builds.driver),
    target,
    knownIssues: options.knownIssues,
    builds,
    times,
    hangLimit: options.timeout * 1000,
    now: new Date(),
    commandArguments: buildArguments(options),
  });
  for (const text of [...run.problems, ...run.failures, ...run.notes]) note(text);
  process.stdout.write(options.json === true ? `${JSON.stringify(triageDocument(run))}\n` : humanText(run));
  process.exitCode = triageExitCode(run);
}

function humanText(run: TriageRun): string {
  const colours = coloursFor(process.stdout);
  const taken = run.copied + run.passing.length;
  const imported =
    taken === 0
      ? ''
      : `${taken} inputs from elsewhere: ${run.copied} fail and were copied, ${run.passing.length} do not\n`;
  const pages = run.buckets.filter(needsAttention).map(({ folder }) => resolve(folder, 'README.md'));
  const first = pages.find((page) => existsSync(page));
  const next = first === undefined ? '' : `start with ${relative(process.cwd(), first)}\n`;
  const summary = run.buckets.length === 0 ? '' : `\n${triageSummary(run.buckets)}`;
  return `${triageTable(run.buckets, colours)}${summary}${imported}${next}`;
}

function promoteOne(bucket: string, options: TriageCommandOptions): void {
  const { target, name } = options;
  const corpus = resolve(options.corpus ?? corpusFolder());
  const builds = buildsOf(options);
  // A regression test runs our own driver.
  if (builds.driver !== null)
    throw new UsageError('--promote keeps inputs for the tests of this project: leave out --driver');
  const promoted = promote(crashFolderAt(crashesOf(options, null)), { bucket, target, name, corpus, builds });
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: 1, bucket, ...promoted })}\n`);
    return;
  }
  const { file, size, added } = promoted;
  const shown = relative(process.cwd(), file);
  process.stdout.write(
    added
      ? `${shown}: ${size} bytes\n` +
          (promoted.bug === null
            ? 'It fails until the driver is fixed, and the regression test (npm test) with it. Commit it with the fix.\n'
            : `It fails with bug ${promoted.bug}; on the driver as it is the regression test (npm test) must pass.\n`)
      : `${shown} is this input already: nothing to do\n`,
  );
}

function crashesOf({ crashes }: TriageCommandOptions, driver: LoadedDriver | null): string {
  return findingsOf(resolve(crashes ?? crashesFolder()), driver);
}
