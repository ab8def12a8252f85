import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { framesOf, placesAt, type SymbolTable } from '../../src/linux/symbol-table.js';

const RING = 'drivers/virtio/virtio_ring.c';
const TABLE: SymbolTable = {
  offsets: [100, 110, 120, 200],
  chains: [0, 1, 2, 3],
  places: [
    [{ function: 'detach_buf_split', file: RING, line: 777 }],
    [
      { function: 'vring_unmap_one_split', file: RING, line: 478 },
      { function: 'detach_buf_split', file: RING, line: 783 },
    ],
    [{ function: 'detach_buf_split', file: RING, line: 0 }],
    [{ function: 'get', file: 'shim/glue.c', line: 9 }],
  ],
  edges: [],
};

describe('symbol table', () => {
  it('gives the place that the last row at or before an offset begins', () => {
    assert.deepEqual(placesAt(99, TABLE), []);
    assert.equal(placesAt(100, TABLE)[0]?.line, 777);
    assert.equal(placesAt(109, TABLE)[0]?.line, 777);
    assert.equal(placesAt(119, TABLE).length, 2);
    assert.equal(placesAt(100_000, TABLE)[0]?.function, 'get');
  });

  it('reads frames as V8 writes them, inlined functions first, and leaves out the shim and everything else', () => {
    const stack = [
      'Error: early-unmap',
      '    at Dma.unmap (/x/src/dma/dma.js:139:23)',
      '    at linked.wasm.detach_buf_split (wasm://wasm/linked.wasm-0002b072:wasm-function[31]:0x6f)',
      '    at linked.wasm.get (wasm://wasm/linked.wasm-0002b072:wasm-function[77]:0xc8)',
    ].join('\n');
    assert.deepEqual(framesOf(stack, TABLE), [
      { function: 'vring_unmap_one_split', file: RING, line: 478, helper: true },
      { function: 'detach_buf_split', file: RING, line: 783 },
    ]);
  });

  it('reads frames as the source maps of the engine rewrite them: column 1 is offset 0', () => {
    const at = (column: number): unknown =>
      framesOf(`    at detach_buf_split (wasm://wasm/linked.wasm-0002b072:1:${column})`, TABLE);
    assert.deepEqual(at(101), [{ function: 'detach_buf_split', file: RING, line: 777 }]);
    assert.deepEqual(at(100), []);
  });

  it('says no line where the code belongs to none', () => {
    const stack = '    at f (wasm://wasm/x:wasm-function[1]:0x78)';
    assert.deepEqual(framesOf(stack, TABLE), [{ function: 'detach_buf_split', file: RING }]);
  });
});
