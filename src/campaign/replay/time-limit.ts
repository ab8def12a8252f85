// Runs synchronous code under a wall-clock limit, in this thread: nothing but a watchdog of the virtual machine can stop
// an endless loop.

import { createContext, Script } from 'node:vm';

/** Thrown by withinTime. */
export class TimeLimitError extends Error {}

const holder = createContext({ job: null });
const call = new Script('job()');

/**
 * `job`'s value. Throws TimeLimitError when it runs for more than `limit` milliseconds; whatever it was changing is left
 * half changed then.
 */
export function withinTime<T>(limit: number, job: () => T): T {
  holder['job'] = job;
  try {
    return call.runInContext(holder, { timeout: limit }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new TimeLimitError(`no end within ${limit} ms`);
  } finally {
    holder['job'] = null;
  }
}
