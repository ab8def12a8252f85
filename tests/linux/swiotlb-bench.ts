// Builds with the kernel's own bounce buffers, for the tests of them.

import type { LoadedDriver } from '../../src/campaign/drivers/loaded-driver.js';
import { linuxFolder, loadBuild } from '../../src/campaign/linux/build-folder.js';
import { buildLinux } from '../../src/campaign/linux/build-linux.js';
import { readKernelSources } from '../../src/campaign/linux/kernel-tree.js';
import { loadedLinux } from '../../src/campaign/linux/linux-driver.js';
import { swiotlbLack } from '../../src/campaign/linux/swiotlb-files.js';
import { findToolchain } from '../../src/campaign/linux/toolchain.js';
import { LinuxSwiotlb } from '../../src/linux/linux-swiotlb.js';
import { LinuxMachine } from '../../src/linux/machine.js';
import { MEMORY_SIZE } from '../../src/memory/layout.js';
import type { DriverPlatform } from '../../src/platform/driver-module.js';
import { buildOf, missing, type Series, treeOf } from './kernel-bench.js';

/** What is missing for the variant, for the `skip` of a test; false where nothing is. */
export function missingSwiotlb(series: Series): string | false {
  const lack = missing(series);
  if (lack !== false) return lack;
  return swiotlbLack(readKernelSources(treeOf(series) ?? '', null).files) === null
    ? false
    : `no swiotlb.c beside the kernel's ring: run vringfuzz linux build --debian ${series}`;
}

/** Compiled with a macro that is not a part of the kernel. */
export function driverWith(series: Series, define: string): LoadedDriver {
  const sources = readKernelSources(treeOf(series) ?? '', null);
  const common = { package: null, tools: findToolchain(), root: linuxFolder(), force: false };
  return loadedLinux(buildLinux({ ...common, sources, defines: [define], variant: 'swiotlb' }).build);
}

export interface BarePool {
  readonly pool: LinuxSwiotlb;
  /** Guest memory. */
  readonly bytes: Uint8Array;
  readonly machine: LinuxMachine;
}

/** The kernel's bounce buffers alone, without a world around them: a report of KASAN, BUG or WARN is an error. */
export function barePool(series: Series): BarePool {
  const machine = new LinuxMachine(loadBuild(buildOf(series, 'swiotlb')), MEMORY_SIZE);
  const { guest: bytes, host, swiotlb } = machine;
  if (swiotlb === null) throw new Error('the build has no bounce buffers');
  host.bounceMemory = {
    copy: (target, source, size) => bytes.copyWithin(target, source, source + size),
    fill: (target, size, value) => bytes.fill(value, target, target + size),
  };
  const failed = (what: string): never => {
    throw new Error(what);
  };
  const platform: Pick<DriverPlatform, 'panic' | 'warn'> & { readonly access: object } = {
    panic: failed,
    warn: failed,
    access: { badAccess: (kind: string) => failed(kind) },
  };
  host.attach(platform as DriverPlatform, () => undefined);
  return { pool: new LinuxSwiotlb(swiotlb, machine), bytes, machine };
}
