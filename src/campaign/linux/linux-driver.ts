// `--driver linux`, `linux:6.12`, `linux:6.12:coverage`, `linux:KEY`: the build that this means, loaded.

import { UsageError } from '../errors.js';
import { LINUX_VARIANTS, type LinuxVariant } from '../../linux/linux-build.js';
import { linuxModule } from '../../linux/linux-module.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { type StoredBuild, linuxFolder, loadBuild, storedBuilds } from './build-folder.js';
import { sha256 } from './kernel-tree.js';

/** What is run where no variant is named: the one that sees more. */
const DEFAULT_VARIANT: LinuxVariant = 'kasan';

/** Throws UsageError. With `pool` a build with the kernel's bounce buffers is preferred where no variant is named. */
export function loadLinux(version: string, options?: { readonly pool?: boolean }): LoadedDriver {
  const preferred = options?.pool === true ? 'swiotlb' : DEFAULT_VARIANT;
  return loadedLinux(chosenBuild(version, storedBuilds(linuxFolder()), preferred));
}

/** A machine for each load: one in which an execution was stopped half-way is not used again. */
export function loadedLinux(build: StoredBuild): LoadedDriver {
  const { record } = build;
  const module = linuxModule(loadBuild(build));
  return {
    module,
    identity: {
      name: module.name,
      version: module.version,
      source: `linux:${record.key}${record.patch === null ? '' : ` (${record.patch.name})`}`,
      sha256: record.swiotlbHash === undefined ? record.sourceHash : sha256(record.sourceHash + record.swiotlbHash),
    },
    frames: (stack) => module.frames?.(stack) ?? [],
    // The very same build, also after another one of that series was made.
    handle: `linux:${record.key}`,
    instrumented: [],
  };
}

/** `builds` are the newest first. Where no variant is named it is the preferred one, else the default, else any. */
export function chosenBuild(
  version: string,
  builds: readonly StoredBuild[],
  preferred: LinuxVariant = DEFAULT_VARIANT,
): StoredBuild {
  const parts = version.split(':').filter((part) => part !== '');
  const wanted = parts.find((part) => !isVariant(part)) ?? '';
  const variant = parts.find(isVariant);
  if (parts.length > (wanted === '' ? 0 : 1) + (variant === undefined ? 0 : 1)) {
    throw new UsageError(
      `--driver linux:${version}: name a version or build, and a variant (${LINUX_VARIANTS.join(', ')})`,
    );
  }
  const byKey = builds.find(({ record }) => wanted !== '' && record.key === wanted);
  if (byKey !== undefined) return byKey;
  const candidates = builds
    .filter(({ record }) => isUnchanged(record) && isVersion(record.kernelVersion, wanted))
    // The sort is stable: of one version the newest build stays first.
    .sort((a, b) => compareVersions(b.record.kernelVersion, a.record.kernelVersion));
  const ofVariant = (due: LinuxVariant): StoredBuild | undefined =>
    candidates.find(({ record }) => record.variant === due);
  const found =
    variant === undefined ? (ofVariant(preferred) ?? ofVariant(DEFAULT_VARIANT) ?? candidates[0]) : ofVariant(variant);
  if (found !== undefined) return found;
  const known = builds.map(({ record }) => `${record.kernelVersion} ${record.variant} ${record.key}`).join(', ');
  throw new UsageError(
    `--driver linux${version === '' ? '' : `:${version}`}: there is no such build (${known === '' ? 'none at all' : known}); ` +
      `build it first, such as with: vringfuzz linux build --debian ${/^\d+\.\d+$/.test(wanted) ? wanted : '6.12'}`,
  );
}

function isVariant(part: string): part is LinuxVariant {
  return (LINUX_VARIANTS as readonly string[]).includes(part);
}

/** As numbers, part by part: 6.12 is later than 6.1. */
function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** A patched kernel is run only where it is named. */
function isUnchanged({ patch, defines }: StoredBuild['record']): boolean {
  return patch === null && defines.length === 0;
}

/** 6.12 and 6.12.117 both mean 6.12.117. */
function isVersion(version: string, wanted: string): boolean {
  return wanted === '' || version === wanted || version.startsWith(`${wanted}.`);
}
