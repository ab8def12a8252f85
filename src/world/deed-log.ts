// What a driver does in an execution, as far as another driver must do the same: calls and their results, mappings, requests
// to the transport, and after each call the ring as the driver wrote it. Recorded in one run, compared in the next, event by
// event, so that the first difference is the one that is reported, with the world as it was then.
//
// Left out is what may differ: where private memory lies and how much of it there is, DMA addresses (of a table they follow
// from that; ring-publish judges those in the ring), the order of stores within a call, and reads.

import type { CaseFile } from '../oracle/case-file.js';
import { type Deed, failDriverDivergence } from '../oracle/driver-divergence.js';
import { COHERENT_BASE, DATA_BASE } from '../memory/layout.js';
import { SPLIT_DESC_LEN, SPLIT_DESCRIPTOR_SIZE, usedEventOffset } from '../spec/split-layout.js';
import { EVENT_SIZE } from '../spec/packed-layout.js';
import type { EventData, MarkData } from '../verdict/trace-data.js';
import type { TraceSink } from '../verdict/trace.js';

const END: Deed = { kind: 'end', text: 'nothing more' };

/** In a recording: from here on the two drivers may differ. */
const PARTING: Deed = { kind: 'parting', text: 'the drivers part' };

/** Whether a difference from here on says nothing. */
export type PartsWays = (data: EventData, c: CaseFile) => boolean;

export class DeedLog implements TraceSink {
  private readonly deeds: Deed[] = [];
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
    if (left !== undefined && left !== PARTING) failDriverDivergence(this.call, left, END);
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
        this.add('call', data.call);
        return;
      case 'return':
        this.returned(data.call, data.result);
        return;
      case 'map': {
        const what = data.cpu >= DATA_BASE ? `0x${data.cpu.toString(16)}` : 'a table';
        const done = data.entry === null ? ', refused' : '';
        this.add('mapping', `${data.owner} maps ${data.size} bytes of ${what} ${data.direction} ${data.kind}${done}`);
        return;
      }
      case 'unmap':
        this.add(
          'unmapping',
          `unmaps ${data.size} bytes of mapping ${data.entry ?? 'none'} ${data.direction} ${data.kind}`,
        );
        return;
      case 'sync':
        this.add('sync', `syncs ${data.size} bytes of mapping ${data.entry ?? 'none'} for the ${data.for}`);
        return;
      default:
    }
  }

  mark(data: MarkData): void {
    if (this.onward !== null) this.onward.mark(data);
    if (this.parted || this.lost) return;
    if (data.type === 'transport' && this.call === 'addSgs' && !data.ok) this.part();
    else if (data.type === 'transport') this.add('transport', `${data.request}${data.ok ? '' : ', refused'}`);
    else if (data.type === 'recycled') this.add('given back', `token ${data.token} given back`);
    else if (data.type === 'return') this.returned(data.call, data.result);
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

  private returned(call: string, result: string): void {
    this.add('result', `${call}() = ${result}`);
    if (this.c !== null && this.c.ring.num > 0) this.add('ring', `ring as written: ${ringHash(this.c)}`);
  }

  private add(kind: string, text: string): void {
    if (this.recording) {
      this.deeds.push({ kind, text });
      return;
    }
    const due = this.deeds[this.position++] ?? END;
    if (due.text === text) return;
    if (due === PARTING) {
      this.parted = true;
      return;
    }
    this.lost = true;
    failDriverDivergence(this.call, due, { kind, text });
  }
}

/** Over what the driver wrote of the ring, but for the addresses of buffers. FNV-1a, 32 bits. */
function ringHash({ ring, writtenBytes }: CaseFile): string {
  let hash = 0x811c9dc5;
  const descriptors = ring.descriptorArea - COHERENT_BASE;
  for (let k = 0; k < ring.num; k++) {
    const start = descriptors + k * SPLIT_DESCRIPTOR_SIZE;
    for (let at = start + SPLIT_DESC_LEN; at < start + SPLIT_DESCRIPTOR_SIZE; at++) {
      hash = Math.imul(hash ^ writtenBytes[at]!, 0x0100_0193);
    }
  }
  const driver = ring.driverArea - COHERENT_BASE;
  const size = ring.packed ? EVENT_SIZE : usedEventOffset(ring.num) + 2;
  for (let at = driver; at < driver + size; at++) hash = Math.imul(hash ^ writtenBytes[at]!, 0x0100_0193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
