// The transport under the queue, with failures placed by the input. Reports what it was asked to the case file.

import type { FailureInjector } from './failure-injector.js';
import type { CaseFile } from '../oracle/case-file.js';
import { FAIL_DISABLE, FAIL_ENABLE, FAIL_NOTIFY } from '../platform/failures.js';
import type { Transport } from '../platform/platform.js';
import { EIO } from '../spec/errno.js';
import type { TraceSink } from '../verdict/trace.js';

export class WorldTransport implements Transport {
  resettable = true;
  trace: TraceSink | null = null;
  /** The transport's answers in the call in progress. */
  stopped = false;
  /** To take the queue back. */
  asked = false;
  disableError = 0;
  enableError = 0;

  constructor(
    private readonly caseFile: CaseFile,
    private readonly failures: FailureInjector,
    private readonly onStop: () => void,
  ) {}

  beginCall(): void {
    this.stopped = false;
    this.asked = false;
    this.disableError = 0;
    this.enableError = 0;
  }

  notify(): boolean {
    this.caseFile.notifications++;
    const ok = !this.failures.fails(FAIL_NOTIFY);
    if (this.trace !== null) this.trace.mark({ type: 'transport', request: 'notify', ok });
    if (ok) return true;
    this.caseFile.notifyFailures++;
    this.caseFile.model.broken = true;
    return false;
  }

  disableQueue(): number {
    const refused = this.failures.fails(FAIL_DISABLE);
    if (this.trace !== null) this.trace.mark({ type: 'transport', request: 'disable', ok: !refused });
    if (refused) {
      this.disableError = -EIO;
      return -EIO;
    }
    this.stopped = true;
    this.caseFile.stopped = true;
    this.onStop();
    return 0;
  }

  enableQueue(): number {
    this.asked = true;
    const refused = this.failures.fails(FAIL_ENABLE);
    if (this.trace !== null) this.trace.mark({ type: 'transport', request: 'enable', ok: !refused });
    if (refused) {
      this.enableError = -EIO;
      return -EIO;
    }
    return 0;
  }
}
