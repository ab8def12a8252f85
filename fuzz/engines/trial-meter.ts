// Counts and times one trial of the benchmark, alike for every engine: executions, when a line of the patch was first
// executed, when an oracle first fired, and when the time is over. It ends the process at the first finding and at the
// limit, so that no engine's own reporting is part of what is measured.

import { reached } from '../../src/campaign/bench/reached.js';
import { type Moment, readTrialContext, writeTrialEvent } from '../../src/campaign/bench/trial-events.js';
import type { Verdict } from '../../src/verdict/verdict.js';

/** Executions between two looks at the clock: a power of two, some milliseconds. */
const PERIOD = 256;

export class TrialMeter {
  readonly context = readTrialContext();
  private executions = 0;
  private startedAt = 0;
  private wasReached = false;

  /** Before each execution. */
  begin(): void {
    const count = this.executions++;
    if (count === 0) this.start();
    // At first after 1, 2, 4, 8, ...: the first executions may be slow.
    const mask = count < PERIOD ? count - 1 : PERIOD - 1;
    if (count > 0 && (count & mask) === 0) this.lookAround();
  }

  /** After each execution that ended without a finding. */
  end(): void {
    if (reached.hit !== 0 && !this.wasReached) this.tellReached(this.now());
  }

  /** After an execution that ended with one. Does not return. */
  failed(verdict: Exclude<Verdict, { kind: 'ok' }>, data: Uint8Array): never {
    const now = this.now();
    if (reached.hit !== 0 && !this.wasReached) this.tellReached(now);
    if (verdict.kind === 'harness-bug') {
      writeTrialEvent({ kind: 'harness-bug', message: verdict.message });
    } else {
      const { oracle, bucket } = verdict.finding;
      writeTrialEvent({ kind: 'triggered', ...now, oracle, bucket, input: Buffer.from(data).toString('base64') });
    }
    endProcess();
  }

  private start(): void {
    const { spawnedAt } = this.context;
    // As the driver was loaded.
    const before = reached.hit !== 0;
    this.startedAt = performance.now();
    writeTrialEvent({ kind: 'started', startSeconds: (Date.now() - spawnedAt) / 1000 });
    if (!before) return;
    this.wasReached = true;
    writeTrialEvent({ kind: 'reached', executions: 0, seconds: 0 });
  }

  private tellReached(moment: Moment): void {
    this.wasReached = true;
    writeTrialEvent({ kind: 'reached', ...moment });
  }

  private lookAround(): void {
    const { parent, limitSeconds } = this.context;
    // A process whose parent dies gets another one.
    if (parent !== null && process.ppid !== parent) endProcess();
    const now = this.now();
    if (now.seconds < limitSeconds) return;
    // The execution that was about to begin does not count.
    writeTrialEvent({ kind: 'censored', ...now, executions: now.executions - 1 });
    endProcess();
  }

  private now(): Moment {
    return { executions: this.executions, seconds: (performance.now() - this.startedAt) / 1000 };
  }
}

/** At once: engines catch exceptions and delay exits, to store and report what the benchmark has no use for. */
function endProcess(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('the process outlived SIGKILL');
}
