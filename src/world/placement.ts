// What somebody may add to an input without changing its bytes: failures and writes at places that are counted, and the
// proof at the end that the queue still works. Places are numbered in the order in which an execution comes to them, so
// what lies before a place never depends on what is done there. Values only: they cross from one build to another.

import type { FailureKind } from '../platform/failures.js';

/** The k-th attempt at a service, from 1, fails whatever the scenario says of it. */
export interface PlacedFailure {
  readonly kind: FailureKind;
  readonly attempt: number;
}

/** `load`: just before the driver reads shared memory; `map`, `unmap`: the device's moments in these calls. */
export type RacePlace = 'load' | 'map' | 'unmap';

/** The device writes one field at one place. */
export interface PlacedWrite {
  readonly at: RacePlace;
  /** Number of the place among those of its kind, from 1. */
  readonly number: number;
  /** The ring field; of a load the one that is read, whatever its name. */
  readonly field: string | null;
  /** Cut to the width of the field. */
  readonly value: number;
}

/** An attempt at a service that an execution came to. */
export interface FailurePoint extends PlacedFailure {
  readonly step: number;
  readonly call: string;
  /** By the scenario or by the placement. */
  readonly failed: boolean;
}

/** A field that the device can change at a place. */
export interface RaceSite {
  readonly field: string;
  /** Bytes. */
  readonly size: number;
  /** What it holds; of 8 bytes below 2^53, else 2^53 - 1. */
  readonly value: number;
  /** What the driver read there the last time, or null. */
  readonly before: number | null;
}

/** Where the queue stands at a place: what values there mean something. */
export interface QueueState {
  readonly packed: boolean;
  readonly num: number;
  /** Split: positions. Packed: slots, with the wrap counter in bit 15. */
  readonly usedPosition: number;
  readonly availablePosition: number;
  /** Ids of buffers in flight. */
  readonly inFlight: readonly number[];
  /** Split: descriptors of chains in flight that are no head. */
  readonly midChain: readonly number[];
}

/** A place at which the device can act, that an execution came to. */
export interface RacePoint {
  readonly at: RacePlace;
  readonly number: number;
  readonly step: number;
  readonly call: string;
  readonly sites: readonly RaceSite[];
  readonly queue: QueueState;
}

/** Filled by an execution, in the order in which things happen. Places of the epilogue are not logged. */
export interface PlacementLog {
  readonly failures: FailurePoint[];
  /** Absent where nobody wants them: they cost several times what the execution does. */
  readonly races?: RacePoint[];
}

export interface Placement {
  readonly failures?: readonly PlacedFailure[];
  readonly writes?: readonly PlacedWrite[];
  /** After the records everything works, the device is honest, and the queue must serve it (src/world/epilogue.ts). */
  readonly epilogue?: boolean;
  readonly log?: PlacementLog;
}
