// A driver from outside as the engine sees it: where it brings edge counters of its own, libFuzzer reads them at their place,
// and its comparisons are told after each execution.

import { createRequire } from 'node:module';

import type { LoadedDriver } from '../src/campaign/drivers/loaded-driver.js';
import type { DriverCoverage } from '../src/platform/driver-module.js';
import { foreignRunner } from '../src/world/execute.js';

/** Internals of the engine. */
interface Addon {
  registerModuleCounters?: (counters: Buffer) => void;
  traceIntegerCompare?: (place: number, left: number, right: number) => void;
}

export class EngineDriver {
  /** Edge counters; null where the engine instruments the driver's JavaScript. */
  readonly counters: Uint8Array | null = null;
  private readonly coverage: DriverCoverage;
  private readonly tell: Addon['traceIntegerCompare'];

  constructor(readonly driver: LoadedDriver) {
    // Its world first: compiled code has no counters before it has memory.
    foreignRunner(driver);
    this.coverage = driver.module.coverage?.() ?? {};
    const { counters } = this.coverage;
    const addon = driver.module.coverage === undefined ? null : engineAddon();
    this.tell = addon?.traceIntegerCompare;
    if (counters === undefined || addon === null) return;
    if (addon.registerModuleCounters === undefined) {
      console.error('WARNING: vringfuzz: this version of the engine takes no counters of a driver: no coverage of it');
      return;
    }
    // The same memory, under the type that the engine takes: libFuzzer keeps its address.
    addon.registerModuleCounters(Buffer.from(counters.buffer, counters.byteOffset, counters.length));
    this.counters = counters;
  }

  afterExecution(): void {
    if (this.tell !== undefined) this.coverage.flushComparisons?.(this.tell);
  }
}

/** The engine's native part, which its own package loads; null without the engine. */
function engineAddon(): Addon | null {
  if ((globalThis as { Fuzzer?: unknown }).Fuzzer === undefined) return null;
  const ofEngine = createRequire(require.resolve('@jazzer.js/core/package.json'));
  return (ofEngine('@jazzer.js/fuzzer/dist/addon.js') as { readonly addon?: Addon }).addon ?? null;
}
