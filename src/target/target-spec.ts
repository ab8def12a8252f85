// A fuzz target: how bytes become a scenario and what they are run against.

import type { BackEndName } from '../dma/back-end.js';

export interface TargetSpec {
  /** Ends in `_fuzzer`, or is `canary`. */
  readonly name: string;
  readonly summary: string;
  /**
   * `scenario`: 4-byte header and 4-byte records. `raw`: header, then bytes laid over the ring memory. `differential`: a
   * header of its own and records, run on several configurations whose answers are compared.
   */
  readonly form: 'scenario' | 'raw' | 'differential';
  readonly ring: 'split' | 'packed' | 'any';
  /** Back end forced by the target, or `any` for the header's choice. */
  readonly backEnd: BackEndName | 'any';
  /** Weighted operation table used to decode `op` (src/scenario/operations.ts). */
  readonly operations: 'ring' | 'bounce' | 'failure' | 'script';
  /** What `--driver` is where it is not given. Such a target is part of no default run. */
  readonly driver?: 'linux';
  /** Bounces, so of the driver's builds it is to have one that brings its own bounce buffers, where there is one. */
  readonly driverPool?: true;
  /** The target whose committed inputs it begins with; absent for its own. */
  readonly seedsOf?: string;
  /** Needs a driver from outside: what it does is compared with what the hardened driver does. */
  readonly comparesDrivers?: true;
  /** Fails on purpose: proves that findings are seen. Never part of a default run. */
  readonly canary: boolean;
}
