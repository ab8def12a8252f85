// Runs one scenario on the hardened driver and on another one, and compares what the two do. The oracles judge both runs.

import { HEAP_BASE, HEAP_SIZE } from '../memory/layout.js';
import type { CaseFile } from '../oracle/case-file.js';
import { driverDivergence } from '../oracle/driver-divergence.js';
import { Violation } from '../oracle/oracle.js';
import type { RingMap } from '../oracle/ring-map.js';
import type { ForeignDriver, KnownDifference } from '../platform/driver-module.js';
import { PACKED_DESC_FLAGS, PACKED_DESC_ID, PACKED_DESCRIPTOR_SIZE } from '../spec/packed-layout.js';
import {
  SPLIT_DESC_FLAGS,
  SPLIT_DESCRIPTOR_SIZE,
  USED_ELEMENT_ID,
  USED_ELEMENT_SIZE,
  USED_IDX,
  USED_RING,
} from '../spec/split-layout.js';
import type { TargetSpec } from '../target/target-spec.js';
import type { DeviceWriteData, EventData } from '../verdict/trace-data.js';
import type { TraceSink } from '../verdict/trace.js';
import { DeedLog, type PartsWays } from './deed-log.js';
import { hardenedDriverLike } from './own-driver.js';
import { Runner } from './runner.js';

export interface ComparedInput {
  readonly target: TargetSpec;
  readonly bytes: Uint8Array;
  readonly feedback: Uint8Array | null;
  readonly onStep: ((step: number) => void) | null;
  /** Gets the events of both runs. */
  readonly sink: TraceSink | null;
}

export class DriverComparison {
  private readonly log: DeedLog;
  private readonly reference: Runner;
  /** Scenarios so far in which the drivers parted in a known way. */
  parted = 0;

  constructor(
    driver: ForeignDriver,
    private readonly other: Runner,
  ) {
    this.reference = new Runner(hardenedDriverLike(driver));
    this.log = new DeedLog(partsWaysOf(driver.module.knownDifferences ?? []));
  }

  /**
   * Throws what either run throws, or a Violation at the first difference. `turn` is told whose run begins: what is thrown
   * is about that one.
   */
  play(input: ComparedInput, turn: (runner: Runner) => void): void {
    const { log, reference, other } = this;
    turn(reference);
    log.record(reference.world.caseFile, input.sink);
    run(reference, log, { ...input, feedback: null });
    turn(other);
    log.compare(other.world.caseFile, input.sink);
    try {
      run(other, log, input);
      log.end();
    } catch (error) {
      // What a known hole brings about is for the targets that look for holes.
      if (!(error instanceof Violation) || !log.hasParted || error.oracle === driverDivergence) throw error;
    }
    if (log.hasParted) this.parted++;
  }
}

function run(runner: Runner, log: DeedLog, { target, bytes, feedback, onStep }: ComparedInput): void {
  runner.world.trace = log;
  runner.world.compare(true);
  try {
    runner.play(target, bytes, feedback, onStep);
  } finally {
    runner.world.trace = null;
    runner.world.compare(false);
  }
}

/** What parts any two drivers, then what parts these two. */
function partsWaysOf(differences: readonly KnownDifference[]): PartsWays {
  return (data, c) =>
    dependsOnPrivateAddresses(data, c) || keepsFreeList(data) || differences.some((each) => begins(each, data, c));
}

/**
 * Tables lie elsewhere in the memory of another driver, and are of another size there. So address and length of one mean
 * something else once the device has changed them, as does what the device writes into private memory beside a mapping; and
 * where there are bounce slots, how many a table takes depends on its place.
 */
function dependsOnPrivateAddresses(data: EventData, { ring, bounced }: CaseFile): boolean {
  if (data.type === 'map') return data.entry === null && bounced;
  if (data.type !== 'device-write') return false;
  if (data.at >= HEAP_BASE && data.at < HEAP_BASE + HEAP_SIZE) return true;
  return touches(data, ring, 0, SPLIT_DESC_FLAGS);
}

/** After a reset, also that of a resize which could not be, the hardened driver begins with the ids of a new queue; others go on with those freed last. */
function keepsFreeList(data: EventData): boolean {
  if (data.type !== 'return') return false;
  return (data.call === 'reset' && data.result === '0') || (data.call === 'resize' && data.result === '-ENOMEM');
}

/** Whether this is what that difference takes. */
function begins({ layout, from }: KnownDifference, data: EventData, c: CaseFile): boolean {
  const { ring, model } = c;
  if ((layout === 'packed') !== ring.packed) return false;
  switch (from) {
    case 'creation':
      return data.type === 'call' && data.call !== 'create';
    case 'a-map-fails':
      return data.type === 'map' && data.entry === null;
    case 'in-order-id-of-no-buffer':
      return model.inOrder && data.type === 'call' && data.call === 'getBuf' && namesNoBatch(c);
    case 'callbacks-switched-off':
      return data.type === 'call' && data.call === 'disableCb';
    case 'in-order-buffers-taken-back':
      return (
        model.inOrder &&
        data.type === 'call' &&
        (data.call === 'detachUnusedBuf' || data.call === 'reset' || data.call === 'resize')
      );
    case 'device-writes-descriptor-flags':
      return data.type === 'device-write' && touches(data, ring, SPLIT_DESC_FLAGS, SPLIT_DESC_FLAGS + 2);
    case 'add-fails':
      // One that finds no room has written nothing yet.
      return (
        data.type === 'return' && data.call === 'addSgs' && data.refused === true && !data.result.endsWith('-ENOSPC')
      );
    case 'delayed-callbacks-on-a-broken-queue':
      return data.type === 'call' && data.call === 'enableCbDelayed' && model.broken;
  }
}

/** Whether the device tells of a new batch, by an id that ends none of what is in flight. Nothing changes before it is read. */
function namesNoBatch({ bytes, ring, model }: CaseFile): boolean {
  if (model.batchLeft > 0) return false;
  const memory = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (ring.packed) {
    const slot = ring.descriptorArea + model.usedIndex * PACKED_DESCRIPTOR_SIZE;
    const flags = memory.getUint16(slot + PACKED_DESC_FLAGS, true);
    return (
      model.looksUsed(flags, model.usedWrap) && model.batchUpTo(memory.getUint16(slot + PACKED_DESC_ID, true), 0) === 0
    );
  }
  const used = memory.getUint16(ring.deviceArea + USED_IDX, true);
  const element = ring.deviceArea + USED_RING + (model.usedIndex & (ring.num - 1)) * USED_ELEMENT_SIZE;
  return used !== model.usedIndex && model.batchUpTo(memory.getUint32(element + USED_ELEMENT_ID, true), used) === 0;
}

/** Whether it writes bytes [from, to) of any descriptor. */
function touches(data: DeviceWriteData, ring: RingMap, from: number, to: number): boolean {
  for (let at = data.at; at < data.at + data.size; at++) {
    const offset = at - ring.descriptorArea;
    if (offset < 0 || offset >= ring.num * SPLIT_DESCRIPTOR_SIZE) continue;
    const within = offset % SPLIT_DESCRIPTOR_SIZE;
    if (within >= from && within < to) return true;
  }
  return false;
}
