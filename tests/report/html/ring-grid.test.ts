// The grid says who wrote a field last, and what the step did to it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ledgerRows } from '../../../src/report/html/model/ledger-rows.js';
import { type GridCell, type GridTable, ringGrid, usedAddresses } from '../../../src/report/html/model/ring-grid.js';
import { stateAt, TraceState } from '../../../src/report/html/model/trace-state.js';
import type { Trace } from '../../../src/verdict/trace.js';
import { type Record, traced } from './traced.js';

function gridAt(trace: Trace, step: number): readonly GridTable[] {
  const state = stateAt(trace, { step, events: trace.steps[step]?.events.length ?? 0 });
  return ringGrid(state, usedAddresses(trace));
}

function cell(grid: readonly GridTable[], field: string): GridCell {
  const cells = grid.flatMap(({ rows, single }) => [...single, ...rows.flatMap((row) => row.cells)]);
  const found = cells.find((each) => each.field === field);
  assert.ok(found, `no cell ${field}`);
  return found;
}

describe('ringGrid', () => {
  const records: Record[] = [['add'], ['complete', 0, 0, 1], ['get']];
  const { trace } = traced({ num: 4, backEnd: 'direct' }, records);

  test('has every field of a split ring, in the order of memory', () => {
    const grid = gridAt(trace, 0);
    assert.deepEqual(
      grid.map(({ name, columns, rows, single }) => [name, columns, rows.length, single.map(({ label }) => label)]),
      [
        ['descriptors', ['addr', 'len', 'flags', 'next'], 4, []],
        ['available', ['ring'], 4, ['flags', 'idx', 'used_event']],
        ['used', ['id', 'len'], 4, ['flags', 'idx', 'avail_event']],
      ],
    );
  });

  test('has every field of a packed ring', () => {
    const packed = traced({ packed: true, num: 8, backEnd: 'direct', eventIndex: true }, [
      ['disable-cb'],
      ['enable-cb'],
    ]).trace;
    const grid = gridAt(packed, 2);
    assert.deepEqual(
      grid.map(({ name, columns, rows, single }) => [name, columns, rows.length, single.map(({ label }) => label)]),
      [
        ['descriptors', ['addr', 'len', 'id', 'flags'], 8, []],
        ['driver event', [], 0, ['off_wrap', 'flags']],
        ['device event', [], 0, ['off_wrap', 'flags']],
      ],
    );
    assert.deepEqual(
      [cell(grid, 'driver_event.flags').meaning, cell(grid, 'driver_event.flags').writer],
      ['desc', 'driver'],
    );
  });

  test('driver, device and nobody', () => {
    const grid = gridAt(trace, 2);
    assert.equal(cell(grid, 'desc[0].addr').writer, 'driver');
    assert.deepEqual(
      [cell(grid, 'used.idx').writer, cell(grid, 'used.idx').text, cell(grid, 'used.idx').stamp?.step],
      ['device', '1', 2],
    );
    assert.deepEqual([cell(grid, 'desc[3].addr').writer, cell(grid, 'desc[3].addr').text], [null, '0x0']);
  });

  test('changed and read are those of the step', () => {
    const marks = (step: number, field: string): readonly boolean[] => {
      const { changed, loaded } = cell(gridAt(trace, step), field);
      return [changed, loaded];
    };
    assert.deepEqual(marks(1, 'avail.idx'), [true, false]);
    assert.deepEqual(marks(2, 'avail.idx'), [false, false]);
    assert.deepEqual(marks(2, 'used.idx'), [true, false]);
    assert.deepEqual(marks(3, 'used.idx'), [false, true]);
  });

  test('rows in use are those that anybody ever used', () => {
    const [descriptors, available] = gridAt(trace, 0);
    assert.deepEqual(
      descriptors?.rows.map(({ inUse }) => inUse),
      [true, false, false, false],
    );
    // avail.ring[0] holds head 0, which is what it held before.
    assert.deepEqual(
      available?.rows.map(({ inUse }) => inUse),
      [false, false, false, false],
    );
  });

  test('a field that both wrote a part of, and a byte that nobody knows', () => {
    const state = new TraceState();
    const fields = [{ name: 'used.ring[].id', at: 0x10004, size: 4, stride: 8 }];
    state.mark({ type: 'ring', packed: false, num: 2, areas: [{ name: 'used', at: 0x10000, size: 22, fields }] });
    state.event({ type: 'coherent', cpu: 0x10000, dma: 0, size: 22 });
    state.event({ type: 'store', field: '', at: 0x10004, size: 4, value: 0x11223344 });
    state.event({ type: 'device-write', field: null, at: 0x10006, size: 2, value: 1 });
    state.event({ type: 'device-write', field: null, at: 0x1000c, size: 3 });
    const grid = ringGrid(state, new Set());
    assert.deepEqual([cell(grid, 'used.ring[0].id').writer, cell(grid, 'used.ring[0].id').text], ['both', '0x13344']);
    assert.deepEqual([cell(grid, 'used.ring[1].id').text, cell(grid, 'used.ring[1].id').current], ['?', true]);
  });

  test('a write in the middle of a driver call says so', () => {
    const raced = traced({ num: 4, backEnd: 'direct' }, [
      ['add'],
      ['complete', 0, 0, 1],
      ['arm-load', 1, 7, 0],
      ['get'],
    ]).trace;
    const writes = raced.steps[4]?.events.filter(({ kind }) => kind === 'device') ?? [];
    assert.equal(writes.length, 1);
    assert.equal(cell(gridAt(raced, 4), 'used.idx').stamp?.during, 'getBuf');
  });
});

describe('ledgerRows', () => {
  const rowsAt = (trace: Trace, step: number, violated: number | null = null): ReturnType<typeof ledgerRows> =>
    ledgerRows(stateAt(trace, { step, events: trace.steps[step]?.events.length ?? 0 }), violated);

  test('live, then ended, with the descriptor that carries it', () => {
    const { trace } = traced({ num: 4, backEnd: 'direct' }, [['add'], ['complete'], ['get']]);
    const [live] = rowsAt(trace, 1);
    assert.deepEqual(
      [live?.status, live?.use, live?.descriptors, live?.touched],
      ['live', 'buffer 1', ['desc[0]'], true],
    );
    const [ended] = rowsAt(trace, 3, 0);
    assert.deepEqual([ended?.status, ended?.endedIn, ended?.violated, ended?.descriptors], ['ended', 3, true, []]);
    assert.equal(rowsAt(trace, 2)[0]?.touched, false);
  });

  test('bounce slots by number, tables with their descriptors', () => {
    const { trace } = traced({ num: 4, backEnd: 'swiotlb', indirect: true }, [['add', 17]]);
    const rows = rowsAt(trace, 1);
    const table = rows.find((row) => row.table !== null);
    assert.match(rows[0]?.memory ?? '', /^0x[0-9a-f]+ via slot \d+\+\d+$/);
    assert.ok(table);
    assert.equal(table.use, 'table of buffer 1');
    assert.deepEqual(
      table.table?.map(({ addr }) => addr),
      rows.filter((row) => row !== table).map(({ dma }) => dma),
    );
  });

  test('live although its buffer came back is leaked', () => {
    const state = new TraceState();
    const map = {
      type: 'map',
      entry: 0,
      dma: 64,
      cpu: 64,
      size: 8,
      direction: 'TO_DEVICE',
      kind: 'page',
      token: 1,
      owner: 'driver',
    } as const;
    state.event({ type: 'call', call: 'addSgs' });
    state.event(map);
    state.event({ type: 'return', call: 'addSgs', result: 'token 1: 0', token: 1 });
    assert.equal(ledgerRows(state, null)[0]?.status, 'live');
    state.event({ type: 'call', call: 'getBuf' });
    state.event({ type: 'return', call: 'getBuf', result: 'token 1, length 0', token: 1 });
    assert.equal(ledgerRows(state, null)[0]?.status, 'leaked');
  });

  test('an unmap that the violation is about has not ended the mapping', () => {
    const state = new TraceState();
    const map = {
      type: 'map',
      dma: 64,
      cpu: 64,
      size: 8,
      direction: 'TO_DEVICE',
      kind: 'page',
      token: 1,
      owner: 'driver',
    } as const;
    state.event({ ...map, entry: 0 });
    state.event({ ...map, entry: 1, dma: 128 });
    const unmap = { type: 'unmap', ended: null, size: 8, direction: 'TO_DEVICE', kind: 'page' } as const;
    state.event({ ...unmap, entry: 0, dma: 64 });
    state.event({ ...unmap, entry: 1, dma: 128 });
    state.event({ type: 'violation', oracle: 'early-unmap', shape: '', mapping: 1, live: [1] });
    assert.deepEqual(
      ledgerRows(state, 1).map(({ status }) => status),
      ['ended', 'live'],
    );
  });
});
