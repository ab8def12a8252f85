// A driver from outside as a run has it: the module, and what the run needs to know about where it came from.

import type { ForeignDriver } from '../../platform/driver-module.js';

export interface LoadedDriver extends ForeignDriver {
  /** What names it to another process on this machine: an absolute path, or what `--driver` was given. */
  readonly handle: string;
  /** Parts of paths of JavaScript that the engine instruments; none where the driver has counters of its own. */
  readonly instrumented: readonly string[];
}
