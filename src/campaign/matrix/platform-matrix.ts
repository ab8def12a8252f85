// The matrix that the series "Untrusted device support for virtio" was tested with: packed on and off, IOMMU on and off,
// swiotlb forced and off, DMA API on and off. Counts what runs in each of its cells, and in VDUSE's, which is none of them.

import {
  blankConfiguration,
  type Configuration,
  decodeConfiguration,
  encodeConfiguration,
  HEADER_SIZE,
} from '../../scenario/configuration.js';
import { isHostileOperation } from '../../scenario/operations.js';
import { decodeScenario } from '../../scenario/scenario.js';
import type { TargetSpec } from '../../target/target-spec.js';
import { TARGETS } from '../../target/targets.js';
import { execute } from '../../world/execute.js';
import { type CorpusFolders, readCorpus } from '../corpus/corpus-inputs.js';
import { COMMITTED_KINDS } from '../corpus/manifest.js';
import { hasHonestInputs } from '../honest-inputs.js';
import { type HonestFailure, runHonest } from '../honest-run.js';

/** What is counted of one ring layout on one platform. */
export interface CellCounts {
  /** Executions with an honest device, under how many different configurations. */
  readonly honest: number;
  readonly configurations: number;
  /** Committed inputs in which the device is hostile. */
  readonly hostile: number;
  /** Such inputs of other platforms, run on this one. */
  readonly moved: number;
  /** How many of all of them ended in a finding. */
  readonly findings: number;
}

export interface PlatformRow {
  readonly platform: PlatformName;
  readonly split: CellCounts;
  readonly packed: CellCounts;
}

/** `iommu+swiotlb`: what bounces in whole granules, as behind an IOMMU. */
export type PlatformName = 'none' | 'direct' | 'swiotlb' | 'iommu' | 'iommu+swiotlb' | 'vduse';

const PLATFORMS: readonly PlatformName[] = ['none', 'direct', 'swiotlb', 'iommu', 'iommu+swiotlb', 'vduse'];

/** Header bits that say the platform: of bytes 0, 2 and 3. */
const BACK_END_BITS = 0x60;
const ALLOC_ALIGN_BITS = 0x30;
const VDUSE_BIT = 0x40;
const GRANULE_MASK = 0xfff;

/** Where on the matrix a configuration is. */
export function platformOf({ backEnd, allocAlignMask }: Configuration): PlatformName {
  return backEnd === 'swiotlb' && allocAlignMask !== 0 ? 'iommu+swiotlb' : backEnd;
}

/**
 * Runs `honest` executions a cell, and the hostile inputs of the committed corpus on every platform. A failing honest
 * execution ends the first part: the gate is not silent.
 */
export function countMatrix(
  folders: CorpusFolders,
  options: { readonly honest: number; readonly seed: number },
): { readonly rows: readonly PlatformRow[]; readonly failure: HonestFailure | null } {
  const matrix = new Matrix(options.honest);
  const { failure } = runHonest({
    targets: TARGETS.filter((target) => !target.canary && hasHonestInputs(target)),
    runs: options.honest * PLATFORMS.length * 2,
    seed: options.seed,
    wanted: (target, bytes) => matrix.takesHonest(target, bytes),
  });
  for (const target of TARGETS.filter(({ canary, form }) => !canary && form !== 'differential')) {
    for (const { bytes } of readCorpus(folders, target.name, COMMITTED_KINDS).inputs) {
      if (isHostile(target, bytes)) matrix.runHostile(target, bytes);
    }
  }
  return { rows: matrix.rows, failure };
}

/** The input with a header that says this platform; the target may have the last word. */
export function movedTo(platform: PlatformName, bytes: Uint8Array): Uint8Array {
  const backEnd = platform === 'iommu+swiotlb' ? 'swiotlb' : platform;
  const allocAlignMask = platform === 'iommu+swiotlb' ? GRANULE_MASK : 0;
  const [flags = 0, , pool = 0, extra = 0] = encodeConfiguration({ backEnd, allocAlignMask });
  const moved = new Uint8Array(Math.max(HEADER_SIZE, bytes.length));
  moved.set(bytes);
  moved[0] = ((bytes[0] ?? 0) & ~BACK_END_BITS) | flags;
  moved[2] = ((bytes[2] ?? 0) & ~ALLOC_ALIGN_BITS) | pool;
  moved[3] = ((bytes[3] ?? 0) & ~VDUSE_BIT) | extra;
  return moved;
}

/** Whether the device says in it what is not so, or changes the ring while the driver reads it. */
function isHostile(target: TargetSpec, bytes: Uint8Array): boolean {
  if (target.form === 'raw') return true;
  const { steps } = decodeScenario(target, bytes);
  return steps.some(({ operation }) => operation === 'arm-load' || isHostileOperation(operation));
}

interface Cell {
  honest: number;
  readonly headers: Set<number>;
  hostile: number;
  moved: number;
  findings: number;
}

class Matrix {
  private readonly cells = new Map<string, Cell>();
  private readonly config = blankConfiguration();

  /** `quota`: honest executions wanted in each cell. */
  constructor(private readonly quota: number) {}

  /** Whether another honest execution is wanted where this one belongs; it is counted then. */
  takesHonest(target: TargetSpec, bytes: Uint8Array): boolean {
    const { cell } = this.cellOf(target, bytes);
    if (cell.honest === this.quota) return false;
    cell.honest++;
    const [flags = 0, size = 0, pool = 0, extra = 0] = bytes;
    cell.headers.add(((flags << 24) | (size << 16) | (pool << 8) | extra) >>> 0);
    return true;
  }

  /** Runs the input where it belongs, and on every other platform that its target has. */
  runHostile(target: TargetSpec, bytes: Uint8Array): void {
    const { cell, platform: own } = this.cellOf(target, bytes);
    cell.hostile++;
    if (execute(target, bytes).kind !== 'ok') cell.findings++;
    for (const platform of PLATFORMS) {
      if (platform === own) continue;
      const moved = movedTo(platform, bytes);
      const there = this.cellOf(target, moved);
      if (there.platform !== platform) continue;
      there.cell.moved++;
      if (execute(target, moved).kind !== 'ok') there.cell.findings++;
    }
  }

  get rows(): readonly PlatformRow[] {
    return PLATFORMS.map((platform) => ({
      platform,
      split: this.countsOf(platform, false),
      packed: this.countsOf(platform, true),
    }));
  }

  private countsOf(platform: PlatformName, packed: boolean): CellCounts {
    const { honest, headers, hostile, moved, findings } = this.cellAt(platform, packed);
    return { honest, configurations: headers.size, hostile, moved, findings };
  }

  private cellOf(target: TargetSpec, bytes: Uint8Array): { readonly platform: PlatformName; readonly cell: Cell } {
    decodeConfiguration(target, bytes, this.config);
    const platform = platformOf(this.config);
    return { platform, cell: this.cellAt(platform, this.config.packed) };
  }

  private cellAt(platform: PlatformName, packed: boolean): Cell {
    const key = `${platform} ${packed}`;
    let cell = this.cells.get(key);
    if (cell === undefined) {
      cell = { honest: 0, headers: new Set(), hostile: 0, moved: 0, findings: 0 };
      this.cells.set(key, cell);
    }
    return cell;
  }
}
