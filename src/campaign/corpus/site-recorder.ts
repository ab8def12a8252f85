// Counts what happens at the driver's call sites while inputs run: how often each is reached, which memory a read saw and
// whether the platform ever failed there. Wraps the platform's own methods, so the driver runs as it is; who called is
// read from the stack, and compiled positions are led back to the sources.

import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';

import { Dma } from '../../dma/dma.js';
import { GuestHeap } from '../../memory/guest-heap.js';
import { GuestMemory } from '../../memory/guest-memory.js';
import { COHERENT_BASE, COHERENT_SIZE } from '../../memory/layout.js';
import { DMA_MAPPING_ERROR } from '../../platform/dma-api.js';
import { WorldTransport } from '../../world/transport.js';
import { type CallSite, PLATFORM_CALLS, type PlatformInterface } from './call-sites.js';

export interface SiteCounts {
  calls: number;
  /** Calls that the platform answered with an error. */
  failures: number;
  /** Reads of memory that the device can write. */
  shared: number;
}

/** Who implements the platform in the world. */
const PLATFORM: Readonly<Record<PlatformInterface, object>> = {
  MemoryView: GuestMemory.prototype,
  DmaApi: Dma.prototype,
  Allocator: GuestHeap.prototype,
  Transport: WorldTransport.prototype,
};

/** Frames above a platform call: more than the driver has functions that only hand a value on. */
const FRAMES = 6;

type Method = (this: object, ...args: number[]) => unknown;

export class SiteRecorder {
  private readonly counts = new Map<CallSite, SiteCounts>();
  private readonly byLine = new Map<string, readonly CallSite[]>();
  private readonly positions: DriverPositions;

  /** @param root compiled tree whose modules run. */
  constructor(
    readonly sites: readonly CallSite[],
    root: string,
  ) {
    this.positions = new DriverPositions(root);
    for (const site of sites) {
      this.counts.set(site, { calls: 0, failures: 0, shared: 0 });
      const key = `${site.file}:${site.line}`;
      this.byLine.set(key, [...(this.byLine.get(key) ?? []), site]);
    }
  }

  /** Runs `job` and counts. */
  during(job: () => void): void {
    const restore = (Object.keys(PLATFORM_CALLS) as PlatformInterface[]).flatMap((platform) =>
      PLATFORM_CALLS[platform].map((method) => this.wrap(platform, method)),
    );
    try {
      job();
    } finally {
      restore.forEach((undo) => {
        undo();
      });
    }
  }

  of(site: CallSite): Readonly<SiteCounts> {
    return this.counts.get(site) ?? { calls: 0, failures: 0, shared: 0 };
  }

  private wrap(platform: PlatformInterface, method: string): () => void {
    const prototype = PLATFORM[platform];
    const original = Reflect.get(prototype, method) as Method;
    const count = (args: readonly number[], value: unknown, frames: readonly NodeJS.CallSite[]): void => {
      const counts = this.countsFor(platform, method, frames);
      if (counts === null) return;
      counts.calls++;
      if (hasFailed(platform, method, value)) counts.failures++;
      if (platform === 'MemoryView' && isShared(args[0] ?? 0)) counts.shared++;
    };
    Reflect.set(prototype, method, function wrapper(this: object, ...args: number[]): unknown {
      const value = original.apply(this, args);
      count(args, value, framesAbove(wrapper));
      return value;
    });
    return () => {
      Reflect.set(prototype, method, original);
    };
  }

  /** The innermost frame that is a known site for this method; null where the driver did not call. */
  private countsFor(
    platform: PlatformInterface,
    method: string,
    frames: readonly NodeJS.CallSite[],
  ): SiteCounts | null {
    for (const frame of frames) {
      const key = this.positions.sourceOf(frame);
      const site = (key === null ? undefined : this.byLine.get(key))?.find(
        (candidate) => candidate.platform === platform && candidate.methods.includes(method),
      );
      if (site !== undefined) return this.counts.get(site) ?? null;
    }
    return null;
  }
}

/** Leads positions in the compiled driver back to its sources. */
class DriverPositions {
  private readonly folder: string;
  private readonly maps = new Map<string, SourceMap>();
  private readonly known = new Map<string, string | null>();

  constructor(private readonly root: string) {
    this.folder = join(root, 'src', 'driver') + sep;
  }

  /** `src/driver/file.ts:line`, or null for a frame outside the driver. */
  sourceOf(frame: NodeJS.CallSite): string | null {
    const file = frame.getFileName();
    if (file?.startsWith(this.folder) !== true) return null;
    const line = frame.getLineNumber() ?? 1;
    const column = frame.getColumnNumber() ?? 1;
    const key = `${file}:${line}:${column}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const entry = this.mapOf(file).findEntry(line - 1, column - 1);
    const source = 'originalLine' in entry ? `${this.nameOf(file)}:${entry.originalLine + 1}` : null;
    this.known.set(key, source);
    return source;
  }

  private mapOf(file: string): SourceMap {
    let map = this.maps.get(file);
    map ??= new SourceMap(
      JSON.parse(readFileSync(`${file}.map`, 'utf8')) as ConstructorParameters<typeof SourceMap>[0],
    );
    this.maps.set(file, map);
    return map;
  }

  private nameOf(file: string): string {
    return relative(resolve(this.root), file).split(sep).join('/').replace(/\.js$/, '.ts');
  }
}

/** The stack above a function, as V8 has it: formatting it for people would take most of the time. */
function framesAbove(wrapper: Method): readonly NodeJS.CallSite[] {
  const { stackTraceLimit } = Error;
  const prepareStackTrace: unknown = Reflect.get(Error, 'prepareStackTrace');
  const holder: { stack?: unknown } = {};
  Error.prepareStackTrace = (_error, frames): unknown => frames;
  Error.stackTraceLimit = FRAMES;
  try {
    Error.captureStackTrace(holder, wrapper);
    return holder.stack as readonly NodeJS.CallSite[];
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function hasFailed(platform: PlatformInterface, method: string, value: unknown): boolean {
  switch (platform) {
    case 'MemoryView':
      return false;
    case 'DmaApi':
      return method === 'allocCoherent' ? value === 0 : value === DMA_MAPPING_ERROR;
    case 'Allocator':
      return value === 0;
    case 'Transport':
      return method === 'notify' ? value === false : value !== 0;
  }
}

function isShared(address: number): boolean {
  return address >= COHERENT_BASE && address < COHERENT_BASE + COHERENT_SIZE;
}
