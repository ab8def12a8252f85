// What several seeds say: short runs of steps that have a name of their own.

import type { Step } from '../scenario.js';
import type { Steps } from './steps.js';

/** A request with answer, there and back. */
export function roundTrip(s: Steps): Step[] {
  return [s.add({ out: 1, in: 1, first: 64, second: 100, kick: true }), s.complete(0, 'all'), s.get()];
}

/** Makes the device look at the ring, which it does before it writes into a buffer; this one has a writable piece. */
export function lookAtRing(s: Steps, writable: number): Step {
  return s.scribble('writable', writable);
}

/** A client's receive loop, as V12 and V29 run it on a broken queue. */
export function pollLoop(s: Steps): Step[] {
  return [s.get(), s.enableCb(), s.get(), s.enableCbDelayed(), s.get(), s.prepareAndPoll(), s.interrupt()];
}

/** Every call that a client can make, on a queue in whatever state. */
export function everyCall(s: Steps): Step[] {
  return [
    s.add({ out: 1, in: 1 }),
    s.add({ in: 1 }),
    s.get(),
    s.kick(),
    s.kickPrepare(),
    s.notify(),
    s.disableCb(),
    s.enableCb(),
    s.enableCbDelayed(),
    s.prepareAndPoll(),
    s.interrupt(),
    s.query(),
  ];
}
