// The kernel tree that a build came from, for those who compile it once more: in another way, or with a patch on top.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { UsageError } from '../errors.js';
import { type StoredBuild, linuxFolder } from './build-folder.js';
import { type KernelSources, readKernelSources } from './kernel-tree.js';

/** `tree` where it is given, else what was downloaded for Debian's package of that version. Throws UsageError. */
export function treeOfBuild({ record }: StoredBuild, tree: string | null): string {
  if (tree !== null) return tree;
  const cache = join(linuxFolder(), 'debian');
  const folders = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('linux-source-')) : [];
  const found = folders.map((name) => join(cache, name)).find((folder) => isVersion(folder, record.kernelVersion));
  if (found !== undefined) return found;
  throw new UsageError(
    `build ${record.key} (${record.kernelVersion}) came from a tree of yours: name it with --source TREE`,
  );
}

/** The sources of a build once more. Throws UsageError where tree and patch do not give the ring that was built. */
export function sourcesOfBuild(
  build: StoredBuild,
  { tree, patch }: { readonly tree: string; readonly patch: string | null },
): KernelSources {
  const { record } = build;
  const sources = readKernelSources(tree, patch);
  if (sources.ringHash === record.sourceHash) return sources;
  const hint =
    record.patch !== null && patch === null
      ? `it has the patch ${record.patch.name}: name it with --patch`
      : 'name the --source that it came from';
  throw new UsageError(`build ${record.key} has another virtio_ring.c than ${tree}: ${hint}`);
}

/** A folder that is no tree is of no version. */
function isVersion(folder: string, version: string): boolean {
  try {
    return readKernelSources(folder, null).version === version;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}
