// The registry of targets, engine-free: fuzzing, replay and tests all take them from here.

import type { TargetSpec } from './target-spec.js';

/** Those of the hardened driver. */
export const TARGETS: readonly TargetSpec[] = [
  {
    name: 'split_ring_fuzzer',
    summary: 'split ring, every back end, hostile and honest device in one scenario',
    form: 'scenario',
    ring: 'split',
    backEnd: 'any',
    operations: 'ring',
    canary: false,
  },
  {
    name: 'packed_ring_fuzzer',
    summary: 'packed ring, every back end, hostile and honest device in one scenario',
    form: 'scenario',
    ring: 'packed',
    backEnd: 'any',
    operations: 'ring',
    canary: false,
  },
  {
    name: 'bounce_fuzzer',
    summary: 'swiotlb and VDUSE: bounce copies, partial syncs, premapped buffers, reuse of slots and pages',
    form: 'scenario',
    ring: 'any',
    backEnd: 'swiotlb',
    operations: 'bounce',
    canary: false,
  },
  {
    name: 'mapping_error_fuzzer',
    summary: 'failing maps, allocations, kicks and resets, placed by the input',
    form: 'scenario',
    ring: 'any',
    backEnd: 'any',
    operations: 'failure',
    canary: false,
  },
  {
    name: 'raw_ring_fuzzer',
    summary: 'input bytes laid verbatim over the whole ring memory, then completions',
    form: 'raw',
    ring: 'any',
    backEnd: 'any',
    operations: 'ring',
    canary: false,
  },
  {
    name: 'layout_differential_fuzzer',
    summary: 'one script and an honest device on several rings, features and back ends: all must answer alike',
    form: 'differential',
    ring: 'any',
    backEnd: 'any',
    operations: 'script',
    canary: false,
  },
  {
    name: 'canary',
    summary: 'fails on purpose on a reachable input: proves that a finding is found and reported',
    form: 'scenario',
    ring: 'split',
    backEnd: 'any',
    operations: 'ring',
    canary: true,
  },
];

/** Those of the kernel's own driver (`vringfuzz linux build`). The same inputs mean the same on both drivers. */
export const LINUX_TARGETS: readonly TargetSpec[] = [
  ...TARGETS.filter(({ form, canary }) => form === 'scenario' && !canary).map(linuxTarget),
  {
    name: 'linux_differential_fuzzer',
    summary: 'one scenario on the hardened driver and on that of Linux: both must do the same',
    form: 'scenario',
    ring: 'any',
    backEnd: 'any',
    operations: 'failure',
    driver: 'linux',
    seedsOf: 'mapping_error_fuzzer',
    comparesDrivers: true,
    canary: false,
  },
];

/** Whatever has a name. */
export const ALL_TARGETS: readonly TargetSpec[] = [...TARGETS, ...LINUX_TARGETS];

/** The target of that name, or undefined. */
export function targetByName(name: string): TargetSpec | undefined {
  return ALL_TARGETS.find((target) => target.name === name);
}

/** `linux_split_fuzzer` for split_ring_fuzzer. */
function linuxTarget(target: TargetSpec): TargetSpec {
  const name = `linux_${target.name.replace('_ring', '')}`;
  const pool = target.backEnd === 'swiotlb' ? { driverPool: true as const } : {};
  return { ...target, name, summary: `Linux: ${target.summary}`, driver: 'linux', ...pool, seedsOf: target.name };
}
