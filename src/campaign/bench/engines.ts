// The engines that the benchmark compares: how each is started on the build of a bug. The others are the real packages,
// development dependencies of the project, and get the same execute(), the same corpus and one core.

import { relative, join, sep } from 'node:path';

import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { engineArguments } from '../engine/engine-flags.js';
import { WARM_UP_EXECUTIONS, contextEnvironment } from '../engine/run-context.js';
import { EnvironmentError, UsageError } from '../errors.js';
import { didYouMean } from '../nearest.js';
import { projectRoot } from '../paths.js';

export const ENGINES = ['vringfuzz', 'jazzer-stock', 'jsfuzz', 'fast-check', 'random'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface TrialPlace {
  /** Compiled tree with the bug in it. */
  readonly root: string;
  readonly seed: number;
  /** Bytes. */
  readonly maxLength: number;
  /** Folders of inputs to start from. */
  readonly corpus: readonly string[];
  /** The driver from outside, or null. */
  readonly driver: LoadedDriver | null;
  /** An empty folder of the trial's own: working directory, and where the engine may keep inputs. */
  readonly folder: string;
  /** An empty folder below it, for what the engine finds. */
  readonly found: string;
}

export interface EngineCommand {
  /** Arguments for node. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the process that executes is the one that is started. */
  readonly executesItself: boolean;
}

interface Engine {
  /** The package that it is; null where it is part of vringfuzz. */
  readonly packageName: string | null;
  readonly command: (place: TrialPlace) => EngineCommand;
  /** Whether it can be measured on a driver from outside: the others see the coverage of JavaScript alone. */
  readonly anyDriver: boolean;
}

const REGISTRY: Readonly<Record<EngineName, Engine>> = {
  vringfuzz: { packageName: '@jazzer.js/core', command: vringfuzz, anyDriver: true },
  'jazzer-stock': { packageName: '@jazzer.js/core', command: jazzerStock, anyDriver: false },
  jsfuzz: { packageName: 'jsfuzz', command: jsfuzz, anyDriver: false },
  'fast-check': { packageName: 'fast-check', command: (place) => plainNode(place, 'fast-check'), anyDriver: true },
  random: { packageName: null, command: (place) => plainNode(place, 'random'), anyDriver: true },
};

/** The engines of `--engine`, each once, in the order of the registry. Throws UsageError for an unknown one. */
export function enginesNamed(words: readonly string[]): readonly EngineName[] {
  const names = words.flatMap((word) => word.split(',')).map((name) => name.trim());
  for (const name of names) {
    if (ENGINES.some((known) => known === name)) continue;
    throw new UsageError(`unknown engine ${name}${didYouMean(name, ENGINES)}; one of ${ENGINES.join(', ')}`);
  }
  return ENGINES.filter((name) => names.includes(name));
}

/** Throws UsageError for one that cannot be measured on a driver from outside. */
export function checkForeign(names: readonly EngineName[]): void {
  const name = names.find((each) => !REGISTRY[each].anyDriver);
  if (name === undefined) return;
  const others = ENGINES.filter((each) => REGISTRY[each].anyDriver).join(', ');
  throw new UsageError(`engine ${name} sees no coverage of a driver from outside; with --driver name ${others}`);
}

export function engineCommand(name: EngineName, place: TrialPlace): EngineCommand {
  return REGISTRY[name].command(place);
}

/** Version of the engine's package, or null for what has none. Throws EnvironmentError where it is not installed. */
export function engineVersion(name: EngineName): string | null {
  const { packageName } = REGISTRY[name];
  if (packageName === null) return null;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- only where somebody wants to know
    return (require(`${packageName}/package.json`) as { readonly version: string }).version;
  } catch {
    const version = wantedVersion(packageName);
    throw new EnvironmentError(
      `engine ${name} is not installed: npm install --save-dev ${packageName}${version === null ? '' : `@${version}`}`,
    );
  }
}

/** The version that package.json pins. */
function wantedVersion(packageName: string): string | null {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- JSON
  const manifest = require(join(projectRoot(), 'package.json')) as Record<string, Record<string, string> | undefined>;
  return manifest['dependencies']?.[packageName] ?? manifest['devDependencies']?.[packageName] ?? null;
}

/** As `fuzz --bug` starts it, with the process ending at the first new bucket. */
function vringfuzz({ root, seed, maxLength, corpus, found, driver }: TrialPlace): EngineCommand {
  // As `fuzz --no-seeds` does.
  const warmUp = { seed, executions: WARM_UP_EXECUTIONS, maxLength, folder: found };
  const start = corpus.length === 0 ? { warmUp } : {};
  const own = { root, target: join('engines', 'vringfuzz'), corpus: [found, ...corpus], seed, maxLength };
  const options = driver === null ? own : { ...own, instrumented: driver.instrumented };
  const under = driver === null ? {} : { driver: driver.handle };
  return {
    arguments: engineArguments(options, found),
    environment: contextEnvironment({
      parent: process.pid,
      stopAfter: 1,
      notNew: [],
      smallest: {},
      ...start,
      ...under,
    }),
    executesItself: true,
  };
}

/**
 * The stock command line with its default options: detectors on, everything but node_modules instrumented. The launcher
 * only makes the addon loadable on older systems. What is told beyond the defaults is what any user knows: the corpus and
 * the longest input. The meter is loaded before the engine, so that its branches count for no coverage.
 */
function jazzerStock({ root, seed, maxLength, corpus, found }: TrialPlace): EngineCommand {
  return {
    arguments: [
      ...['--require', enginePath(root, 'trial-meter')],
      join(root, 'src', 'campaign', 'engine', 'launcher.js'),
      enginePath(root, 'jazzer-stock'),
      ...[found, ...corpus],
      '--sync',
      '--',
      `-seed=${String(seed)}`,
      `-max_len=${String(maxLength)}`,
      `-artifact_prefix=${found}${sep}`,
    ],
    environment: {},
    executesItself: true,
  };
}

/**
 * Its command line starts the worker that executes, and takes paths relative to the working directory only. Its random
 * numbers are Math.random(), which V8 seeds on demand.
 */
function jsfuzz({ root, seed, corpus, folder, found }: TrialPlace): EngineCommand {
  return {
    arguments: [
      `--random-seed=${String(seed)}`,
      require.resolve('jsfuzz'),
      relative(folder, enginePath(root, 'jsfuzz')),
      ...[found, ...corpus],
      ...['--exact-artifact-path', join(folder, 'crash')],
    ],
    environment: { NODE_OPTIONS: `--require ${JSON.stringify(enginePath(root, 'trial-meter'))}` },
    executesItself: false,
  };
}

function plainNode({ root }: TrialPlace, name: EngineName): EngineCommand {
  return { arguments: [enginePath(root, name)], environment: {}, executesItself: true };
}

function enginePath(root: string, name: string): string {
  return join(root, 'fuzz', 'engines', `${name}.js`);
}
