// facts 2.4, 2.5, 2.7 and E23: creation, the broken queue, detach, reset, resize, destroy; both layouts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { QueueConfig } from '../../src/platform/ring-driver.js';
import { E2BIG, EBUSY, EINVAL, EIO, ENOENT, ENOMEM } from '../../src/spec/errno.js';
import { PackedBench, SplitBench } from './bench.js';
import type { FakePlatform } from './fake-platform.js';

type Bench = SplitBench | PackedBench;
type Make = (config?: Partial<QueueConfig>, prepare?: (platform: FakePlatform) => void) => Bench;

const LAYOUTS: readonly (readonly [name: string, make: Make])[] = [
  ['split', (config, prepare): Bench => new SplitBench(config, prepare)],
  ['packed', (config, prepare): Bench => new PackedBench(config, prepare)],
];

/** A pair under token 1, singles under 2 and 3. */
function fill(bench: Bench): void {
  bench.add({ out: [8], in: [4] });
  bench.add({ out: [8] });
  bench.add({ in: [4] });
}

/** What a recycle callback was given. */
function recycler(): { readonly tokens: number[]; readonly recycle: (token: number) => void } {
  const tokens: number[] = [];
  return { tokens, recycle: (token) => tokens.push(token) };
}

/** Live mappings, coherent allocations and heap objects. */
function left(bench: Bench): readonly number[] {
  const { dma, allocator } = bench.platform;
  return [dma.live.size, dma.coherent.size, allocator.live.size];
}

for (const [name, make] of LAYOUTS) {
  const areas = name === 'split' ? 1 : 3;
  describe(name, () => {
    test('2.2: destroy frees ring and state', () => {
      const bench = make();
      assert.deepEqual(left(bench), [0, areas, 1]);
      bench.queue.destroy();
      assert.deepEqual(left(bench), [0, 0, 0]);
    });

    test('V09, V10: a failed creation is -ENOMEM and leaves nothing, whichever allocation fails', () => {
      assert.equal(make({}, (platform) => platform.allocator.fail(0)).created, -ENOMEM);
      for (let k = 0; k < areas; k++) {
        const bench = make({}, (platform) => platform.dma.failCoherent(k));
        assert.equal(bench.created, -ENOMEM, `area ${k}`);
        assert.deepEqual(left(bench), [0, 0, 0], `area ${k}`);
      }
    });

    test('E23: the broken queue answers every call so that its caller stops', () => {
      const bench = make({ eventIndex: true });
      fill(bench);
      complete(bench, 77, 0);
      assert.equal(bench.get(), null);
      const { queue, platform } = bench;
      platform.transport.take();
      assert.equal(bench.add({ in: [1] }), -EIO);
      assert.equal(queue.poll(queue.enableCbPrepare()), false);
      assert.equal(queue.enableCb(), true);
      assert.equal(queue.enableCbDelayed(), true);
      assert.equal(queue.notify(), false);
      assert.equal(queue.interrupt(), 1);
      assert.equal(platform.callbacks, 0);
      assert.equal(bench.get(), null);
      assert.deepEqual(platform.transport.take(), []);
      assert.equal(queue.detachUnusedBuf(), 1);
    });

    test('V12, V29: "reap until null, again while enable_cb_delayed is false" ends in one pass', () => {
      const bench = make({ eventIndex: true });
      fill(bench);
      complete(bench, bench.num, 0);
      let passes = 0;
      do {
        passes++;
        while (bench.get() !== null);
      } while (passes < 5 && !(bench.queue.enableCbDelayed() && bench.queue.enableCb()));
      assert.equal(passes, 1);
    });

    test('2.7 detach: the lowest id first, unmapped, 0 when none is left', () => {
      const bench = make();
      fill(bench);
      bench.platform.dma.take();
      assert.deepEqual(
        [1, 2, 3, 4].map(() => bench.queue.detachUnusedBuf()),
        [1, 2, 3, 0],
      );
      assert.deepEqual(bench.platform.dma.take(), ['unmap 0', 'unmap 1', 'unmap 2', 'unmap 3']);
      assert.equal(bench.numFree, 8);
    });

    test('2.7 detach: an indirect table goes with its buffer', () => {
      const bench = make({ indirect: true });
      fill(bench);
      assert.deepEqual(
        [1, 2, 3, 4].map(() => bench.queue.detachUnusedBuf()),
        [1, 2, 3, 0],
      );
      assert.deepEqual(left(bench), [0, areas, 1]);
    });

    test('2.7 reset: disable, recycle every buffer, initial values, enable', () => {
      const bench = make({ callback: false });
      fill(bench);
      const { tokens, recycle } = recycler();
      assert.equal(bench.queue.reset(recycle), 0);
      assert.deepEqual(bench.platform.transport.take(), ['disable', 'enable']);
      assert.deepEqual(tokens, [1, 2, 3]);
      assert.deepEqual(bench.freeList, [0, 1, 2, 3, 4, 5, 6, 7]);
      assert.deepEqual(left(bench), [0, areas, 1]);
      restart(bench);
      bench.addToken(9, { out: [1] });
      complete(bench, 0, 0);
      assert.deepEqual(bench.get(), [9, 0]);
    });

    test('2.7 reset: a broken queue works again', () => {
      const bench = make();
      bench.queue.breakQueue();
      assert.equal(
        bench.queue.reset(() => undefined),
        0,
      );
      assert.equal(bench.queue.isBroken(), false);
      assert.equal(bench.add({ in: [1] }), 0);
    });

    test('2.7 reset: what the device left in the ring is gone', () => {
      const bench = make({ callback: false, eventIndex: true });
      fill(bench);
      for (let at = bench.base; at < bench.deviceArea + 4; at += 2) bench.view.setUint16(at, 0xffff, true);
      assert.equal(
        bench.queue.reset(() => undefined),
        0,
      );
      assert.equal(bench.get(), null);
      assert.equal(bench.queue.isBroken(), false);
      if (bench instanceof SplitBench) assert.deepEqual([bench.availFlags, bench.availIdx, bench.usedEvent], [0, 0, 0]);
      else assert.deepEqual([bench.flags.every((flags) => flags === 0), bench.driverFlags], [true, 1]);
    });

    test('2.7 reset: errors of the transport', () => {
      const cases = [
        { resettable: false, disableError: 0, enableError: 0, result: -ENOENT, log: [], given: [] },
        { resettable: true, disableError: -EIO, enableError: 0, result: -EIO, log: ['disable'], given: [] },
        {
          resettable: true,
          disableError: 0,
          enableError: -EIO,
          result: -EBUSY,
          log: ['disable', 'enable'],
          given: [1, 2, 3],
        },
      ];
      for (const { result, log, given, ...answers } of cases) {
        const bench = make();
        fill(bench);
        Object.assign(bench.platform.transport, answers);
        const { tokens, recycle } = recycler();
        assert.equal(bench.queue.reset(recycle), result);
        assert.deepEqual(bench.platform.transport.take(), log);
        assert.deepEqual(tokens, given);
        assert.equal(bench.numFree, given.length === 0 ? 4 : 8);
        assert.equal(bench.queue.isBroken(), result === -EBUSY, 'V34: its device side is dead');
      }
    });

    test('2.7 resize: each error, in the order of the checks', () => {
      const cases = [
        { num: 65, resettable: false, disableError: -EIO, result: -E2BIG },
        { num: 0, resettable: false, disableError: -EIO, result: -EINVAL },
        { num: 8, resettable: false, disableError: -EIO, result: 0 },
        { num: 16, resettable: false, disableError: -EIO, result: -ENOENT },
        { num: 16, resettable: true, disableError: -EIO, result: -EIO },
      ];
      for (const { num, result, ...answers } of cases) {
        const bench = make({ numMax: 64 });
        fill(bench);
        Object.assign(bench.platform.transport, answers);
        const { tokens, recycle } = recycler();
        assert.equal(bench.queue.resize(num, recycle), result, `resize(${num})`);
        assert.deepEqual(tokens, [], 'nothing has changed');
        assert.equal(bench.numFree, 4);
        assert.equal(bench.queue.ringAddresses().num, 8);
        assert.equal(bench.queue.isBroken(), false);
      }
    });

    test('2.7 resize: another ring of that size, the old one freed', () => {
      for (const num of [4, 16, 64]) {
        const bench = make();
        fill(bench);
        const before = bench.base;
        const { tokens, recycle } = recycler();
        assert.equal(bench.queue.resize(num, recycle), 0);
        assert.deepEqual(tokens, [1, 2, 3]);
        assert.equal(bench.queue.ringAddresses().num, num);
        assert.notEqual(bench.base, before);
        assert.deepEqual(left(bench), [0, areas, 1]);
        assert.deepEqual(
          bench.freeList,
          Array.from({ length: num }, (_, index) => index),
        );
        bench.queue.destroy();
        assert.deepEqual(left(bench), [0, 0, 0]);
      }
    });

    test('2.7 resize: where nothing can be allocated, -ENOMEM, the old ring as new, the buffers gone', () => {
      const failures: ((platform: FakePlatform) => void)[] = [(platform) => platform.allocator.fail(0)];
      for (let k = 0; k < areas; k++) failures.push((platform) => platform.dma.failCoherent(k));
      for (const failure of failures) {
        const bench = make();
        fill(bench);
        failure(bench.platform);
        const { tokens, recycle } = recycler();
        assert.equal(bench.queue.resize(16, recycle), -ENOMEM);
        assert.deepEqual(tokens, [1, 2, 3]);
        assert.equal(bench.queue.ringAddresses().num, 8);
        assert.deepEqual(left(bench), [0, areas, 1]);
        restart(bench);
        assert.equal(bench.addToken(9, { in: [1] }), 0);
        complete(bench, 0, 1);
        assert.deepEqual(bench.get(), [9, 1]);
      }
    });

    test('2.7 resize: a failing enable is -EBUSY, also after -ENOMEM', () => {
      for (const failing of [false, true]) {
        const bench = make();
        bench.platform.transport.enableError = -EIO;
        if (failing) bench.platform.allocator.fail(0);
        assert.equal(
          bench.queue.resize(16, () => undefined),
          -EBUSY,
        );
        assert.equal(bench.queue.isBroken(), true);
      }
    });

    test('2.7 maximum mapping size: of the DMA API, unlimited without it', () => {
      const bench = make();
      bench.platform.dma.maximum = 12345;
      assert.equal(bench.queue.maxMappingSize(), 12345);
      assert.equal(make({ useDmaApi: false }).queue.maxMappingSize(), Number.MAX_SAFE_INTEGER);
    });
  });
}

test('2.7 detach, split: avail.idx goes back with each buffer', () => {
  const bench = new SplitBench();
  fill(bench);
  assert.equal(bench.availIdx, 3);
  bench.queue.detachUnusedBuf();
  assert.equal(bench.availIdx, 2);
});

test('2.7 detach, packed: slots are not rewound (V33)', () => {
  const bench = new PackedBench();
  fill(bench);
  for (let k = 0; k < 3; k++) bench.queue.detachUnusedBuf();
  bench.add({ out: [1] });
  assert.equal(bench.descriptor(4).flags, 0x80);
});

test('2.7 resize: a split ring of another than a power of two is -ENOMEM, a packed one exists', () => {
  assert.equal(
    new SplitBench().queue.resize(12, () => undefined),
    -ENOMEM,
  );
  assert.equal(
    new PackedBench().queue.resize(12, () => undefined),
    0,
  );
});

function complete(bench: Bench, id: number, len: number): void {
  if (bench instanceof SplitBench) bench.complete(id, len);
  else bench.complete(id, len, 1);
}

function restart(bench: Bench): void {
  bench.restartDevice();
}
