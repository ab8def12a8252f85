// `vringfuzz fuzz`: runs the engine.

import { relative, resolve } from 'node:path';

import type { Command } from 'commander';

import { buildBug, findBug } from '../campaign/bugs/bug-bank.js';
import { type Sidecar, readSidecar, sidecarPath } from '../campaign/crashes/crash-store.js';
import { parseDuration } from '../campaign/duration.js';
import type { EngineEnd } from '../campaign/engine/engine-end.js';
import { checkRawFlags } from '../campaign/engine/engine-flags.js';
import { UsageError, messageOf } from '../campaign/errors.js';
import {
  type CampaignOptions,
  type CampaignListener,
  DEFAULT_MAX_LENGTH,
  FuzzCampaign,
} from '../campaign/fuzz-campaign.js';
import { findTarget } from '../campaign/harness.js';
import { committedCorpus, compiledRoot, corpusFolder, crashesFolder } from '../campaign/paths.js';
import { campaignTable, endText, statusText } from '../report/campaign-text.js';
import { coloursFor } from '../report/colours.js';
import { StatusLine } from '../report/status-line.js';
import type { TargetSpec } from '../target/target-spec.js';
import { TARGETS } from '../target/targets.js';
import { bugsOption, note, positiveInteger } from './options.js';

interface FuzzOptions {
  readonly time?: string;
  readonly runs?: number;
  readonly seed?: number;
  readonly maxLen: number;
  readonly bug?: string;
  readonly bugs: readonly string[];
  readonly seeds: boolean;
  readonly crashes?: string;
  readonly corpus?: string;
  readonly json?: boolean;
}

const DEFAULT_TIME = '60s';
const LARGEST_SEED = 2 ** 32 - 1;

const HELP = `
Without targets all are fuzzed, except the canary. A target ends at its first finding; the others go on.
What follows -- goes to libFuzzer as it is.

Examples:
  vringfuzz fuzz
  vringfuzz fuzz split_ring_fuzzer packed_ring_fuzzer --time 10m
  vringfuzz fuzz bounce_fuzzer --runs 1000000 --seed 1 --no-seeds
  vringfuzz fuzz split_ring_fuzzer -- -use_value_profile=1

Exit code: 0 nothing, 77 a finding, 70 an execution that does not end, 3 the harness itself failed, 2 wrong use.`;

export function addFuzzCommand(program: Command): void {
  program
    .command('fuzz')
    .description('fuzz targets, one after the other')
    .argument('[targets...]', 'targets to fuzz (see vringfuzz list)')
    .option('--time <duration>', `time for all targets together, such as 60s, 10m, 1h (default: ${DEFAULT_TIME})`)
    .option('--runs <n>', 'executions of each target, instead of a time', positiveInteger)
    .option('--seed <n>', 'seed of the engine: the same one gives the same run', positiveInteger)
    .option('--max-len <n>', 'longest input in bytes', positiveInteger, DEFAULT_MAX_LENGTH)
    .option('--bug <id>', 'fuzz the build with this planted bug')
    .addOption(bugsOption())
    .option('--no-seeds', 'start from an empty corpus and keep none')
    .option('--crashes <dir>', 'folder of findings (default: crashes)')
    .option('--corpus <dir>', 'folder of the corpus (default: corpus)')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(fuzz);
}

async function fuzz(words: readonly string[], options: FuzzOptions): Promise<void> {
  const campaignOptions = toCampaignOptions(words, options);
  const campaign = new FuzzCampaign(campaignOptions, new ConsoleListener(options));
  const stop = (): void => campaign.stop();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, stop));
  const { result, exitCode, failure } = await campaign.run();
  signals.forEach((signal) => process.off(signal, stop));
  process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : `\n${campaignTable(result)}`);
  if (failure !== null) {
    throw failure;
  }
  process.exitCode = exitCode;
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
  const time = options.time ?? (runs === null ? DEFAULT_TIME : null);
  const corpus = resolve(options.corpus ?? corpusFolder());
  return {
    targets: chooseTargets(words.filter((word) => !word.startsWith('-'))),
    seconds: time === null ? null : parseTime(time),
    runs,
    seed,
    maxLength: options.maxLen,
    bug,
    root: bug === null ? compiledRoot() : buildBug(findBug(bug, options.bugs)),
    crashes: resolve(options.crashes ?? crashesFolder()),
    corpus: {
      // What a planted bug lets through has no place beside inputs for the driver as it is.
      generated: options.seeds && bug === null ? corpus : null,
      committed: options.seeds ? (options.corpus === undefined ? committedCorpus() : corpus) : null,
    },
    rawFlags,
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
  return [...new Set(names)].map((name) => findTarget(TARGETS, name));
}

/** Live status on standard error; findings where they do not disturb JSON. */
class ConsoleListener implements CampaignListener {
  private readonly line = new StatusLine(process.stderr);
  private readonly output: NodeJS.WriteStream;
  private startedAt = 0;
  private share: number | null = null;

  constructor(private readonly options: FuzzOptions) {
    this.output = options.json === true ? process.stderr : process.stdout;
  }

  started(target: string, seed: number, seconds: number | null): void {
    this.startedAt = Date.now();
    this.share = seconds;
    note(`${target}: seed ${String(seed)}${this.options.bug === undefined ? '' : `, bug ${this.options.bug}`}`);
  }

  progressed(target: string, status: Parameters<CampaignListener['progressed']>[1]): void {
    const elapsed = (Date.now() - this.startedAt) / 1000;
    this.line.update(statusText(target, status, elapsed, this.share));
  }

  warned(text: string): void {
    this.line.clear();
    note(text);
  }

  ended(target: string, end: EngineEnd): void {
    this.line.clear();
    const shown = withShortPath(end);
    const file = 'finding' in shown ? shown.finding.file : null;
    const { bug, bugs } = this.options;
    this.output.write(
      endText(target, shown, {
        sidecar: file === null ? null : readableSidecar(file),
        commandArguments: [
          ...(bug === undefined ? [] : ['--bug', bug]),
          ...bugs.flatMap((folder) => ['--bugs', folder]),
        ],
        colours: coloursFor(this.output),
      }),
    );
  }
}

/** Null when it cannot be read: the finding is stored and told all the same. */
function readableSidecar(file: string): Sidecar | null {
  try {
    return readSidecar(sidecarPath(file));
  } catch (error) {
    note(messageOf(error));
    return null;
  }
}

/** The path as one would type it here. */
function withShortPath(end: EngineEnd): EngineEnd {
  if (!('finding' in end) || end.finding.file === null) {
    return end;
  }
  const short = relative(process.cwd(), end.finding.file);
  const file = short.startsWith('..') ? end.finding.file : short;
  return { ...end, finding: { ...end.finding, file } };
}
