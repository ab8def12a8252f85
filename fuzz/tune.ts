// Engine tuning, loaded with the engine's own option for hook files (-h). Two costs of the stock engine go away:
// counters become plain array stores (a Buffer's readUint8 and writeUint8 cost five times as much), and hooked
// comparisons become bare comparisons (each stock hook is one call into native code).
//
// Everything here is an internal of the engine: each piece is looked for first. Where one is missing, the run goes on
// with the stock behaviour, only slower.

interface CoverageTracker {
  coverageMap?: unknown;
  incrementCounter?: (edge: number) => void;
  enlargeCountersBufferIfNeeded?: (edge: number) => void;
}

interface Tracer {
  traceStrCmp?: (left: unknown, right: unknown, operator: string, id: number) => boolean;
  traceNumberCmp?: (left: number, right: number, operator: string, id: number) => boolean;
  traceAndReturn?: (current: unknown, target: unknown, id: number) => unknown;
}

interface Engine {
  coverageTracker?: CoverageTracker;
  tracer?: Tracer;
}

let highestEdge = -1;

/** The engine's counters, one byte an edge; null without the engine or on an unknown version of it. */
export const edgeCounters: Uint8Array | null = tune();

/** Number of edges instrumented so far; 0 when the engine does not tell. */
export function instrumentedEdges(): number {
  return highestEdge + 1;
}

function tune(): Uint8Array | null {
  const engine = (globalThis as { Fuzzer?: Engine }).Fuzzer;
  if (engine === undefined) {
    return null;
  }
  const counters = leanCounters(engine.coverageTracker);
  const comparing = bareComparisons(engine.tracer);
  if (counters === null || !comparing) {
    console.error(
      'WARNING: vringfuzz: this version of the engine is unknown, so it runs untuned, several times slower',
    );
  }
  return counters;
}

function leanCounters(tracker: CoverageTracker | undefined): Uint8Array | null {
  const map = tracker?.coverageMap;
  if (tracker === undefined || !(map instanceof Uint8Array) || typeof tracker.incrementCounter !== 'function') {
    return null;
  }
  // The same memory under a plain type: the engine keeps the Buffer, and libFuzzer its address.
  const counters = new Uint8Array(map.buffer, map.byteOffset, map.length);
  tracker.incrementCounter = (edge) => {
    // Never back to zero: 256 visits must not look like none.
    const count = counters[edge] as number;
    counters[edge] = count === 255 ? 1 : count + 1;
  };
  const enlarge = tracker.enlargeCountersBufferIfNeeded;
  if (typeof enlarge === 'function') {
    tracker.enlargeCountersBufferIfNeeded = (edge) => {
      highestEdge = Math.max(highestEdge, edge);
      enlarge.call(tracker, edge);
    };
  }
  return counters;
}

function bareComparisons(tracer: Tracer | undefined): boolean {
  if (typeof tracer?.traceNumberCmp !== 'function' || typeof tracer.traceStrCmp !== 'function') {
    return false;
  }
  tracer.traceNumberCmp = compare;
  tracer.traceStrCmp = compare as (left: unknown, right: unknown, operator: string) => boolean;
  tracer.traceAndReturn = (_current, target) => target;
  return true;
}

/** The comparison that the instrumentation replaced, including the loose ones: the target's meaning must not change. */
function compare(left: number, right: number, operator: string): boolean {
  switch (operator) {
    case '===':
      return left === right;
    case '!==':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '==':
      // eslint-disable-next-line eqeqeq -- what the target says
      return left == right;
    case '!=':
      // eslint-disable-next-line eqeqeq -- what the target says
      return left != right;
    default:
      throw new Error(`unexpected comparison operator ${operator}`);
  }
}
