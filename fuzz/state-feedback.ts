// State feedback: a second map of counters that libFuzzer treats like code edges. The world marks (queue state,
// operation) pairs in it, so an input that reaches a new state is kept although it runs no new line.

interface ModuleCounters {
  createModuleCounters?: (size: number) => unknown;
}

/** A map of that many counters registered with libFuzzer, or null without the engine or on an older version of it. */
export function registerStateFeedback(size: number): Uint8Array | null {
  const engine = (globalThis as { Fuzzer?: { coverageTracker?: ModuleCounters } }).Fuzzer;
  if (engine === undefined) {
    return null;
  }
  const tracker = engine.coverageTracker;
  const map = typeof tracker?.createModuleCounters === 'function' ? tracker.createModuleCounters(size) : undefined;
  if (!(map instanceof Uint8Array) || map.length !== size) {
    console.error(
      'WARNING: vringfuzz: this version of the engine takes no extra counters, so there is no state feedback',
    );
    return null;
  }
  return new Uint8Array(map.buffer, map.byteOffset, map.length);
}
