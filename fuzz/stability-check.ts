// Runs some inputs a second time and compares: the same bytes must give the same verdict and the same coverage, whatever
// ran before. That is what makes findings reproducible, so each check that fails is a defect of the harness.

import type { CounterMap } from './counter-map.js';

/** Executions between two that are made twice: a power of two. */
const PERIOD = 1024;

export class StabilityCheck {
  /** Executions made twice. */
  repeated = 0;
  /** Those that behaved alike. */
  alike = 0;
  private readonly maps: readonly { readonly name: string; readonly map: CounterMap; readonly before: Uint8Array }[];

  constructor(edges: CounterMap | null, states: CounterMap | null) {
    this.maps = [
      { name: 'edges', map: edges },
      { name: 'queue states', map: states },
    ].flatMap(({ name, map }) => (map === null ? [] : [{ name, map, before: new Uint8Array(map.length) }]));
  }

  /** Whether the n-th execution of the process is to be made twice. */
  isDue(execution: number): boolean {
    return (execution & (PERIOD - 1)) === 0;
  }

  /**
   * Runs the input again, from cleared counters; `fate` is what it came to before, in a word. Returns what differs, or null.
   */
  repeat(fate: string, run: () => string): string | null {
    for (const { map, before } of this.maps) map.copyTo(before);
    const again = run();
    const differences = this.maps.filter(({ map, before }) => !map.equals(before)).map(({ name }) => name);
    if (again !== fate) differences.unshift(`${fate}, then ${again}`);
    this.repeated++;
    if (differences.length > 0) return differences.join(', ');
    this.alike++;
    return null;
  }
}
