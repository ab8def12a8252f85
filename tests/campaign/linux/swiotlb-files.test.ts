import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  filesOf,
  SWIOTLB_FILES,
  SWIOTLB_SHIM_HEADERS,
  SWIOTLB_SOURCE,
  swiotlbLack,
} from '../../../src/campaign/linux/swiotlb-files.js';
import { RING_SOURCE, SHIM_HEADERS, VERBATIM_HEADERS } from '../../../src/campaign/linux/headers.js';

const HEADER = 'include/linux/swiotlb.h';
const DECLARED =
  'swiotlb_map swiotlb_tbl_map_single swiotlb_tbl_unmap_single swiotlb_sync_single_for_cpu ' +
  'swiotlb_sync_single_for_device swiotlb_max_mapping_size';

const complete = (): Map<string, string> =>
  new Map([
    [RING_SOURCE, ''],
    ...SWIOTLB_FILES.map((path) => [path, ''] as const),
    [SWIOTLB_SOURCE, 'swiotlb_tbl_map_single RESERVEDMEM_OF_DECLARE'],
    [HEADER, DECLARED],
  ]);

describe('files of variant swiotlb', () => {
  it('lack nothing where all are there', () => {
    assert.equal(swiotlbLack(complete()), null);
  });

  it('name what a tree lacks: a file, or a symbol in one', () => {
    const without = (path: string): string | null => {
      const files = complete();
      files.delete(path);
      return swiotlbLack(files);
    };
    for (const path of SWIOTLB_FILES) assert.equal(without(path), `no ${path}`);
    const old = complete().set(SWIOTLB_SOURCE, 'swiotlb_tbl_map_single');
    assert.equal(swiotlbLack(old), `no RESERVEDMEM_OF_DECLARE in ${SWIOTLB_SOURCE}`);
    const renamed = complete().set(HEADER, DECLARED.replace('swiotlb_map ', 'swiotlb_map_page '));
    assert.equal(swiotlbLack(renamed), `no swiotlb_map in ${HEADER}`);
  });

  it('belong to that variant alone', () => {
    assert.deepEqual([...filesOf(complete(), 'kasan').keys()], [RING_SOURCE]);
    assert.deepEqual([...filesOf(complete(), 'coverage').keys()], [RING_SOURCE]);
    assert.equal(filesOf(complete(), 'swiotlb').size, complete().size);
  });

  it('are on one list each', () => {
    const verbatim = [...VERBATIM_HEADERS, ...SWIOTLB_FILES.map((path) => path.replace(/^include\//, ''))];
    const shim = [...SHIM_HEADERS, ...SWIOTLB_SHIM_HEADERS];
    assert.deepEqual(
      verbatim.filter((header) => shim.includes(header)),
      [],
    );
    assert.equal(new Set(shim).size, shim.length);
  });
});
