// What continuous integration runs, as data: each tier is a list of stages, and each stage is a command that a person could
// type. So a failure in CI is repeated by pasting one line.

export const TIERS = ['quick', 'pr', 'nightly'] as const;
export type Tier = (typeof TIERS)[number];

export type StageName =
  'doctor' | 'replay' | 'fail-each' | 'fuzz' | 'triage' | 'merge' | 'coverage' | 'corpus' | 'report';

/** Where a run reads and writes, and what it may change about its tier. */
export interface CiOptions {
  readonly tier: Tier;
  readonly targets: readonly string[];
  /** Of the fuzzing, such as `9m`; null takes the tier's own. */
  readonly time: string | null;
  readonly jobs: number;
  readonly seed: number | null;
  /** Folders of committed inputs, which run first. */
  readonly inputs: readonly string[];
  readonly crashes: string;
  /** Null takes the default of each command. */
  readonly corpus: string | null;
  readonly knownIssues: string | null;
  /** Id of a planted bug: shows that the gate fails when it should. */
  readonly bug: string | null;
  /** What `--driver` was given, and the part of `crashes` that is that driver's; null for our own. */
  readonly driver: CiDriver | null;
  /** Folder of the summary, the reports and the logs. */
  readonly output: string;
}

export interface CiDriver {
  readonly name: string;
  /** Folder of its findings. */
  readonly findings: string;
  /** A build of Linux: its coverage is that of the kernel's file. */
  readonly isLinux: boolean;
}

export interface Stage {
  readonly name: StageName;
  /** Arguments of `vringfuzz`. */
  readonly command: readonly string[];
}

/** Default time of the fuzzing. `quick` as a whole takes less than a minute, `pr` ten. */
const FUZZ_TIME: Readonly<Record<Tier, string>> = { quick: '30s', pr: '9m', nightly: '1h' };

/** A night ends early, or goes on with other targets, where another execution is that unlikely to bring anything new. */
const STOP_RISK = '1e-4';

/** How often the committed inputs run: more than once shows that they behave alike. */
const REPLAY_TIMES: Readonly<Record<Tier, number>> = { quick: 2, pr: 3, nightly: 10 };

/** Runs of one input with one or two failures. */
const FAILURE_LIMIT = 5000;

/** The stages of a tier in their order; the reports follow them. */
export function stagesOf(options: CiOptions): readonly Stage[] {
  const { tier } = options;
  const nightly = tier === 'nightly';
  const stages: readonly (Stage | null)[] = [
    nightly ? { name: 'doctor', command: ['doctor'] } : null,
    options.inputs.length === 0 ? null : { name: 'replay', command: replayCommand(options) },
    nightly && options.inputs.length > 0 ? { name: 'fail-each', command: failEachCommand(options) } : null,
    { name: 'fuzz', command: fuzzCommand(options) },
    { name: 'triage', command: ['triage', ...crashes(options), ...known(options), ...build(options), '--json'] },
    nightly && options.bug === null ? { name: 'merge', command: mergeCommand(options) } : null,
    // It counts the inputs of our own driver.
    nightly && options.driver === null
      ? { name: 'corpus', command: ['corpus', 'stats', ...options.targets, ...corpus(options)] }
      : null,
    nightly ? coverageStage(options) : null,
  ];
  return stages.filter((stage) => stage !== null);
}

function mergeCommand(options: CiOptions): readonly string[] {
  return ['merge', ...options.targets, ...corpus(options), ...crashes(options), ...driver(options), '--json'];
}

/** Lines and reads of our own sources, or edges of the kernel's file. Nothing is known of the code of another driver. */
function coverageStage(options: CiOptions): Stage | null {
  if (options.driver === null) {
    const html = ['--html', `${options.output}/coverage`];
    return { name: 'coverage', command: ['coverage', ...corpus(options), ...html] };
  }
  if (!options.driver.isLinux) return null;
  return { name: 'coverage', command: ['linux', 'coverage', ...driver(options), ...corpus(options)] };
}

function replayCommand(options: CiOptions): readonly string[] {
  const times = ['--times', String(REPLAY_TIMES[options.tier])];
  return ['replay', ...options.inputs, ...times, ...build(options), '--json'];
}

/** Single failures of the committed inputs are part of the tests. */
function failEachCommand(options: CiOptions): readonly string[] {
  const limit = ['--pairs', '--limit', String(FAILURE_LIMIT)];
  return ['fail-each', ...options.inputs, ...limit, ...crashes(options), ...known(options), ...build(options)];
}

function fuzzCommand(options: CiOptions): readonly string[] {
  const { tier, targets, seed, jobs } = options;
  return [
    'fuzz',
    ...targets,
    '--time',
    options.time ?? FUZZ_TIME[tier],
    ...(tier === 'nightly' ? ['--keep-going', '--until-risk', STOP_RISK] : []),
    ...(jobs === 1 ? [] : ['--jobs', String(jobs)]),
    ...(seed === null ? [] : ['--seed', String(seed)]),
    ...crashes(options),
    ...corpus(options),
    ...known(options),
    ...build(options),
    '--json',
  ];
}

function crashes(options: CiOptions): readonly string[] {
  return ['--crashes', options.crashes];
}

function corpus(options: CiOptions): readonly string[] {
  return options.corpus === null ? [] : ['--corpus', options.corpus];
}

function known(options: CiOptions): readonly string[] {
  return options.knownIssues === null ? [] : ['--known-issues', options.knownIssues];
}

/** Of our own driver with a bug in it, or of another one. */
function build(options: CiOptions): readonly string[] {
  return [...(options.bug === null ? [] : ['--bug', options.bug]), ...driver(options)];
}

function driver(options: CiOptions): readonly string[] {
  return options.driver === null ? [] : ['--driver', options.driver.name];
}
