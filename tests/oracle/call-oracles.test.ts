// Oracles on results and bookkeeping: token, premature, length, errno, failed-add-state, free-list, notification.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CALL_ADD,
  CALL_DETACH,
  CALL_DISABLE_CB,
  CALL_ENABLE_CB,
  CALL_GET,
  CALL_INTERRUPT,
  CALL_IS_BROKEN,
  CALL_KICK,
  CALL_KICK_PREPARE,
  CALL_MAX_MAPPING_SIZE,
  CALL_NOTIFY,
  CALL_RESET,
  CALL_RESIZE,
} from '../../src/oracle/calls.js';
import { HEAP_BASE } from '../../src/memory/layout.js';
import { LENGTH_EXCEEDS, LENGTH_FITS, LENGTH_OUT_ONLY } from '../../src/platform/ring-driver.js';
import { AVAIL, DEVICE_EVENT, fires, JudgeBench, NUM, USED } from './judge-bench.js';

test('token: foreign, twice, forged, not returned', () => {
  const bench = new JudgeBench();
  const first = bench.add([8], []);
  const second = bench.add([8], []);
  bench.driveGet(first, 0, 0);
  fires('token', 'foreign token', () => {
    bench.call.got({ token: second, length: 0, ctx: 0 }, false);
  });
  fires('token', 'completed buffer not returned', () => {
    bench.call.got(null, false);
  });

  const twice = new JudgeBench();
  const once = twice.add([8], []);
  twice.add([8], []);
  twice.get(once, 0);
  twice.begin(CALL_GET);
  twice.load(1, 0);
  fires('token', 'token returned twice', () => {
    twice.call.got({ token: once, length: 0, ctx: 0 }, false);
  });

  for (const id of [1, NUM, 0x10000, 0xffffffff]) {
    const forged = new JudgeBench();
    const token = forged.add([8], []);
    forged.begin(CALL_GET);
    forged.load(id, 0);
    fires('token', id < NUM ? 'id of no buffer accepted' : 'id out of range accepted', () => {
      forged.call.got({ token, length: 0, ctx: 0 }, false);
    });
  }
});

test('token: contexts, recycling, detaching, and buffers that are lost', () => {
  const bench = new JudgeBench(false, { context: true });
  const token = bench.add([8], [], 3);
  bench.driveGet(token, 0, 0);
  fires('token', 'context', () => {
    bench.call.got({ token, length: 0, ctx: 2 }, false);
  });

  const recycling = new JudgeBench();
  recycling.begin(CALL_RESET);
  fires('token', 'recycled token not in flight', () => {
    recycling.call.recycled(1);
  });

  const detaching = new JudgeBench();
  detaching.add([8], []);
  detaching.begin(CALL_DETACH);
  detaching.call.detaching();
  fires('token', 'detach', () => {
    detaching.call.detached(0);
  });
  fires('token', 'buffers lost by detach', () => {
    detaching.call.quiesced();
  });
});

test('premature: no buffer without a completion that the driver read', () => {
  const bench = new JudgeBench();
  const token = bench.add([8], []);
  bench.begin(CALL_GET);
  fires('premature', 'nothing used', () => {
    bench.call.got({ token, length: 0, ctx: 0 }, false);
  });
  bench.begin(CALL_GET);
  bench.memory.sharedLoad(USED + 2, 2, 0);
  bench.call.got(null, false);
  fires('premature', 'nothing used', () => {
    bench.call.got({ token, length: 0, ctx: 0 }, false);
  });
  // An id that nobody used: whether it is one of a buffer is for the device to say.
  bench.begin(CALL_GET);
  bench.memory.sharedLoad(USED + 2, 2, 0);
  bench.memory.sharedLoad(USED + 4, 4, 9);
  fires('premature', 'nothing used', () => {
    bench.call.got(null, true);
  });
  bench.begin(CALL_GET);
  bench.memory.sharedLoad(USED + 2, 2, 0);
  fires('errno', 'queue broken without reason', () => {
    bench.call.got(null, true);
  });
});

test("length: the device's own, and its grade", () => {
  const get = (read: number, length: number, lengthTrust: number, out = false): (() => void) => {
    const bench = new JudgeBench();
    const token = out ? bench.add([8], []) : bench.add([], [8]);
    bench.driveGet(token, 0, read);
    return () => {
      bench.call.got({ token, length, lengthTrust, ctx: 0 }, false);
    };
  };
  get(8, 8, LENGTH_FITS)();
  get(9, 9, LENGTH_EXCEEDS)();
  get(9, 9, LENGTH_OUT_ONLY, true)();
  fires('length', 'value', get(9, 8, LENGTH_FITS));
  fires('length', 'grade', get(9, 9, LENGTH_FITS));
  fires('length', 'grade', get(9, 9, LENGTH_EXCEEDS, true));
  fires('length', 'grade', get(8, 8, LENGTH_EXCEEDS));
});

/** Judges an add of two pieces that returns `result`, in a queue prepared by `prepare`. */
function addReturning(
  result: number,
  prepare: (bench: JudgeBench) => void,
  packed = false,
  indirect = false,
): () => void {
  const bench = new JudgeBench(packed, { indirect });
  const token = bench.offer([8], [8]);
  bench.begin(CALL_ADD, token);
  prepare(bench);
  return () => {
    bench.call.added(token, result, bench.c.model.broken);
  };
}

const mapFailures =
  (count: number) =>
  (bench: JudgeBench): void => {
    bench.c.mapFailures = count;
  };

test('errno of add: broken, full, failed maps, with and without a table (facts 2.3)', () => {
  const broken = (bench: JudgeBench): void => {
    bench.c.model.broken = true;
    bench.begin(CALL_ADD, bench.c.token);
  };
  addReturning(-5, broken)();
  addReturning(-12, mapFailures(1))();
  addReturning(-5, mapFailures(1), true)();
  fires('errno', 'addSgs returns -ENOMEM for -EIO', addReturning(-12, mapFailures(1), true));
  fires('errno', 'addSgs returns -EIO for -ENOMEM', addReturning(-5, mapFailures(1)));
  fires('errno', 'addSgs returns -ENOSPC for -EIO', addReturning(-28, broken));
  fires(
    'errno',
    'addSgs returns -ENOMEM for 0',
    addReturning(-12, () => undefined),
  );

  const tableFailed = (bench: JudgeBench): void => {
    bench.c.kmallocs = 1;
    bench.c.mapFailures = 1;
  };
  addReturning(-12, tableFailed, false, true)();
  fires('errno', 'addSgs returns -ENOMEM for 0', addReturning(-12, tableFailed, true, true));
  const oneFree = (bench: JudgeBench): void => {
    bench.c.model.numFree = 1;
  };
  fires('errno', 'addSgs returns -ENOSPC for 0', addReturning(-28, oneFree, false, true));
});

test('errno of add: V08, a full split ring is -ENOSPC and notifies for out pieces', () => {
  const full = (notifications: number): (() => void) => {
    const bench = new JudgeBench();
    bench.add([8, 8, 8], []);
    const token = bench.offer([8], [8]);
    bench.begin(CALL_ADD, token);
    bench.c.notifications = notifications;
    return () => {
      bench.call.added(token, -28, false);
    };
  };
  full(1)();
  fires('notification', 'notification lost', full(0));
  fires('notification', 'notification invented', full(2));
});

test('errno of reset and resize, and what broken must say', () => {
  const answers = { resettable: true, stopped: false, asked: true, disableError: 0, enableError: 0 };
  const judge = (num: number, result: number, transport: Partial<typeof answers>, broken = false): (() => void) => {
    const bench = new JudgeBench();
    bench.begin(num < 0 ? CALL_RESET : CALL_RESIZE);
    return () => {
      bench.call.wasReset(num, result, broken, { ...answers, ...transport });
    };
  };
  judge(-1, 0, { stopped: true })();
  judge(-1, -2, { resettable: false })();
  judge(-1, -5, { disableError: -5 })();
  judge(-1, -16, { stopped: true, enableError: -5 }, true)();
  judge(257, -7, {})();
  judge(0, -22, {})();
  judge(NUM, 0, {})();
  judge(3, -12, { stopped: true })();
  fires('errno', 'reset does not hand the queue back', judge(-1, 0, { stopped: true, asked: false }));
  fires('errno', 'reset returns 0 for -ENOENT', judge(-1, 0, { resettable: false }));
  fires('errno', 'resize returns -EINVAL for -E2BIG', judge(257, -22, {}));
  fires('errno', 'resize returns 0 for -ENOMEM', judge(3, 0, { stopped: true }));
  fires('errno', 'reset returns -EIO for -EBUSY', judge(-1, -5, { stopped: true, enableError: -5 }));
  fires('errno', 'queue broken without reason', judge(-1, 0, { stopped: true }, true));
  fires('errno', 'queue not broken after a bad ring', judge(-1, -16, { stopped: true, enableError: -5 }, false));
});

test('errno: isBroken, maximum mapping size', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_IS_BROKEN);
  bench.call.brokenAsked(false);
  fires('errno', 'queue broken without reason', () => {
    bench.call.brokenAsked(true);
  });
  bench.begin(CALL_MAX_MAPPING_SIZE);
  bench.call.mappingSizeAsked(Number.MAX_SAFE_INTEGER, 1, 0);
  bench.call.mappingSizeAsked(262144, 3, 0);
  bench.call.mappingSizeAsked(262144 - 4096, 3, 0xfff);
  bench.call.mappingSizeAsked(262144 - 2048, 3, 0x1ff);
  fires('errno', 'maximum mapping size', () => {
    bench.call.mappingSizeAsked(262144, 3, 0xfff);
  });
});

test('failed-add-state: free list, heap and index as before', () => {
  const cases: readonly (readonly [shape: string, bend: (bench: JudgeBench) => void])[] = [
    [
      'numFree',
      (bench): void => {
        bench.records.numFree--;
      },
    ],
    [
      'freeHead',
      (bench): void => {
        bench.records.freeHead = 1;
      },
    ],
    [
      'live heap objects',
      (bench): void => {
        bench.memory.allocated(HEAP_BASE, 8);
        bench.c.kmallocs = 0;
      },
    ],
    [
      'avail.idx',
      (bench): void => {
        bench.memory.sharedStore(AVAIL + 2, 2, 1);
      },
    ],
  ];
  for (const [shape, bend] of cases) {
    const judge = addReturning(-12, (bench) => {
      bench.c.mapFailures = 1;
      bend(bench);
    });
    fires('failed-add-state', shape, judge);
  }
});

test('free-list: count, cycles, entries in flight or outside the ring', () => {
  const cases: readonly (readonly [shape: string, bend: (bench: JudgeBench) => void])[] = [
    [
      'num_free',
      (bench): void => {
        bench.records.numFree = 4;
      },
    ],
    [
      'cycle',
      (bench): void => {
        bench.records.next[2] = 1;
      },
    ],
    [
      'entry in flight',
      (bench): void => {
        bench.records.next[2] = 0;
      },
    ],
    [
      'entry outside the ring',
      (bench): void => {
        bench.records.next[2] = 4;
      },
    ],
  ];
  for (const [shape, bend] of cases) {
    const bench = new JudgeBench();
    bench.add([8], []);
    const token = bench.add([8], []);
    bench.driveGet(token, 1, 0);
    assert.deepEqual(bench.records.next, [1, 2, 3, 0]);
    bend(bench);
    const judge = (): void => {
      bench.call.got({ token, length: 0, ctx: 0 }, false);
    };
    fires('free-list', shape, judge);
  }
});

test('notification: kicks without event index, with it and packed', () => {
  const decide = (bench: JudgeBench, address: number, size: number, value: number, kick: boolean): (() => void) => {
    bench.begin(CALL_KICK_PREPARE);
    bench.memory.sharedLoad(address, size, value);
    return () => {
      bench.call.kickPrepared(kick);
    };
  };
  decide(new JudgeBench(), USED, 2, 0, true)();
  decide(new JudgeBench(), USED, 2, 1, false)();
  fires('notification', 'kick lost', decide(new JudgeBench(), USED, 2, 0, false));
  fires('notification', 'kick invented', decide(new JudgeBench(), USED, 2, 1, true));

  const withEvent = (): JudgeBench => {
    const bench = new JudgeBench(false, { eventIndex: true });
    bench.add([8], []);
    return bench;
  };
  const event = USED + 4 + 8 * NUM;
  decide(withEvent(), event, 2, 0, true)();
  decide(withEvent(), event, 2, 1, false)();
  fires('notification', 'kick lost', decide(withEvent(), event, 2, 0, false));
  fires('notification', 'kick invented', decide(withEvent(), event, 2, 1, true));

  fires('notification', 'kick lost', decide(new JudgeBench(true), DEVICE_EVENT, 4, 0x3_0000, false));
  fires('notification', 'kick invented', decide(new JudgeBench(true), DEVICE_EVENT, 4, 0x1_0000, true));
  // A broken queue answers a kick that is due with false, and any other with true.
  const broken = (result: boolean, flags: number): (() => void) => {
    const bench = new JudgeBench();
    bench.c.model.broken = true;
    bench.begin(CALL_KICK);
    bench.memory.sharedLoad(USED, 2, flags);
    return () => {
      bench.call.kicked(result, true);
    };
  };
  broken(false, 0)();
  broken(true, 1)();
  fires('notification', 'kick lost', broken(true, 0));
  fires('notification', 'kick invented', broken(false, 1));

  const blind = new JudgeBench();
  blind.begin(CALL_KICK);
  fires('notification', 'kick decided without asking', () => {
    blind.call.kicked(true, false);
  });
});

test('notification: notify reaches the transport once, and says whether it worked', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_NOTIFY);
  bench.c.notifications = 1;
  bench.call.notified(true, false);
  fires('errno', 'notify returns 0 for 1', () => {
    bench.call.notified(false, false);
  });
  bench.c.notifications = 0;
  fires('notification', 'notification lost', () => {
    bench.call.notified(true, false);
  });
});

test('notification: interrupts, callbacks and what the driver tells the device about them', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_INTERRUPT);
  bench.memory.sharedLoad(USED + 2, 2, 1);
  bench.c.callbacks = 1;
  bench.call.interrupted(1);
  fires('notification', 'interrupt result', () => {
    bench.call.interrupted(0);
  });
  bench.c.callbacks = 0;
  fires('notification', 'callback lost', () => {
    bench.call.interrupted(1);
  });
  bench.c.callbacks = 2;
  fires('notification', 'callback invented', () => {
    bench.call.interrupted(1);
  });

  const blind = new JudgeBench();
  blind.begin(CALL_INTERRUPT);
  fires('notification', 'interrupt does not look', () => {
    blind.call.interrupted(0);
  });
  blind.begin(CALL_GET);
  fires('notification', 'getBuf does not look', () => {
    blind.call.got(null, false);
  });
  blind.begin(CALL_GET);
  blind.memory.sharedLoad(USED + 2, 2, 0);
  blind.call.got(null, false);

  const disabling = new JudgeBench();
  disabling.begin(CALL_DISABLE_CB);
  fires('notification', 'avail.flags as published', () => {
    disabling.call.callbacksDisabled();
  });

  const enabling = new JudgeBench();
  enabling.begin(CALL_ENABLE_CB);
  enabling.memory.sharedLoad(USED + 2, 2, 1);
  enabling.call.callbacksEnabled(false);
  fires('notification', 'enableCb answers wrongly', () => {
    enabling.call.callbacksEnabled(true);
  });
});
