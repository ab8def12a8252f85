// The bugs of a benchmark on Linux's own ring: each is a patch of the kernel's file, on top of one that closes what is open
// there already, or the hole that is open. What fires without the bug shows nothing about it, so each comes with the build
// that lacks nothing but the bug.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { contentOrNull } from '../atomic-file.js';
import { loadDriverBugs } from '../bugs/bug-bank.js';
import { type Bug, patchFile, seedFile } from '../bugs/bug-definition.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { UsageError } from '../errors.js';
import { makeTemporaryFolder } from '../folders.js';
import { type StoredBuild, linuxFolder, storedBuilds } from '../linux/build-folder.js';
import { buildLinux } from '../linux/build-linux.js';
import { type KernelSources, readKernelSources } from '../linux/kernel-tree.js';
import { loadedLinux } from '../linux/linux-driver.js';
import { sourcesOfBuild, treeOfBuild } from '../linux/source-of-build.js';
import { type Toolchain, findToolchain } from '../linux/toolchain.js';
import { compiledRoot } from '../paths.js';
import { type BenchBugs, choose } from './bench-bugs.js';
import { type BenchBuild, codeIdentity } from './bench-build.js';

const LINUX = 'linux';

export interface LinuxBugOptions {
  /** The driver as it is, of `--driver linux...`. */
  readonly driver: LoadedDriver;
  /** The kernel tree that it came from; null for the one that was downloaded. */
  readonly source: string | null;
  /** Folders of bugs besides bugs/linux. */
  readonly bugDirs: readonly string[];
  /** The bugs wanted; none for all. */
  readonly ids: readonly string[];
}

/** Builds them. Throws UsageError for a driver that is not Linux's, an unknown id, and a tree that is not that of the build. */
export function linuxBugs(options: LinuxBugOptions, told: (text: string) => void): BenchBugs {
  const { driver, ids } = options;
  const build = unchangedBuild(driver);
  const tree = treeOfBuild(build, options.source);
  sourcesOfBuild(build, { tree, patch: null });
  const { bugs, problems } = loadDriverBugs(LINUX, options.bugDirs);
  const chosen = choose(bugs, problems, ids);
  const wrong = ids.length === 0 ? [...problems] : problems.filter((problem) => ids.some((id) => problem.includes(id)));
  told(`building ${chosen.length} ${chosen.length === 1 ? 'bug' : 'bugs'} of ${build.record.kernelVersion}`);
  const builder = new PatchedBuilds(build, tree, findToolchain());
  const builds: BenchBuild[] = [];
  for (const bug of chosen) {
    try {
      builds.push(benchBuild(bug, builder));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      wrong.push(`bug ${bug.id}: ${error.message}`);
    }
  }
  return { builds, problems: wrong };
}

/** The unpatched build that a driver is. Throws UsageError for one that is none. */
export function unchangedBuild({ handle, identity }: LoadedDriver): StoredBuild {
  const key = /^linux:(.*)$/.exec(handle)?.[1];
  const build = storedBuilds(linuxFolder()).find(({ record }) => record.key === key);
  if (build === undefined) {
    throw new UsageError(
      `bench --driver measures patches of Linux's ring: name linux[:VERSION]; of ${identity.source} fuzz --driver tells what it finds`,
    );
  }
  const { patch, defines } = build.record;
  if (patch === null && defines.length === 0) return build;
  throw new UsageError(
    `build ${build.record.key} is patched: bench --driver takes the kernel as it is, and patches it`,
  );
}

function benchBuild(bug: Bug, builder: PatchedBuilds): BenchBuild {
  const closed = builder.firstThatApplies(bug.base.map((file) => join(bug.directory, file)));
  const own = existsSync(patchFile(bug)) ? [...closed, patchFile(bug)] : [];
  const driver = builder.build(bug.id, own);
  const clean = builder.build(`${bug.id}-without`, closed);
  const root = compiledRoot();
  const hash = createHash('sha256').update([codeIdentity(root), driver.handle, clean.handle].join('\0'));
  const showing = Uint8Array.from(readFileSync(seedFile(bug)));
  return { bug, root, probes: 0, identity: hash.digest('hex').slice(0, 12), showing, driver, clean };
}

/** Builds of one kernel with patches, as the build that was named was made. */
class PatchedBuilds {
  constructor(
    private readonly like: StoredBuild,
    private readonly tree: string,
    private readonly tools: Toolchain,
  ) {}

  /** The patches one after the other; none for the build itself. */
  build(name: string, patches: readonly string[]): LoadedDriver {
    if (patches.length === 0) return loadedLinux(this.like);
    const { package: origin, variant } = this.like.record;
    const common = { package: origin, defines: [], tools: this.tools, root: linuxFolder(), force: false };
    return loadedLinux(buildLinux({ ...common, sources: this.patched(name, patches), variant }).build);
  }

  /** As a list of one, or of none where there are none. Throws what is said of the last one where none does. */
  firstThatApplies(patches: readonly string[]): readonly string[] {
    let problem: UsageError | null = null;
    for (const patch of patches) {
      try {
        this.patched('base', [patch]);
        return [patch];
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        problem = error;
      }
    }
    if (problem !== null) throw problem;
    return [];
  }

  private patched(name: string, patches: readonly string[]): KernelSources {
    const folder = makeTemporaryFolder('patch');
    const file = join(folder, `${name}.patch`);
    try {
      writeFileSync(file, patches.map((patch) => `${contentOf(patch).trimEnd()}\n`).join(''));
      return readKernelSources(this.tree, file);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(error.message.replace(file, patches.map((patch) => basename(patch)).join(' + ')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function contentOf(file: string): string {
  const content = contentOrNull(file);
  if (content === null) throw new UsageError(`there is no patch ${file}`);
  return content.toString('utf8');
}
