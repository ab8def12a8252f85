// Oracle notification: kicks, interrupts, and what the driver tells the device about them.

import { test } from 'node:test';

import {
  CALL_DISABLE_CB,
  CALL_ENABLE_CB,
  CALL_GET,
  CALL_INTERRUPT,
  CALL_KICK,
  CALL_KICK_PREPARE,
  CALL_NOTIFY,
} from '../../src/oracle/calls.js';
import { DEVICE_EVENT, fires, JudgeBench, NUM, USED } from './judge-bench.js';

test('notification: kicks without event index, with it and packed', () => {
  const decide = (bench: JudgeBench, address: number, size: number, value: number, kick: boolean): (() => void) => {
    bench.begin(CALL_KICK_PREPARE);
    bench.memory.sharedLoad(address, size, value);
    return () => {
      bench.notification.kickPrepared(kick);
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
      bench.notification.kicked(result, true);
    };
  };
  broken(false, 0)();
  broken(true, 1)();
  fires('notification', 'kick lost', broken(true, 0));
  fires('notification', 'kick invented', broken(false, 1));

  const blind = new JudgeBench();
  blind.begin(CALL_KICK);
  fires('notification', 'kick decided without asking', () => {
    blind.notification.kicked(true, false);
  });
});

test('notification: notify reaches the transport once, and says whether it worked', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_NOTIFY);
  bench.c.notifications = 1;
  bench.notification.notified(true, false);
  fires('errno', 'notify returns 0 for 1', () => {
    bench.notification.notified(false, false);
  });
  bench.c.notifications = 0;
  fires('notification', 'notification lost', () => {
    bench.notification.notified(true, false);
  });
});

test('notification: interrupts, callbacks and what the driver tells the device about them', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_INTERRUPT);
  bench.memory.sharedLoad(USED + 2, 2, 1);
  bench.c.callbacks = 1;
  bench.notification.interrupted(1);
  fires('notification', 'interrupt result', () => {
    bench.notification.interrupted(0);
  });
  bench.c.callbacks = 0;
  fires('notification', 'callback lost', () => {
    bench.notification.interrupted(1);
  });
  bench.c.callbacks = 2;
  fires('notification', 'callback invented', () => {
    bench.notification.interrupted(1);
  });

  const blind = new JudgeBench();
  blind.begin(CALL_INTERRUPT);
  fires('notification', 'interrupt does not look', () => {
    blind.notification.interrupted(0);
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
    disabling.notification.callbacksDisabled();
  });

  const enabling = new JudgeBench();
  enabling.begin(CALL_ENABLE_CB);
  enabling.memory.sharedLoad(USED + 2, 2, 1);
  enabling.notification.callbacksEnabled(false);
  fires('notification', 'enableCb answers wrongly', () => {
    enabling.notification.callbacksEnabled(true);
  });
});
