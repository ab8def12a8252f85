// Oracle errno: what each call returns.

import { test } from 'node:test';

import { CALL_ADD, CALL_IS_BROKEN, CALL_MAX_MAPPING_SIZE, CALL_RESET, CALL_RESIZE } from '../../src/oracle/calls.js';
import { fires, JudgeBench, NUM } from './judge-bench.js';
import { addReturning } from './returning-add.js';

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
