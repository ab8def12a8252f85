// Oracles on what the driver publishes and reads: ring-publish, untrusted-read, double-fetch, liveness.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CALL_ADD,
  CALL_DETACH,
  CALL_ENABLE_CB,
  CALL_ENABLE_CB_DELAYED,
  CALL_GET,
  CALL_INTERRUPT,
  CALL_KICK,
  CALL_KICK_PREPARE,
  CALL_NOTIFY,
  CALL_POLL,
  CALL_RESET,
} from '../../src/oracle/calls.js';
import { DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { AVAIL, DESC, DEVICE_EVENT, dmaOf, DRIVER_EVENT, fires, JudgeBench, NUM, USED } from './judge-bench.js';

/** A split add of [out 8, in 8] in which `bend` changes what the driver has written. */
function bentAdd(bend: (bench: JudgeBench) => void): () => void {
  const bench = new JudgeBench();
  const token = bench.offer([8], [8]);
  bench.driveAdd(token);
  bend(bench);
  return () => {
    bench.call.added(token, 0, false);
  };
}

/** Publishes last what was published last before. */
function republish(bench: JudgeBench): void {
  bench.memory.sharedStore(AVAIL + 2, 2, 1);
}

test('ring-publish, split: chain, addresses, lengths, flags, head and index', () => {
  bentAdd(() => undefined)();
  const cases: readonly (readonly [shape: string, address: number, size: number, value: number])[] = [
    ['avail.idx', AVAIL + 2, 2, 2],
    ['avail.idx', AVAIL + 2, 2, 0],
    ['head', AVAIL + 4, 2, 4],
    ['address', DESC, 8, 12345],
    ['length', DESC + 24, 4, 9],
    ['flags', DESC + 12, 2, 0],
    ['flags', DESC + 12, 2, 3],
    ['flags', DESC + 28, 2, 0],
    ['descriptor not free', DESC + 14, 2, 0],
    ['descriptor not free', DESC + 14, 2, 77],
    ['address', DESC + 14, 2, 2],
  ];
  for (const [shape, address, size, value] of cases) {
    const judge = bentAdd((bench) => {
      bench.memory.sharedStore(address, size, value);
      if (address !== AVAIL + 2) republish(bench);
    });
    fires('ring-publish', shape, judge);
  }
});

test('ring-publish, split: the index is the last store', () => {
  const judge = bentAdd((bench) => {
    bench.memory.sharedStore(DESC + 16, 8, dmaOf(bench.piece(1, 1)));
  });
  fires('ring-publish', 'published before complete', judge);
});

test('ring-publish: a descriptor in flight is not rewritten', () => {
  const bench = new JudgeBench();
  bench.add([8], []);
  bench.begin(CALL_ADD, bench.offer([8], []));
  bench.memory.sharedStore(DESC + 16, 8, 1);
  const { evidence } = fires('ring-publish', 'descriptor in flight rewritten', () => {
    bench.memory.sharedStore(DESC + 12, 2, 0);
  });
  assert.equal(evidence.field, 'desc[0].flags');
});

test("ring-publish: the device's fields are the device's", () => {
  for (const [address, field] of [
    [USED, 'used.flags'],
    [USED + 2, 'used.idx'],
    [USED + 4, 'used.ring[].id'],
    [USED + 4 + 8 * NUM, 'used.avail_event'],
  ] as const) {
    const bench = new JudgeBench();
    bench.begin(CALL_GET);
    fires('ring-publish', `store to ${field}`, () => {
      bench.memory.sharedStore(address, 2, 0);
    });
    bench.begin(CALL_RESET);
    bench.memory.sharedStore(address, 2, 0);
  }
});

test('ring-publish, split: a detach takes its buffer back out of avail.idx', () => {
  for (const idx of [0, 1]) {
    const bench = new JudgeBench();
    const token = bench.add([8], []);
    bench.begin(CALL_DETACH);
    bench.c.stopped = true;
    bench.call.detaching();
    bench.giveBack(token, 0);
    bench.memory.sharedStore(AVAIL + 2, 2, idx);
    const judge = (): void => {
      bench.call.detached(token);
    };
    if (idx === 0) judge();
    else fires('ring-publish', 'avail.idx after detach', judge);
  }
});

/** The driver's part of a packed add of [out 8, out 8] from slot `slot` on; `flags` are those of both slots. */
function packedAdd(flags: readonly [number, number], ids: readonly [number, number] = [0, 0]): () => void {
  const bench = new JudgeBench(true);
  const token = bench.offer([8, 8], []);
  bench.begin(CALL_ADD, token);
  for (const slot of [1, 0]) {
    bench.memory.sharedStore(DESC + 16 * slot, 8, dmaOf(bench.piece(token, slot)));
    bench.memory.sharedStore(DESC + 16 * slot + 8, 4, 8);
    bench.memory.sharedStore(DESC + 16 * slot + 12, 2, ids[slot] ?? 0);
    bench.memory.sharedStore(DESC + 16 * slot + 14, 2, flags[slot] ?? 0);
  }
  for (const k of [0, 1]) bench.map(bench.piece(token, k), 8, DMA_TO_DEVICE);
  bench.records.numFree = 2;
  bench.records.freeHead = 2;
  return () => {
    bench.call.added(token, 0, false);
  };
}

test('ring-publish, packed: wrap bits, id and flags of every slot, the head last', () => {
  packedAdd([0x81, 0x80])();
  fires('ring-publish', 'wrap bits', packedAdd([0x81, 0x8000]));
  fires('ring-publish', 'wrap bits', packedAdd([0x8001, 0x80]));
  fires('ring-publish', 'id', packedAdd([0x81, 0x80], [0, 1]));
  fires('ring-publish', 'id not free', packedAdd([0x81, 0x80], [4, 4]));
  fires('ring-publish', 'flags', packedAdd([0x80, 0x80]));
  fires('ring-publish', 'flags', packedAdd([0x81, 0x82]));
});

test('ring-publish, packed: V28, a failed add leaves no slot that looks available or used', () => {
  for (const [flags, wrong] of [
    [0x8001, false],
    [0x0000, false],
    [0x0081, true],
    [0x8080, true],
  ] as const) {
    const bench = new JudgeBench(true);
    const token = bench.offer([8, 8], []);
    bench.begin(CALL_ADD, token);
    bench.memory.sharedStore(DESC + 16 + 14, 2, flags);
    bench.c.mapFailures = 1;
    const judge = (): void => {
      bench.call.added(token, -5, false);
    };
    if (wrong) fires('ring-publish', 'slot of a failed add left available', judge);
    else judge();
  }
});

const SPLIT_FIELDS: readonly (readonly [field: string, address: number, allowed: readonly number[]])[] = [
  ['desc[].flags', DESC + 12, []],
  ['desc[].next', DESC + 14, []],
  ['desc[].addr', DESC, []],
  ['avail.flags', AVAIL, []],
  ['avail.idx', AVAIL + 2, []],
  ['avail.used_event', AVAIL + 4 + 2 * NUM, []],
  ['used.idx', USED + 2, [CALL_GET, CALL_ENABLE_CB, CALL_POLL, CALL_ENABLE_CB_DELAYED, CALL_INTERRUPT]],
  ['used.ring[].id', USED + 4, [CALL_GET]],
  ['used.ring[].len', USED + 8, [CALL_GET]],
  ['used.flags', USED, [CALL_KICK, CALL_KICK_PREPARE]],
  ['used.avail_event', USED + 4 + 8 * NUM, [CALL_KICK, CALL_KICK_PREPARE]],
];
const PACKED_FIELDS: readonly (readonly [field: string, address: number, allowed: readonly number[]])[] = [
  ['desc[].addr', DESC, []],
  ['desc[].flags', DESC + 14, [CALL_GET, CALL_ENABLE_CB, CALL_POLL, CALL_ENABLE_CB_DELAYED, CALL_INTERRUPT]],
  ['desc[].id', DESC + 12, [CALL_GET]],
  ['desc[].len', DESC + 8, [CALL_GET]],
  ['driver_event.flags', DRIVER_EVENT + 2, []],
  ['driver_event.off_wrap', DRIVER_EVENT, []],
  ['device_event.off_wrap', DEVICE_EVENT, [CALL_KICK, CALL_KICK_PREPARE]],
  ['no ring field', DEVICE_EVENT + 0x100, []],
];

/** Fields that are read as 32 bits. */
const WIDE = /ring\[\]\.id$|\]\.len$|device_event\.off_wrap/;

test('untrusted-read: half an id is not an id', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_GET);
  fires('untrusted-read', 'width of used.ring[].id', () => {
    bench.memory.sharedLoad(USED + 4, 2, 0);
  });
});

test('untrusted-read: each field only in the calls that need it (facts 2.1)', () => {
  const calls = [CALL_ADD, CALL_GET, CALL_KICK_PREPARE, CALL_NOTIFY, CALL_KICK, CALL_ENABLE_CB, CALL_POLL];
  calls.push(CALL_ENABLE_CB_DELAYED, CALL_INTERRUPT, CALL_DETACH, CALL_RESET);
  for (const [packed, fields] of [
    [false, SPLIT_FIELDS],
    [true, PACKED_FIELDS],
  ] as const) {
    for (const [field, address, allowed] of fields) {
      for (const call of calls) {
        const bench = new JudgeBench(packed);
        bench.begin(call);
        const load = (): void => {
          bench.memory.sharedLoad(address, WIDE.test(field) ? 4 : 2, 0);
        };
        if (allowed.includes(call)) load();
        else fires('untrusted-read', `field ${field}`, load);
      }
    }
  }
});

test('untrusted-read: only the next element', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_GET);
  fires('untrusted-read', 'element', () => {
    bench.memory.sharedLoad(USED + 4 + 8, 4, 0);
  });
  const packed = new JudgeBench(true);
  packed.begin(CALL_GET);
  fires('untrusted-read', 'element', () => {
    packed.memory.sharedLoad(DESC + 16 + 14, 2, 0);
  });
  packed.begin(CALL_POLL);
  packed.memory.sharedLoad(DESC + 16 + 14, 2, 0);
});

test('double-fetch: a field once in one call, and the event snapshot covers both its halves', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_GET);
  bench.load(0, 0);
  fires('double-fetch', 'field used.ring[].id', () => {
    bench.memory.sharedLoad(USED + 4, 4, 0);
  });
  bench.begin(CALL_GET);
  bench.memory.sharedLoad(USED + 2, 2, 0);

  const packed = new JudgeBench(true);
  packed.begin(CALL_KICK);
  packed.memory.sharedLoad(DEVICE_EVENT, 4, 0);
  fires('double-fetch', 'field device_event.off_wrap', () => {
    packed.memory.sharedLoad(DEVICE_EVENT, 4, 0);
  });
});

test('liveness: a stated number of shared reads', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_GET);
  bench.c.loads = 8 * NUM + 7;
  bench.memory.sharedLoad(USED + 2, 2, 0);
  fires('liveness', 'shared reads', () => {
    bench.memory.sharedLoad(USED + 4, 4, 0);
  });
});

test('liveness: a broken queue keeps nobody polling', () => {
  const broken = (): JudgeBench => {
    const bench = new JudgeBench();
    bench.c.model.broken = true;
    return bench;
  };
  const bench = broken();
  bench.begin(CALL_POLL);
  bench.notification.polled(0, false);
  fires('liveness', 'poll keeps a broken queue polling', () => {
    bench.notification.polled(0, true);
  });
  // The right answer for the wrong reason: the next one is the device's choice.
  const looking = broken();
  looking.begin(CALL_POLL);
  looking.memory.sharedLoad(USED + 2, 2, 0);
  fires('liveness', 'poll keeps a broken queue polling', () => {
    looking.notification.polled(0, false);
  });
  const delayed = broken();
  delayed.begin(CALL_ENABLE_CB_DELAYED);
  delayed.notification.callbacksDelayed(true);
  fires('liveness', 'enableCbDelayed keeps a broken queue polling', () => {
    delayed.notification.callbacksDelayed(false);
  });
  const enabled = broken();
  enabled.begin(CALL_ENABLE_CB);
  enabled.memory.sharedStore(AVAIL + 4 + 2 * NUM, 2, 0);
  enabled.notification.callbacksEnabled(true);
  fires('liveness', 'enableCb keeps a broken queue polling', () => {
    enabled.notification.callbacksEnabled(false);
  });
});
