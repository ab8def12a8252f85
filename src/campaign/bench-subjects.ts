// What `npm run bench:engine` runs: the targets that were named, on which drivers, and the native programs beside them.

import { join } from 'node:path';

import type { LinuxVariant } from '../linux/linux-build.js';
import type { TargetSpec } from '../target/target-spec.js';
import { ALL_TARGETS, LINUX_TARGETS, TARGETS } from '../target/targets.js';
import { makeFolder } from './atomic-file.js';
import { canRun } from './drivers/driver-targets.js';
import type { LoadedDriver } from './drivers/loaded-driver.js';
import { resolveDriver } from './drivers/resolve-driver.js';
import type { BenchSubject, NativeSubject } from './engine-bench.js';
import { UsageError } from './errors.js';
import { findTarget } from './harness.js';
import { type StoredBuild, linuxFolder, storedBuilds } from './linux/build-folder.js';
import { chosenBuild, loadedLinux } from './linux/linux-driver.js';
import { sourcesOfBuild, treeOfBuild } from './linux/source-of-build.js';
import { findToolchain } from './linux/toolchain.js';
import { buildNative, checkLibFuzzer } from './native/build-native.js';

export interface SubjectOptions {
  /** None for all of our own driver, and the rings of Linux where they were built. */
  readonly targets: readonly string[];
  /** As `--driver` takes them; each target runs on each of them. None for what each target says. */
  readonly drivers: readonly string[];
}

/** The builds of Linux that a target of Linux is measured on where no driver is named. */
const VARIANTS: readonly LinuxVariant[] = ['coverage', 'kasan'];
/** What a run without names measures of Linux: one ring each. */
const LINUX_RINGS: readonly string[] = ['linux_split_fuzzer', 'linux_packed_fuzzer'];

/** Throws UsageError for an unknown target or driver, and for a target of Linux without a build. */
export function benchSubjects({ targets, drivers }: SubjectOptions): readonly BenchSubject[] {
  const chosen = targets.length === 0 ? defaultTargets() : targets.map((name) => findTarget(ALL_TARGETS, name));
  return chosen.flatMap((target) => (drivers.length > 0 ? onDrivers(target, drivers) : onItsOwn(target)));
}

function defaultTargets(): readonly TargetSpec[] {
  const linux = hasBuild() ? LINUX_TARGETS.filter(({ name }) => LINUX_RINGS.includes(name)) : [];
  return [...TARGETS.filter(({ canary }) => !canary), ...linux];
}

function hasBuild(): boolean {
  return storedBuilds(linuxFolder()).some(({ record }) => record.patch === null && record.defines.length === 0);
}

function onDrivers(target: TargetSpec, drivers: readonly string[]): readonly BenchSubject[] {
  return drivers.map((name) => {
    const driver = resolveDriver(name);
    const { identity } = driver;
    if (!canRun(driver, target)) throw new UsageError(`driver ${identity.name} does not run ${target.name}`);
    return { label: `${target.name}, ${nameOf(driver)}`, target, driver };
  });
}

/** Short enough for a table: of a build of Linux version, variant and patch. */
function nameOf({ identity, handle }: LoadedDriver): string {
  const build = buildNamed(handle);
  if (build === undefined) return `${identity.name} ${identity.version}`;
  const { kernelVersion, variant, patch } = build.record;
  return `${kernelVersion} ${variant}${patch === null ? '' : ` (${patch.name})`}`;
}

function buildNamed(handle: string): StoredBuild | undefined {
  const key = /^linux:(.*)$/.exec(handle)?.[1];
  return storedBuilds(linuxFolder()).find(({ record }) => record.key === key);
}

/** Our own driver; or Linux's, as each variant that was built of its latest version. */
function onItsOwn(target: TargetSpec): readonly BenchSubject[] {
  if (target.driver === undefined) return [{ label: target.name, target, driver: null }];
  const newest = chosenBuild('', storedBuilds(linuxFolder())).record.kernelVersion;
  const builds = storedBuilds(linuxFolder()).map(({ record }) => record);
  const built = VARIANTS.filter((variant) =>
    builds.some((build) => build.kernelVersion === newest && build.variant === variant && build.patch === null),
  );
  return built.map((variant) => {
    const driver = loadedLinux(chosenBuild(`${newest}:${variant}`, storedBuilds(linuxFolder())));
    return { label: `${target.name}, ${nameOf(driver)}`, target, driver };
  });
}

export interface NativeChoice {
  /** The kernel tree, where it is not one that was downloaded. */
  readonly tree: string | null;
  /** What the build under test was patched with. */
  readonly patch: string | null;
}

/** Builds the native programs of the ring that is measured, below `folder`. Throws UsageError and EnvironmentError. */
export function nativeSubjects(
  subjects: readonly BenchSubject[],
  { tree, patch }: NativeChoice,
  folder: string,
): readonly NativeSubject[] {
  const build = buildUnderTest(subjects);
  const { clang } = findToolchain();
  checkLibFuzzer(clang, join(folder, 'check'));
  const sources = sourcesOfBuild(build, { tree: treeOfBuild(build, tree), patch });
  return [false, true].map((asan) => {
    const label = asan ? 'native C, AddressSanitizer' : 'native C';
    const place = join(folder, asan ? 'asan' : 'plain');
    makeFolder(place);
    return { label, program: buildNative(place, { sources, clang, asan }) };
  });
}

/** The one ring of Linux that all rows are about. */
function buildUnderTest(subjects: readonly BenchSubject[]): StoredBuild {
  const builds = subjects.map(({ driver }) => buildNamed(driver?.handle ?? '')).filter((build) => build !== undefined);
  const [first] = builds;
  if (
    first === undefined ||
    builds.length < subjects.length ||
    builds.some(({ record }) => record.sourceHash !== first.record.sourceHash)
  ) {
    throw new UsageError(
      '--native compares with one ring of Linux: name linux_split_fuzzer, or one --driver linux:BUILD',
    );
  }
  if (subjects.some(({ target }) => target.ring !== 'split')) {
    throw new UsageError('--native has a split ring: name linux_split_fuzzer alone');
  }
  return first;
}
