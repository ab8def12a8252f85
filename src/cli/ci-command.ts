// `vringfuzz ci`: everything that a change, or a night, is to be judged by, with one exit code and one folder of results.

import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { type Command, Option } from 'commander';

import { buildBug, findBug } from '../campaign/bugs/bug-bank.js';
import { contentOrNull, writeAtomically } from '../campaign/atomic-file.js';
import { CiRun, type CiResult } from '../campaign/ci/ci-run.js';
import { type CiDriver, type CiOptions, TIERS, type Tier } from '../campaign/ci/tiers.js';
import { canRun, checkTargets } from '../campaign/drivers/driver-targets.js';
import type { LoadedDriver } from '../campaign/drivers/loaded-driver.js';
import { parseDuration } from '../campaign/duration.js';
import { checkWritable } from '../campaign/folders.js';
import { findTarget } from '../campaign/harness.js';
import { loadKnownIssues } from '../campaign/known-issues.js';
import { committedCorpus, crashesFolder, workRoot } from '../campaign/paths.js';
import { ciDocument, ciSummary, stageText, verdict } from '../report/ci-text.js';
import { coloursFor } from '../report/colours.js';
import { commandLine } from '../report/shell-word.js';
import type { TargetSpec } from '../target/target-spec.js';
import { ALL_TARGETS, TARGETS } from '../target/targets.js';
import { driverFor, driverOption, findingsOf, note, positiveInteger } from './options.js';

interface CiCommandOptions {
  readonly tier: Tier;
  readonly time?: string;
  readonly jobs: number;
  readonly seed?: number;
  readonly crashes?: string;
  readonly corpus?: string;
  readonly knownIssues?: string;
  readonly bug?: string;
  readonly driver?: string;
  readonly output?: string;
  readonly json?: boolean;
}

const OUTPUT = 'ci-report';
const SUMMARY = 'summary.md';
const SUMMARY_JSON = 'summary.json';

const HELP = `
quick    under a minute: committed inputs, 30 s of fuzzing, triage, reports
pr       ten minutes: the same with 9 minutes of fuzzing; put the corpus of the nightly run in place first
nightly  an hour, or --time: does not stop at findings; then distils the corpus and measures its coverage as well

A run fails on what is new: buckets in known-issues.json are counted until their date. Each stage is a command that can be
typed alone. The output folder has ${SUMMARY}, ${SUMMARY_JSON}, report.{json,sarif,md,html}, junit.xml and the logs; findings are in
the crashes folder, the grown corpus in corpus/<target>/generated. With --driver both are in the parts of it that are that
driver's, the corpus is not counted, and coverage is that of the kernel's file, or none.

Examples:
  vringfuzz ci --tier quick
  vringfuzz ci --tier pr split_ring_fuzzer packed_ring_fuzzer
  vringfuzz ci --tier nightly --time 8h --jobs 4
  vringfuzz ci --tier pr --driver linux:6.12 --known-issues known-in-linux.json

Exit code, the first that holds: 3 the harness itself failed, 77 a finding that is not accepted, 70 an execution that does
not end, 1 the machine does not allow it or a result is not complete, 2 wrong use or a file that cannot be used, 0 passed.`;

export function addCiCommand(program: Command): void {
  program
    .command('ci')
    .description('judge a change or a night: replay, fuzz, triage and report')
    .argument('[targets...]', 'targets (default: all but the canary)')
    .addOption(new Option('--tier <name>', 'how much').choices(TIERS).makeOptionMandatory())
    .option('--time <duration>', 'time of the fuzzing, for all targets together (default: the tier says)')
    .option('--jobs <n>', 'engine processes at a time', positiveInteger, 1)
    .option('--seed <n>', 'seed of the engine', positiveInteger)
    .option('--crashes <dir>', 'folder of findings (default: crashes)')
    .option('--corpus <dir>', 'folder of the corpus (default: corpus)')
    .option('--known-issues <file>', 'accepted buckets (default: known-issues.json, where there is one)')
    .option('--bug <id>', 'judge the build with this planted bug: to see the gate fail')
    .addOption(driverOption())
    .option('--output <dir>', `folder of the results (default: ${OUTPUT})`)
    .option('--json', 'the summary as one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(ci);
}

async function ci(names: readonly string[], options: CiCommandOptions): Promise<void> {
  const ciOptions = toCiOptions(names, options);
  const colours = coloursFor(process.stderr);
  const run = new CiRun(ciOptions, loadKnownIssues(options.knownIssues), {
    started: (name, command) => {
      note(`${name}: npx vringfuzz ${commandLine(command)}`);
    },
    ended: (stage) => {
      process.stderr.write(stageText(stage, colours));
    },
  });
  const stop = (): void => run.stop();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, stop));
  const result = await run.run();
  signals.forEach((signal) => process.off(signal, stop));
  writeSummary(ciOptions.output, result);
  const shown = join(asTyped(ciOptions.output), SUMMARY);
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(ciDocument(result))}\n`
      : `ci ${result.tier}: ${verdict(result)}; see ${shown}\n`,
  );
  process.exitCode = result.exitCode;
}

/** Checks all that can be checked before anything runs. Throws UsageError and EnvironmentError. */
function toCiOptions(names: readonly string[], options: CiCommandOptions): CiOptions {
  const chosen = [...new Set(names)].map((name) => findTarget(ALL_TARGETS, name));
  const driver = driverFor(chosen, options);
  if (driver !== null) checkTargets(driver, chosen.length > 0 ? chosen : TARGETS, options.bug ?? null);
  const targets = chosen.map(({ name }) => name);
  if (options.time !== undefined) parseDuration(options.time);
  // Built now, so that a patch that does not apply is told at once.
  if (options.bug !== undefined) buildBug(findBug(options.bug, []));
  const output = resolve(options.output ?? join(workRoot(), OUTPUT));
  const crashes = resolve(options.crashes ?? crashesFolder());
  checkWritable(output);
  checkWritable(crashes);
  return {
    tier: options.tier,
    targets,
    time: options.time ?? null,
    jobs: options.jobs,
    seed: options.seed ?? null,
    inputs: committedInputs(options.corpus, runTargets(chosen, driver)),
    crashes: asTyped(crashes),
    corpus: options.corpus === undefined ? null : options.corpus,
    knownIssues: options.knownIssues ?? null,
    bug: options.bug ?? null,
    driver: driver === null ? null : ciDriver(driver, asTyped(findingsOf(crashes, driver))),
    output: asTyped(output),
  };
}

/** The targets that a run has: those named, or all that make sense. */
function runTargets(chosen: readonly TargetSpec[], driver: LoadedDriver | null): readonly TargetSpec[] {
  const all = chosen.length > 0 ? chosen : TARGETS.filter(({ canary }) => !canary);
  return all.filter((target) => driver === null || canRun(driver, target));
}

/** What a stage types for the driver: the very build, also where a newer one appears meanwhile. */
function ciDriver({ handle }: LoadedDriver, findings: string): CiDriver {
  const isLinux = handle.startsWith('linux:');
  return { name: isLinux ? handle : asTyped(handle), findings, isLinux };
}

/** Folders of seeds and regressions, as one would type them. */
function committedInputs(corpus: string | undefined, targets: readonly TargetSpec[]): readonly string[] {
  const homes = new Set(targets.map(({ name, seedsOf }) => seedsOf ?? name));
  return [...homes]
    .flatMap((name) => ['seed', 'regression'].map((kind) => join(corpus ?? committedCorpus(), name, kind)))
    .filter((folder) => existsSync(folder))
    .map(asTyped);
}

function writeSummary(folder: string, result: CiResult): void {
  const report = contentOrNull(join(folder, 'report.md'))?.toString('utf8') ?? 'There is no report: see the logs.\n';
  writeAtomically(join(folder, SUMMARY), Buffer.from(ciSummary(result, report)));
  writeAtomically(join(folder, SUMMARY_JSON), Buffer.from(`${JSON.stringify(ciDocument(result), null, 2)}\n`));
}

/** The path as one would type it here. */
function asTyped(path: string): string {
  const short = relative(process.cwd(), resolve(path));
  return short.startsWith('..') ? resolve(path) : short || '.';
}
