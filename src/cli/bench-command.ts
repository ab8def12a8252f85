// `vringfuzz bench`: how fast the planted bugs are found, by us and by other engines, and which oracle sees which bug.

import { join, resolve } from 'node:path';

import type { Command } from 'commander';

import { type BenchBugs, benchBugs } from '../campaign/bench/bench-bugs.js';
import type { BenchBuild } from '../campaign/bench/bench-build.js';
import { type CorpusKind, type TrialLine, prepareDataFolder, readBenchData } from '../campaign/bench/bench-data.js';
import { writeBenchDocs } from '../campaign/bench/bench-docs-files.js';
import { type BenchListener, BenchRun } from '../campaign/bench/bench-run.js';
import { linuxBugs, unchangedBuild } from '../campaign/bench/linux-bugs.js';
import { summarise } from '../campaign/bench/bench-summary.js';
import { type EngineName, checkForeign, engineVersion, enginesNamed } from '../campaign/bench/engines.js';
import type { KillMatrix } from '../campaign/bench/kill-matrix.js';
import { updateMatrix } from '../campaign/bench/matrix-store.js';
import type { LoadedDriver } from '../campaign/drivers/loaded-driver.js';
import { parseDuration } from '../campaign/duration.js';
import { UsageError } from '../campaign/errors.js';
import { checkWritable, removeOldTemporaryFolders } from '../campaign/folders.js';
import { DEFAULT_MAX_LENGTH } from '../campaign/fuzz-campaign.js';
import { projectRoot, workRoot } from '../campaign/paths.js';
import { benchDocument } from '../report/bench/bench-json.js';
import { benchText, matrixText } from '../report/bench/bench-text.js';
import { secondsText } from '../report/bench/bench-words.js';
import { grouped } from '../report/text-table.js';
import { bugsOption, driverOf, driverOption, note, positiveInteger } from './options.js';

interface BenchCommandOptions {
  readonly bugs: readonly string[];
  readonly bug: readonly string[];
  readonly driver?: string;
  readonly source?: string;
  readonly trials: number;
  readonly timeLimit: string;
  readonly engine: readonly string[];
  /** False for --no-seeds. */
  readonly seeds: boolean;
  readonly silentSeeds?: boolean;
  readonly jobs: number;
  /** False for --no-matrix. */
  readonly matrix: boolean;
  readonly out?: string;
  readonly writeDocs?: string;
  readonly json?: boolean;
}

const EXIT_FAILED_TRIAL = 1;
const EXIT_BROKEN_BUG = 2;
const DEFAULT_OUT = 'bench-data';
const MOST_TRIALS = 1000;
const MOST_JOBS = 256;

const HELP = `
Each trial is one engine on the build of one bug, in a process of its own, until an oracle fires or the time is over. Every
trial is written down as it ends: a benchmark that was stopped goes on when it is started again with the same --out, and
trials under other conditions are added to it. Engines: vringfuzz, jazzer-stock, jsfuzz, fast-check, random. With --driver
linux the bugs are patches of the kernel's file (bugs/linux), and the engines vringfuzz, fast-check and random.

Examples:
  vringfuzz bench --bug V04 --bug V28 --trials 5 --time-limit 20s
  vringfuzz bench --engine vringfuzz,jazzer-stock --no-seeds --jobs 2
  vringfuzz bench --driver linux:6.12 --no-seeds
  vringfuzz bench --write-docs bench-data

Exit code: 0 measured, also where bugs were not found; 2 a bug is broken and was left out, or wrong use; 1 a trial failed.`;

export function addBenchCommand(program: Command): void {
  const collect = (value: string, values: readonly string[]): readonly string[] => [...values, value];
  program
    .command('bench')
    .description('how fast each planted bug is found, and by which oracle')
    .addOption(bugsOption())
    .option('--bug <id>', 'only this bug; may be repeated', collect, [])
    .addOption(driverOption())
    .option('--source <tree>', 'with --driver linux: the kernel tree that it came from (default: the downloaded one)')
    .option('--trials <n>', 'trials of each engine on each bug; their seeds are 1, 2, ...', positiveInteger, 5)
    .option('--time-limit <duration>', 'time of a trial, from its first execution', '60s')
    .option('--engine <name>', 'engine, or several with commas; may be repeated (default: vringfuzz)', collect, [])
    .option('--no-seeds', 'start without the committed seeds, as fuzz --no-seeds does')
    .option('--silent-seeds', 'leave out every committed seed that shows the bug, not its own alone')
    .option('--jobs <n>', 'trials at a time, each on a core of its own', positiveInteger, 1)
    .option('--no-matrix', 'leave out the kill matrix')
    .option(
      '--out <dir>',
      `folder of the data (default: ${DEFAULT_OUT}); with --write-docs, of the pages (default: docs)`,
    )
    .option(
      '--write-docs <dir>',
      'measure nothing: write benchmark.md, benchmark.svg and kill-matrix.md from this data',
    )
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(bench);
}

async function bench(options: BenchCommandOptions): Promise<void> {
  if (options.writeDocs !== undefined) {
    writeDocs(options.writeDocs, options.out);
    return;
  }
  const chosen = checked(options);
  prepareDataFolder(chosen.folder);
  checkWritable(chosen.folder);
  removeOldTemporaryFolders();
  const { builds, problems } = bugsOf(options, chosen);
  problems.forEach(note);
  if (builds.length === 0) throw new UsageError(`no bug is left to measure: ${problems[0] ?? 'there are none'}`);
  const progress = new Progress();
  const { trials, jobs } = options;
  const run = new BenchRun({ builds, ...chosen, trials, jobs, maxLength: DEFAULT_MAX_LENGTH }, progress);
  const stop = (): void => run.stop();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, stop));
  const { failures, stopped } = await run.run();
  signals.forEach((signal) => process.off(signal, stop));
  if (stopped) note(`stopped; the trials so far are in ${chosen.folder}, and the same command goes on`);
  const all = readBenchData(chosen.folder);
  const wanted = { ...chosen, trials, bugs: builds.map(({ bug }) => bug.id) };
  const data = { ...all, trials: all.trials.filter((trial) => isWanted(trial, wanted)) };
  const summary = summarise(data);
  // Before the matrix, which takes its time and may be stopped.
  if (options.json !== true) process.stdout.write(benchText(summary));
  const matrix = options.matrix && !stopped ? judged(chosen.folder, builds) : null;
  if (options.json === true) {
    const document = benchDocument(data, summary, matrix, [...problems, ...progress.problems]);
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else if (matrix !== null) {
    process.stdout.write(`\n${matrixText(matrix)}`);
  }
  process.exitCode = failures > 0 ? EXIT_FAILED_TRIAL : problems.length > 0 ? EXIT_BROKEN_BUG : 0;
}

/** The rows of these bugs; the folder keeps those of others. */
function judged(folder: string, builds: readonly BenchBuild[]): KillMatrix {
  note(`judging failing inputs of ${builds.length} ${builds.length === 1 ? 'bug' : 'bugs'} by each oracle alone`);
  const matrix = updateMatrix(folder, builds);
  const rows = matrix.rows.filter((row) => builds.some(({ bug }) => bug.id === row.bug));
  for (const { bug, harnessBugs } of rows) {
    if (harnessBugs > 0) note(`${bug}: the harness failed in ${harnessBugs} executions with oracles silent`);
  }
  return { ...matrix, rows };
}

/** Whether this command line asks for the trial, whoever made it. */
function isWanted(
  { engine, bug, corpus, limitSeconds, trial }: TrialLine,
  wanted: Chosen & { readonly trials: number; readonly bugs: readonly string[] },
): boolean {
  return (
    wanted.engines.includes(engine) &&
    wanted.bugs.includes(bug) &&
    wanted.corpus === corpus &&
    wanted.limitSeconds === limitSeconds &&
    trial <= wanted.trials
  );
}

/** Of our own driver, or of the one that is named. */
function bugsOf({ bugs, bug, source }: BenchCommandOptions, { driver }: Chosen): BenchBugs {
  if (driver === null) return benchBugs(bugs, bug, note);
  return linuxBugs({ driver, source: source ?? null, bugDirs: bugs, ids: bug }, note);
}

interface Chosen {
  readonly driver: LoadedDriver | null;
  readonly engines: readonly EngineName[];
  readonly corpus: CorpusKind;
  readonly limitSeconds: number;
  readonly folder: string;
}

/** Everything that can be checked before anything is built. Throws UsageError. */
function checked(options: BenchCommandOptions): Chosen {
  const { trials, jobs, seeds, silentSeeds } = options;
  if (trials > MOST_TRIALS) throw new UsageError(`--trials ${trials} is too many: at most ${MOST_TRIALS}`);
  if (jobs > MOST_JOBS) throw new UsageError(`--jobs ${jobs} is too many: at most ${MOST_JOBS}, one for each core`);
  if (!seeds && silentSeeds === true) throw new UsageError('--no-seeds and --silent-seeds exclude each other');
  const engines = options.engine.length === 0 ? (['vringfuzz'] as const) : enginesNamed(options.engine);
  // A missing package is told now, not after the bugs are built.
  engines.forEach(engineVersion);
  const driver = driverOf(options);
  if (driver !== null) {
    checkForeign(engines);
    unchangedBuild(driver);
  } else if (options.source !== undefined) throw new UsageError('--source goes with --driver linux');
  return {
    driver,
    engines,
    corpus: !seeds ? 'none' : silentSeeds === true ? 'silent' : 'committed',
    limitSeconds: parseDuration(options.timeLimit),
    folder: resolve(options.out ?? join(workRoot(), defaultFolder(driver))),
  };
}

/** Data of another driver is none of ours. */
function defaultFolder(driver: LoadedDriver | null): string {
  return driver === null ? DEFAULT_OUT : `${DEFAULT_OUT}-${driver.identity.name}`;
}

function writeDocs(folder: string, out: string | undefined): void {
  const pages = resolve(out ?? join(projectRoot(), 'docs'));
  checkWritable(pages);
  for (const file of writeBenchDocs(resolve(folder), pages)) process.stdout.write(`${file}\n`);
}

/** A line a trial on standard error. */
class Progress implements BenchListener {
  readonly problems: string[] = [];
  private total = 0;
  private done = 0;

  planned(trials: number, done: number): void {
    this.total = trials;
    this.done = done;
    note(`${trials - done} trials${done === 0 ? '' : `; ${done} are done already`}`);
  }

  ended({ bug, engine, trial, triggered, last }: TrialLine): void {
    this.done++;
    const what = triggered === null ? 'nothing' : triggered.oracle;
    const when = `after ${secondsText(last.seconds)} s, ${grouped(last.executions)} executions`;
    note(`${this.done}/${this.total}  ${bug}, ${engine}, trial ${trial}: ${what} ${when}`);
  }

  failed(text: string): void {
    this.problems.push(text);
    note(text);
  }
}
