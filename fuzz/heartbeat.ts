// Counts executions, reports them about once a second, and ends the process when its campaign is gone: while the engine
// runs synchronously, no timer, pipe or signal handler of node's event loop ever runs.

import { writeEvent } from '../src/campaign/engine/run-context.js';

/** Executions between two looks at the clock: a power of two, some milliseconds apart. */
const PERIOD = 1024;
const REPORT_MILLISECONDS = 1000;

export class Heartbeat {
  executions = 0;
  private startedAt = 0;
  private reportedAt = 0;

  /** @param parent process id of the campaign, or null when the engine was started by hand. */
  constructor(private readonly parent: number | null) {}

  /** Called for each execution. */
  beat(): void {
    if ((this.executions++ & (PERIOD - 1)) === 0) {
      this.lookAround();
    }
  }

  /** Since the first execution. */
  seconds(): number {
    return this.startedAt === 0 ? 0 : (Date.now() - this.startedAt) / 1000;
  }

  private lookAround(): void {
    const now = Date.now();
    if (this.startedAt === 0) {
      this.startedAt = now;
      this.reportedAt = now;
    }
    // A process whose parent dies gets another one.
    if (this.parent !== null && process.ppid !== this.parent) {
      process.kill(process.pid, 'SIGKILL');
    }
    if (now - this.reportedAt >= REPORT_MILLISECONDS) {
      this.reportedAt = now;
      writeEvent({ kind: 'progress', executions: this.executions, seconds: this.seconds() });
    }
  }
}
