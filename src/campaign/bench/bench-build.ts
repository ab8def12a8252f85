// The build of a bug that the benchmark runs: the bug, and probes that tell when its lines are executed.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { contentOrNull } from '../atomic-file.js';
import { type Bug, seedFile } from '../bugs/bug-definition.js';
import { buildSources } from '../bugs/bug-build.js';
import { patchedSources } from '../bugs/bug-patch.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { UsageError } from '../errors.js';
import { type Harness, findTarget, forgetHarness, loadHarness } from '../harness.js';
import { projectRoot } from '../paths.js';
import type { TargetSpec } from '../../target/target-spec.js';
import { changedBlocks } from './changed-lines.js';
import { withProbes } from './probes.js';

export interface BenchBuild {
  readonly bug: Bug;
  readonly root: string;
  /** Statements of the patch that can be executed; 0 where "reached" means nothing. */
  readonly probes: number;
  /** Names all code under execute(): results of other code are other results. */
  readonly identity: string;
  /** The input that shows the bug. */
  readonly showing: Uint8Array;
  /** Where it is a bug of another driver: that driver with and without it. */
  readonly driver?: LoadedDriver;
  readonly clean?: LoadedDriver;
}

/** A build as it is loaded. */
export interface LoadedBuild {
  readonly harness: Harness;
  readonly target: TargetSpec;
}

/** Everything that decides what an execution does. */
const UNDER_EXECUTE = [
  ...['spec', 'platform', 'memory', 'dma', 'driver', 'device', 'oracle', 'scenario', 'world', 'target', 'verdict'],
];

/** Throws UsageError for a patch that does not apply, does not parse or leaves src/, and for a missing seed. */
export function benchBuild(bug: Bug): BenchBuild {
  let probes = 0;
  const sources = patchedSources(bug).map(({ path, text }) => {
    if (!path.startsWith('src/')) {
      throw new UsageError(`bug ${bug.id}: the patch changes ${path}; the benchmark takes patches of src/ only`);
    }
    const before = contentOrNull(join(projectRoot(), path))?.toString('utf8') ?? '';
    const probed = withProbes(path, text, changedBlocks(before, text));
    probes += probed.probes;
    return { path, text: probed.text };
  });
  const showing = Uint8Array.from(readFileSync(seedFile(bug)));
  const root = buildSources(bug.id, sources);
  return { bug, root, probes, identity: codeIdentity(root), showing };
}

/** Loads the build for as long as `use` takes: a hundred at once would need a gigabyte. */
export function withHarness<T>({ root, bug, driver }: BenchBuild, use: (loaded: LoadedBuild) => T): T {
  // The tree that runs is not let go of.
  if (driver !== undefined) {
    const harness = loadHarness(root, { driver });
    return use({ harness, target: findTarget(harness.targets, bug.target) });
  }
  try {
    const harness = loadHarness(root);
    return use({ harness, target: findTarget(harness.targets, bug.target) });
  } finally {
    forgetHarness(root);
  }
}

export function codeIdentity(root: string): string {
  const hash = createHash('sha256');
  for (const folder of UNDER_EXECUTE) {
    const path = join(root, 'src', folder);
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
    for (const name of names.sort()) hash.update(`${folder}/${name}\0`).update(readFileSync(join(path, name)));
  }
  return hash.digest('hex').slice(0, 12);
}
