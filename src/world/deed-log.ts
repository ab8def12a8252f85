// What a driver does in an execution, as far as another driver must do the same: calls and their results, mappings, requests
// to the transport, and after each call the ring as the driver wrote it. Recorded in one run, compared in the next, event by
// event, so that the first difference is the one that is reported, with the world as it was then.
//
// Left out is what may differ: where private memory lies and how much of it there is, DMA addresses (of a table they follow
// from that; ring-publish judges those in the ring), the order of stores within a call, and reads.

import type { CaseFile } from '../oracle/case-file.js';
import { failDriverDivergence } from '../oracle/driver-divergence.js';
import { COHERENT_BASE } from '../memory/layout.js';
import { SPLIT_DESC_LEN, SPLIT_DESCRIPTOR_SIZE, usedEventOffset } from '../spec/split-layout.js';
import { EVENT_SIZE } from '../spec/packed-layout.js';
import type { EventData, MarkData, ReturnData } from '../verdict/trace-data.js';
import type { TraceSink } from '../verdict/trace.js';
import { deedOf, END, isSame, type Recorded } from './deeds.js';

/** In a recording: from here on the two drivers may differ. */
const PARTING = 'parting';

const FNV_PRIME = 0x0100_0193;

/** Whether a difference from here on says nothing. */
export type PartsWays = (data: EventData, c: CaseFile) => boolean;

export class DeedLog implements TraceSink {
  private readonly deeds: (Recorded | typeof PARTING)[] = [];
  private position = 0;
  private recording = true;
  private parted = false;
  /** They differed and nobody wanted to know: what follows means nothing. */
  private lost = false;
  private c: CaseFile | null = null;
  private call = '';
  /** For somebody who wants to see it all. */
  private onward: TraceSink | null = null;

  constructor(private readonly partsWays: PartsWays) {}

  get brief(): boolean {
    return this.onward === null;
  }

  /** The run of the driver that is taken for right. */
  record(c: CaseFile, onward: TraceSink | null): void {
    this.deeds.length = 0;
    this.begin(c, onward, true);
  }

  /** The run of the other one. */
  compare(c: CaseFile, onward: TraceSink | null): void {
    this.begin(c, onward, false);
  }

  /** The run is over: nothing may be left. Not to be asked of one that ended in the middle of a call. */
  end(): void {
    if (this.recording || this.parted || this.lost) return;
    const left = this.deeds[this.position];
    if (left !== undefined && left !== PARTING) failDriverDivergence(this.call, deedOf(left), END);
  }

  /** Whether the drivers have parted in a way that is known, so that nothing after it was compared. */
  get hasParted(): boolean {
    return this.parted;
  }

  event(data: EventData): void {
    if (this.onward !== null) this.onward.event(data);
    if (this.parted || this.lost) return;
    if (this.c !== null && this.partsWays(data, this.c)) {
      this.part();
      return;
    }
    switch (data.type) {
      case 'call':
        this.call = data.call;
        this.add(data);
        return;
      case 'return':
        this.returned(data);
        return;
      case 'map':
      case 'unmap':
      case 'sync':
        this.add(data);
        return;
      default:
    }
  }

  mark(data: MarkData): void {
    if (this.onward !== null) this.onward.mark(data);
    if (this.parted || this.lost) return;
    if (data.type === 'transport' && this.call === 'addSgs' && !data.ok) this.part();
    else if (data.type === 'transport' || data.type === 'recycled') this.add(data);
    else if (data.type === 'return') this.returned(data);
  }

  private part(): void {
    if (this.recording) this.deeds.push(PARTING);
    this.parted = true;
  }

  private begin(c: CaseFile, onward: TraceSink | null, recording: boolean): void {
    this.c = c;
    this.onward = onward;
    this.recording = recording;
    this.position = 0;
    this.parted = false;
    this.lost = false;
    this.call = '';
  }

  private returned(data: ReturnData): void {
    this.add(data);
    if (this.c !== null && this.c.ring.num > 0) this.add(ringHash(this.c));
  }

  private add(got: Recorded): void {
    if (this.recording) {
      this.deeds.push(got);
      return;
    }
    const due = this.deeds[this.position++];
    if (due === PARTING) {
      this.parted = true;
      return;
    }
    if (due !== undefined && isSame(due, got)) return;
    this.lost = true;
    failDriverDivergence(this.call, due === undefined ? END : deedOf(due), deedOf(got));
  }
}

/** Over what the driver wrote of the ring, but for the addresses of buffers. FNV-1a over words, 32 bits. */
function ringHash({ ring, writtenBytes, writtenWords }: CaseFile): number {
  let hash = 0x811c9dc5;
  const first = (ring.descriptorArea - COHERENT_BASE + SPLIT_DESC_LEN) >> 2;
  const end = first + ring.num * (SPLIT_DESCRIPTOR_SIZE / 4);
  for (let at = first; at < end; at += SPLIT_DESCRIPTOR_SIZE / 4) {
    hash = Math.imul(hash ^ writtenWords[at]!, FNV_PRIME);
    hash = Math.imul(hash ^ writtenWords[at + 1]!, FNV_PRIME);
  }
  const driver = ring.driverArea - COHERENT_BASE;
  const size = ring.packed ? EVENT_SIZE : usedEventOffset(ring.num) + 2;
  for (let at = driver; at < driver + size; at++) hash = Math.imul(hash ^ writtenBytes[at]!, FNV_PRIME);
  return hash >>> 0;
}
