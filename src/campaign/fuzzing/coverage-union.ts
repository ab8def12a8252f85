// What all engine processes of a target covered together, and the campaigns before them: the union of their maps, and in
// how many sampled executions each edge and queue state was seen.

import { packBits, packCounts, unpackBits, unpackCounts } from '../engine/coverage-text.js';
import type { CoverageMaps } from '../engine/run-context.js';
import type { StoredCoverage } from '../crashes/campaign-record.js';

/** Sizes of the maps, which an engine process tells when it has loaded its target. */
export interface CoverageSizes {
  readonly edges: number;
  readonly states: number;
}

export class CoverageUnion {
  private sizes: CoverageSizes = { edges: 0, states: 0 };
  private edges: Uint8Array = new Uint8Array(0);
  private states: Uint8Array = new Uint8Array(0);
  /** Of earlier campaigns. */
  private sampledBefore: Uint8Array = new Uint8Array(0);
  /** The last counts of each process, the ended ones included. */
  private readonly sampled = new Map<number, Uint8Array>();

  /** @param before maps of earlier campaigns on the same build, or null. */
  constructor(before: StoredCoverage | null) {
    if (before !== null) this.fill({ edges: before.totalEdges, states: before.totalStates }, before);
  }

  /** Told by each process before its first maps. Maps of another size, which another engine version has, count no more. */
  begin(sizes: CoverageSizes): void {
    if (sizes.edges !== this.totalEdges || sizes.states !== this.totalStates) this.fill(sizes, null);
  }

  private fill(sizes: CoverageSizes, stored: StoredCoverage | null): void {
    this.sizes = sizes;
    this.edges = unpackBits(stored?.edges ?? '', sizes.edges);
    this.states = unpackBits(stored?.states ?? '', sizes.states);
    this.sampledBefore = unpackCounts(stored?.sampled ?? '', sizes.edges + sizes.states);
  }

  /** Takes what process number `process` has covered; true when something in it is new. */
  add(process: number, maps: CoverageMaps): boolean {
    this.sampled.set(process, unpackCounts(maps.sampled, this.totalEdges + this.totalStates));
    const newEdges = mark(this.edges, unpackBits(maps.edges, this.totalEdges));
    const newStates = mark(this.states, unpackBits(maps.states, this.totalStates));
    return newEdges || newStates;
  }

  get totalEdges(): number {
    return this.sizes.edges;
  }

  get totalStates(): number {
    return this.sizes.states;
  }

  get edgeCount(): number {
    return countOf(this.edges, (value) => value > 0);
  }

  get stateCount(): number {
    return countOf(this.states, (value) => value > 0);
  }

  /** Edges and states seen in at least one sampled execution of any process, and in exactly one. */
  get species(): { readonly species: number; readonly singletons: number } {
    const sum = this.sampledSum();
    return { species: countOf(sum, (value) => value > 0), singletons: countOf(sum, (value) => value === 1) };
  }

  /** For the next campaign on the same build. */
  stored(build: string): StoredCoverage {
    return {
      build,
      totalEdges: this.totalEdges,
      totalStates: this.totalStates,
      edges: packBits(this.edges),
      states: packBits(this.states),
      sampled: packCounts(this.sampledSum()),
    };
  }

  /** Each process looked at other executions, so their counts add up; more than one is all the same. */
  private sampledSum(): Uint8Array {
    const sum = Uint8Array.from(this.sampledBefore);
    for (const counts of this.sampled.values()) {
      for (const [index, count] of counts.entries()) sum[index] = Math.min(2, (sum[index] ?? 0) + count);
    }
    return sum;
  }
}

/** Marks in `to` what `from` has; true when something was not marked. */
function mark(to: Uint8Array, from: Uint8Array): boolean {
  let isNew = false;
  for (const [index, value] of from.entries()) {
    if (value === 0 || to[index] !== 0) continue;
    to[index] = 1;
    isNew = true;
  }
  return isNew;
}

function countOf(values: Uint8Array, wanted: (value: number) => boolean): number {
  return values.reduce((count, value) => (wanted(value) ? count + 1 : count), 0);
}
