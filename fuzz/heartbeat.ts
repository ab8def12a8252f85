// Counts executions, reports about once a second, and ends the process when its campaign is gone: while the engine runs
// synchronously, no timer, pipe or signal handler of node's event loop ever runs.

/** Executions between two looks at the clock: a power of two, some milliseconds apart. */
const PERIOD = 1024;
const REPORT_MILLISECONDS = 1000;
/** The first report comes early: some runs end in a hang before the second one. */
const FIRST_REPORT_MILLISECONDS = 100;

export class Heartbeat {
  executions = 0;
  private startedAt = 0;
  private reportAt = 0;

  /** @param parent process id of the campaign. */
  constructor(
    private readonly parent: number,
    private readonly report: () => void,
  ) {}

  /** Called for each execution. */
  beat(): void {
    const count = this.executions++;
    // At first after 1, 2, 4, 8, ...
    const mask = count < PERIOD ? count - 1 : PERIOD - 1;
    if ((count & mask) === 0) {
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
      this.reportAt = now + FIRST_REPORT_MILLISECONDS;
    }
    // A process whose parent dies gets another one.
    if (process.ppid !== this.parent) {
      process.kill(process.pid, 'SIGKILL');
    }
    if (now >= this.reportAt) {
      this.reportAt = now + REPORT_MILLISECONDS;
      this.report();
    }
  }
}
