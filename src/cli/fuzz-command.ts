// `vringfuzz fuzz`: runs the engine.

import { resolve } from 'node:path';

import type { Command } from 'commander';

import { buildBug, findBug } from '../campaign/bugs/bug-bank.js';
import { canRun, checkTargets } from '../campaign/drivers/driver-targets.js';
import { parseDuration } from '../campaign/duration.js';
import { checkRawFlags } from '../campaign/engine/engine-flags.js';
import { UsageError } from '../campaign/errors.js';
import { DEFAULT_MAX_LENGTH, FuzzCampaign } from '../campaign/fuzz-campaign.js';
import type { CampaignOptions } from '../campaign/fuzzing/campaign-options.js';
import type { CampaignResult } from '../campaign/fuzzing/campaign-result.js';
import { findTarget } from '../campaign/harness.js';
import { loadKnownIssues } from '../campaign/known-issues.js';
import { committedCorpus, compiledRoot, corpusFolder, crashesFolder } from '../campaign/paths.js';
import { bucketTable, campaignTable } from '../report/campaign-text.js';
import { shellWord } from '../report/shell-word.js';
import type { TargetSpec } from '../target/target-spec.js';
import { ALL_TARGETS, TARGETS } from '../target/targets.js';
import { CampaignConsole } from './campaign-console.js';
import {
  bugsOption,
  buildArguments,
  driverFor,
  driverOption,
  findingsOf,
  positiveInteger,
  probability,
} from './options.js';

interface FuzzOptions {
  readonly time?: string;
  readonly runs?: number;
  readonly seed?: number;
  readonly maxLen: number;
  readonly jobs: number;
  readonly keepGoing?: boolean;
  readonly stopAfter?: number;
  readonly untilRisk?: number;
  readonly knownIssues?: string;
  readonly bug?: string;
  readonly bugs: readonly string[];
  readonly driver?: string;
  readonly seeds: boolean;
  readonly crashes?: string;
  readonly corpus?: string;
  readonly json?: boolean;
}

const DEFAULT_TIME = '60s';
const LARGEST_SEED = 2 ** 32 - 1;
/** Each takes a core and about 150 MB: more is a typing error. */
const MOST_JOBS = 1024;

const HELP = `
Without targets all are fuzzed, except the canary. A target ends at its first finding, unless --keep-going or --stop-after
says otherwise; the others go on. Inputs that failed before are run first. What follows -- goes to libFuzzer as it is.

Examples:
  vringfuzz fuzz
  vringfuzz fuzz split_ring_fuzzer packed_ring_fuzzer --time 10m
  vringfuzz fuzz --keep-going --jobs 4 --time 8h --until-risk 1e-4
  vringfuzz fuzz bounce_fuzzer --runs 1000000 --seed 1 --no-seeds
  vringfuzz fuzz split_ring_fuzzer -- -use_value_profile=1

Exit code: 0 nothing new, 77 a finding, 70 an execution that does not end, 3 the harness itself failed, 2 wrong use.`;

export function addFuzzCommand(program: Command): void {
  program
    .command('fuzz')
    .description('fuzz targets, one after the other')
    .argument('[targets...]', 'targets to fuzz (see vringfuzz list)')
    .option('--time <duration>', `time for all targets together, such as 60s, 10m, 1h (default: ${DEFAULT_TIME})`)
    .option('--runs <n>', 'executions of each target, instead of a time', positiveInteger)
    .option('--seed <n>', 'seed of the engine: the same one gives the same run', positiveInteger)
    .option('--max-len <n>', 'longest input in bytes', positiveInteger, DEFAULT_MAX_LENGTH)
    .option('--jobs <n>', 'engine processes at a time, over one corpus', positiveInteger, 1)
    .option('--keep-going', 'collect every distinct finding until the time is over')
    .option('--stop-after <n>', 'end a target at its n-th distinct new finding (default: 1)', positiveInteger)
    .option(
      '--until-risk <p>',
      'end a target when another execution is that unlikely to reach anything new',
      probability,
    )
    .option('--known-issues <file>', 'findings that are accepted for a while (default: known-issues.json)')
    .option('--bug <id>', 'fuzz the build with this planted bug')
    .addOption(bugsOption())
    .addOption(driverOption())
    .option('--no-seeds', 'start from random inputs and keep no corpus')
    .option('--crashes <dir>', 'folder of findings (default: crashes)')
    .option('--corpus <dir>', 'folder of the corpus (default: corpus)')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(fuzz);
}

async function fuzz(words: readonly string[], options: FuzzOptions): Promise<void> {
  const campaignOptions = toCampaignOptions(words, options);
  const { bug, stopAfter } = campaignOptions;
  const json = options.json === true;
  const named = options.driver ?? campaignOptions.driver?.handle;
  const view = new CampaignConsole({
    ...{ bug, json, inFull: stopAfter === 1 },
    // A target of Linux has chosen a build, and what it found is a finding of that build.
    commandArguments: buildArguments(named === undefined ? options : { ...options, driver: named }),
    driver: campaignOptions.driver,
  });
  const campaign = new FuzzCampaign(campaignOptions, view);
  const stop = (): void => campaign.stop();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, stop));
  const { result, exitCode, failure } = await campaign.run();
  signals.forEach((signal) => process.off(signal, stop));
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : tables(result, stopAfter));
  if (failure !== null) {
    throw failure;
  }
  process.exitCode = exitCode;
}

/** The table of targets, and where more than one bucket was looked for, that of the buckets. */
function tables(result: CampaignResult, stopAfter: number | null): string {
  const buckets = stopAfter === 1 ? '' : bucketTable(result);
  return `\n${campaignTable(result)}${buckets === '' ? '' : `\n${buckets}`}`;
}

/** Checks everything that can be checked before the engine starts. Throws UsageError. */
function toCampaignOptions(words: readonly string[], options: FuzzOptions): CampaignOptions {
  // No target's name starts with a dash, so what does came after `--`.
  const rawFlags = words.filter((word) => word.startsWith('-'));
  checkRawFlags(rawFlags);
  const { runs = null, seed = null, bug = null } = options;
  if (seed !== null && seed > LARGEST_SEED) {
    throw new UsageError(`--seed ${String(seed)} is too large: the largest is ${String(LARGEST_SEED)}`);
  }
  if (options.jobs > MOST_JOBS) {
    throw new UsageError(`--jobs ${String(options.jobs)} is too many: at most ${String(MOST_JOBS)}, one for each core`);
  }
  const time = options.time ?? (runs === null ? DEFAULT_TIME : null);
  const targets = chooseTargets(words.filter((word) => !word.startsWith('-')));
  const driver = driverFor(targets, options);
  const corpus = resolve(options.corpus ?? corpusFolder());
  if (driver !== null) checkTargets(driver, targets, bug);
  return {
    targets: targets.filter((target) => driver === null || canRun(driver, target)),
    seconds: time === null ? null : parseTime(time),
    runs,
    seed,
    maxLength: options.maxLen,
    jobs: options.jobs,
    stopAfter: options.stopAfter ?? (options.keepGoing === true ? null : 1),
    untilRisk: options.untilRisk ?? null,
    knownIssues: loadKnownIssues(options.knownIssues),
    bug,
    driver,
    root: bug === null ? compiledRoot() : buildBug(findBug(bug, options.bugs)),
    crashes: findingsOf(resolve(options.crashes ?? crashesFolder()), driver),
    corpus: {
      // What a planted bug lets through has no place beside inputs for the driver as it is.
      generated: options.seeds && bug === null ? findingsOf(corpus, driver) : null,
      committed: options.seeds ? (options.corpus === undefined ? committedCorpus() : corpus) : null,
    },
    rawFlags,
    commandLine: ['vringfuzz', ...process.argv.slice(2)].map(shellWord).join(' '),
  };
}

function parseTime(time: string): number {
  if (/^0+[smhd]?$/.test(time.trim())) {
    throw new UsageError(
      `--time ${time} would fuzz nothing: type for example --time 60s, or --runs 100000 for a number of executions`,
    );
  }
  return parseDuration(time);
}

function chooseTargets(names: readonly string[]): readonly TargetSpec[] {
  if (names.length === 0) {
    return TARGETS.filter((target) => !target.canary);
  }
  return [...new Set(names)].map((name) => findTarget(ALL_TARGETS, name));
}
