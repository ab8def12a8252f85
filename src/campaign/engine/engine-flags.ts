// The command line of one engine process: options of Jazzer.js first, then `--` and the flags of libFuzzer.

import { join, sep } from 'node:path';

import { UsageError } from '../errors.js';

/** One execution takes microseconds and has a step budget of its own: this is for what escapes it. */
export const TIMEOUT_SECONDS = 10;
/** The world is pooled, so memory stands still at about 150 MB. */
const MEMORY_LIMIT_MB = 1024;
/** Beyond the most that this process ever had: see memoryLimit(). */
const MEMORY_BEYOND_OURS_MB = 512;

export interface EngineRunOptions {
  /** Compiled tree that holds `src/` and `fuzz/`. */
  readonly root: string;
  /** File of the target in `fuzz/`, without its extension. */
  readonly target: string;
  /** Corpus folders; the engine writes what it finds to the first. */
  readonly corpus: readonly string[];
  readonly seed: number;
  /** Longest input in bytes. */
  readonly maxLength: number;
  /** Whichever comes first ends the run. */
  readonly runs?: number;
  readonly seconds?: number;
  /** Other processes add to the first corpus folder as well. */
  readonly sharedCorpus?: boolean;
  /** A driver from outside is fuzzed: parts of its paths; none where it is no JavaScript. */
  readonly instrumented?: readonly string[];
  /** Further flags of libFuzzer, checked with checkRawFlags. */
  readonly rawFlags?: readonly string[];
}

/** Folders below `src/` that are instrumented, unless the driver is another one. */
export const UNDER_TEST = ['driver', 'dma'] as const;
/** Part of no path: without any part to include, the engine would instrument everything. */
const NOTHING = `${sep}${sep}`;

/** Between two looks at what other processes added to the corpus. */
const RELOAD_SECONDS = 2;

/** Flags that vringfuzz sets itself, and what to use instead. */
const OWN_FLAGS: ReadonlyMap<string, string> = new Map([
  ['runs', '--runs'],
  ['max_total_time', '--time'],
  ['seed', '--seed'],
  ['max_len', '--max-len'],
  ['artifact_prefix', '--crashes'],
  ['timeout', 'no option: one execution may take 10 s'],
  ['reload', '--jobs'],
]);
/** Flags that start further processes, whose results this process would not see. */
const PROCESS_FLAGS: ReadonlySet<string> = new Set([
  'fork',
  'jobs',
  'workers',
  'merge',
  'set_cover_merge',
  'minimize_crash',
]);

/** Arguments for node: the launcher, the engine's options, libFuzzer's flags. */
export function engineArguments(options: EngineRunOptions, artifacts: string): string[] {
  const { root, target, corpus } = options;
  const limits = [
    ...(options.runs === undefined ? [] : [`-runs=${String(options.runs)}`]),
    ...(options.seconds === undefined ? [] : [`-max_total_time=${String(options.seconds)}`]),
  ];
  return [
    join(__dirname, 'launcher.js'),
    join(root, 'fuzz', `${target}.js`),
    ...corpus,
    ...jazzerOptions(root, TIMEOUT_SECONDS, options.instrumented),
    ...['-h', join(root, 'fuzz', 'tune.js')],
    '--',
    `-max_len=${String(options.maxLength)}`,
    `-seed=${String(options.seed)}`,
    ...limits,
    `-rss_limit_mb=${String(memoryLimit(process.resourceUsage().maxRSS))}`,
    `-artifact_prefix=${artifacts}${sep}`,
    '-print_final_stats=1',
    `-reload=${String(options.sharedCorpus === true ? RELOAD_SECONDS : 0)}`,
    ...(options.rawFlags ?? []),
  ];
}

/**
 * In MB, for an engine that a process starts which ever had `ownPeak` kB. libFuzzer goes by getrusage(), whose peak a child
 * inherits from the process that started it, however small it is itself: a bench that has compiled all bugs has a gigabyte.
 */
export function memoryLimit(ownPeak: number): number {
  return Math.max(MEMORY_LIMIT_MB, Math.ceil(ownPeak / 1024) + MEMORY_BEYOND_OURS_MB);
}

/**
 * Options of Jazzer.js that every run has, whoever starts it.
 * @param root compiled tree that holds `src/` and `fuzz/`: a path, or the end of one.
 * @param instrumented parts of paths instead of those of our own driver and DMA layer; what is installed below such a folder
 * is left out.
 */
export function jazzerOptions(root: string, timeoutSeconds: number, instrumented?: readonly string[]): string[] {
  const parts = instrumented ?? UNDER_TEST.map((folder) => join(root, 'src', folder) + sep);
  const outside = (instrumented ?? []).filter((part) => part.endsWith(sep));
  return [
    '--sync',
    // They run before and after each execution, and look for bugs of web servers.
    '--disableBugDetectors=.*',
    // Substrings of absolute paths. Only the system under test: not the harness that drives it, to which our DMA layer
    // belongs where the driver is another one (without it 12 to 40 % more executions a second of Linux's).
    ...(parts.length === 0 ? [NOTHING] : parts).flatMap((part) => ['-i', part]),
    // Naming includes drops the default excludes, which would leave out an installed vringfuzz.
    ...[root, ...outside].flatMap((folder) => ['-e', join(folder, 'node_modules') + sep]),
    `--timeout=${String(timeoutSeconds * 1000)}`,
  ];
}

/** Throws UsageError for flags of libFuzzer that would take the run away from vringfuzz. */
export function checkRawFlags(flags: readonly string[]): void {
  for (const flag of flags) {
    const name = /^-(\w+)=/.exec(flag)?.[1];
    if (name === undefined) {
      throw new UsageError(`not a flag of libFuzzer: ${flag} (they look like -use_value_profile=1)`);
    }
    const instead = OWN_FLAGS.get(name);
    if (instead !== undefined) {
      throw new UsageError(`-${name} is set by vringfuzz: use ${instead}`);
    }
    if (PROCESS_FLAGS.has(name)) {
      throw new UsageError(`-${name} starts other processes and is not supported: use --jobs for more processes`);
    }
  }
}
