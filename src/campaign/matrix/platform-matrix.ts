// The matrix that the series "Untrusted device support for virtio" was tested with: packed on and off, IOMMU on and off,
// swiotlb forced and off, DMA API on and off. Counts what runs in each of its cells, and in VDUSE's, which is none of them.

import { blankConfiguration, type Configuration, decodeConfiguration } from '../../scenario/configuration.js';
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
  /** How many of the two kinds ended in a finding. */
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

/** Where on the matrix a configuration is. */
export function platformOf({ backEnd, allocAlignMask }: Configuration): PlatformName {
  return backEnd === 'swiotlb' && allocAlignMask !== 0 ? 'iommu+swiotlb' : backEnd;
}

/** Runs `honest` executions and the whole committed corpus. A failing honest execution ends it: the gate is not silent. */
export function countMatrix(
  folders: CorpusFolders,
  options: { readonly honest: number; readonly seed: number },
): { readonly rows: readonly PlatformRow[]; readonly failure: HonestFailure | null } {
  const matrix = new Matrix();
  const { failure } = runHonest({
    targets: TARGETS.filter((target) => !target.canary && hasHonestInputs(target)),
    runs: options.honest,
    seed: options.seed,
    onRun: (target, bytes) => {
      matrix.countHonest(target, bytes);
    },
  });
  for (const target of TARGETS.filter(({ canary, form }) => !canary && form !== 'differential')) {
    for (const { bytes } of readCorpus(folders, target.name, COMMITTED_KINDS).inputs) {
      if (isHostile(target, bytes)) matrix.countHostile(target, bytes);
    }
  }
  return { rows: matrix.rows, failure };
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
  findings: number;
}

class Matrix {
  private readonly cells = new Map<string, Cell>();
  private readonly config = blankConfiguration();

  countHonest(target: TargetSpec, bytes: Uint8Array): void {
    const cell = this.cellOf(target, bytes);
    cell.honest++;
    const [flags = 0, size = 0, platform = 0, extra = 0] = bytes;
    cell.headers.add(((flags << 24) | (size << 16) | (platform << 8) | extra) >>> 0);
  }

  countHostile(target: TargetSpec, bytes: Uint8Array): void {
    const cell = this.cellOf(target, bytes);
    cell.hostile++;
    if (execute(target, bytes).kind !== 'ok') cell.findings++;
  }

  get rows(): readonly PlatformRow[] {
    return PLATFORMS.map((platform) => ({
      platform,
      split: this.countsOf(platform, false),
      packed: this.countsOf(platform, true),
    }));
  }

  private countsOf(platform: PlatformName, packed: boolean): CellCounts {
    const { honest, headers, hostile, findings } = this.cellAt(platform, packed);
    return { honest, configurations: headers.size, hostile, findings };
  }

  private cellOf(target: TargetSpec, bytes: Uint8Array): Cell {
    decodeConfiguration(target, bytes, this.config);
    return this.cellAt(platformOf(this.config), this.config.packed);
  }

  private cellAt(platform: PlatformName, packed: boolean): Cell {
    const key = `${platform} ${packed}`;
    let cell = this.cells.get(key);
    if (cell === undefined) {
      cell = { honest: 0, headers: new Set(), hostile: 0, findings: 0 };
      this.cells.set(key, cell);
    }
    return cell;
  }
}
