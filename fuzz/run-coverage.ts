// What an engine process has covered so far, edges of the driver and queue states, and the events that tell it.

import { packBits, packCounts } from '../src/campaign/engine/coverage-text.js';
import type { CoverageMaps } from '../src/campaign/engine/run-context.js';
import { CounterMap } from './counter-map.js';

/** Executions between two that are sampled: a power of two. A sample costs as much as an execution's bookkeeping. */
const SAMPLE_PERIOD = 64;

export interface Counters {
  /** Null without the engine, or on one that is not known. */
  readonly edges: Uint8Array | null;
  readonly instrumentedEdges: number;
  readonly states: Uint8Array | null;
}

export class RunCoverage {
  readonly edges: CounterMap | null;
  readonly states: CounterMap | null;
  /** Executions sampled. */
  samples = 0;
  /** Whether the last execution reached something for the first time, or as often as none before it. */
  lastWasNews = false;
  private told = '';

  constructor({ edges, instrumentedEdges, states }: Counters) {
    this.edges = CounterMap.over(edges, instrumentedEdges);
    this.states = CounterMap.over(states, states?.length ?? 0);
  }

  /** After each execution, the n-th of the process. */
  add(execution: number): void {
    const edges = this.edges?.accumulate() ?? false;
    const states = this.states?.accumulate() ?? false;
    this.lastWasNews = edges || states;
    if ((execution & (SAMPLE_PERIOD - 1)) !== 0) return;
    this.samples++;
    this.edges?.sample();
    this.states?.sample();
  }

  /** As the engine does before each execution. */
  clear(): void {
    this.edges?.clear();
    this.states?.clear();
  }

  /** The maps, or null when they are as they were the last time. */
  news(): CoverageMaps | null {
    const maps = {
      edges: packBits(this.edges?.reached ?? NOTHING),
      states: packBits(this.states?.reached ?? NOTHING),
      sampled: packCounts(Buffer.concat([this.edges?.sampled ?? NOTHING, this.states?.sampled ?? NOTHING])),
    };
    const text = `${maps.edges} ${maps.states} ${maps.sampled}`;
    if (text === this.told) return null;
    this.told = text;
    return maps;
  }
}

const NOTHING = new Uint8Array(0);
