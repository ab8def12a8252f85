// The matrix of platforms as a table in Markdown: the sixteen cells of packed, IOMMU, swiotlb and DMA API, each with what was
// run in it or why there is no such thing, and VDUSE below.

import type { CellCounts, PlatformName, PlatformRow } from '../campaign/matrix/platform-matrix.js';
import { grouped } from './text-table.js';

interface MatrixLine {
  /** DMA API, IOMMU, swiotlb. */
  readonly where: readonly [string, string, string];
  readonly what: PlatformName | { readonly absent: string };
}

const PHYSICAL = 'without VIRTIO_F_ACCESS_PLATFORM addresses are physical, and an IOMMU would translate them';
const NO_BOUNCE = 'swiotlb is a part of the DMA API: who does not map is not bounced';

const LINES: readonly MatrixLine[] = [
  { where: ['off', 'off', 'off'], what: 'none' },
  { where: ['off', 'on', 'off'], what: { absent: PHYSICAL } },
  { where: ['off', 'off', 'forced'], what: { absent: NO_BOUNCE } },
  { where: ['off', 'on', 'forced'], what: { absent: 'both' } },
  { where: ['on', 'off', 'off'], what: 'direct' },
  { where: ['on', 'on', 'off'], what: 'iommu' },
  { where: ['on', 'off', 'forced'], what: 'swiotlb' },
  { where: ['on', 'on', 'forced'], what: 'iommu+swiotlb' },
  { where: ['on', 'its own domain', 'its own pages'], what: 'vduse' },
];

const NAMES: Readonly<Record<PlatformName, string>> = {
  none: '`none`',
  direct: '`direct`',
  iommu: '`iommu`',
  swiotlb: '`swiotlb`, `alloc_align_mask` 0',
  'iommu+swiotlb': '`swiotlb`, `alloc_align_mask` of a granule or more',
  vduse: '`vduse`',
};

/** Counts in a cell: honest executions (configurations) / hostile inputs of the corpus, own + moved / findings. */
export function matrixText(rows: readonly PlatformRow[]): string {
  const lines = LINES.map(({ where, what }) => {
    if (typeof what !== 'string') return [...where, `none: ${what.absent}`, '-', '-'];
    const row = rows.find(({ platform }) => platform === what);
    return [...where, NAMES[what], cellText(row?.split), cellText(row?.packed)];
  });
  const header = ['DMA API', 'IOMMU', 'swiotlb', 'back end', 'split', 'packed'];
  return [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function cellText(counts: CellCounts | undefined): string {
  if (counts === undefined) return '0 (0) / 0 + 0 / 0';
  const { honest, configurations, hostile, moved, findings } = counts;
  return `${grouped(honest)} (${grouped(configurations)}) / ${grouped(hostile)} + ${grouped(moved)} / ${grouped(findings)}`;
}
