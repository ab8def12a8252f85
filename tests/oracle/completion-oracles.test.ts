// Oracles on what getBuf and detachUnusedBuf give back: token, premature, length.

import { test } from 'node:test';

import { CALL_DETACH, CALL_GET, CALL_RESET } from '../../src/oracle/calls.js';
import { LENGTH_EXCEEDS, LENGTH_FITS, LENGTH_OUT_ONLY } from '../../src/platform/ring-driver.js';
import { fires, JudgeBench, NUM, USED } from './judge-bench.js';

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
