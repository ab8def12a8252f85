// Which findings were seen before, by a key that is cheap to make. A campaign that goes on after a finding meets the same
// ones again and again, often in most executions, and the text of a stack, from which a bucket is made, costs several times
// what the execution does. The key is made of the stack's call sites, which are never formatted.

import type { CaseFile } from '../oracle/case-file.js';
import { Violation } from '../oracle/oracle.js';

/** A finding that was seen before, by its bucket alone. */
export interface Repeat {
  readonly kind: 'repeat';
  readonly bucket: string;
}

/** What a frame's file is to the search for the site of a finding. */
type Layer = 'queue' | 'driver' | 'dma' | 'other';

export class SeenFindings {
  private readonly repeats = new Map<string, Repeat>();
  private readonly layers = new Map<string, Layer>();

  /** @param onSecondRun told before an input is run once more, so that whoever counts what a run does can begin anew. */
  constructor(readonly onSecondRun: () => void) {}

  get(key: string): Repeat | null {
    return this.repeats.get(key) ?? null;
  }

  remember(key: string, bucket: string): void {
    this.repeats.set(key, { kind: 'repeat', bucket });
  }

  /**
   * Equal only for errors that end in the same bucket: oracle, shape, and every frame that the search for the site
   * (driver-site.ts) looks at. The error's stack has no text afterwards.
   */
  keyOf(error: Error, c: CaseFile): string {
    const head = error instanceof Violation ? `${error.oracle.id}|${error.shape}` : `|${error.name}`;
    const blame = error instanceof Violation ? (error.evidence.blame?.function ?? '') : '';
    let backEnd = c.model.useDmaApi ? 'direct' : 'none';
    if (c.bounced) backEnd = c.vduse ? 'vduse' : 'swiotlb';
    else if (c.iommu) backEnd = 'iommu';
    const where = `${c.call}|${c.model.packed ? 'packed' : 'split'}|${backEnd}|${blame}`;
    const frames = c.foreign ? allFramesOf(error) : this.framesOf(error);
    return `${head}|${frames}|${where}`;
  }

  private framesOf(error: Error): string {
    let frames = '';
    for (const site of callSites(error)) {
      const file = site.getFileName() ?? '';
      const layer = this.layerOf(file);
      if (layer === 'other') {
        // An exception of the language is the driver's only where the driver threw it.
        if (frames === '' && !(error instanceof Violation)) return 'harness';
        continue;
      }
      const name = site.getFunctionName();
      frames += `${file}:${name ?? ''};`;
    }
    return frames;
  }

  private layerOf(file: string): Layer {
    let layer = this.layers.get(file);
    if (layer === undefined) {
      const folder = /[/\\]src[/\\](driver|dma)[/\\][\w-]+\.\w+$/.exec(file)?.[1];
      layer =
        folder === 'driver' ? (/-queue\.\w+$/.test(file) ? 'queue' : 'driver') : folder === 'dma' ? 'dma' : 'other';
      this.layers.set(file, layer);
    }
    return layer;
  }
}

/** Every place on the stack down to the call: only the module knows which of them it would name. */
function allFramesOf(error: Error): string {
  let frames = '';
  for (const site of callSites(error)) {
    if (CALLER.test(site.getFileName() ?? '')) break;
    frames += `${site.getFileName() ?? ''}:${site.getFunctionName() ?? ''}:${site.getLineNumber() ?? 0}:${site.getColumnNumber() ?? 0};`;
  }
  return frames;
}

/** Where the driver is called from. */
const CALLER = /[/\\]src[/\\]world[/\\]foreign-queue\.\w+$/;

/** V8's hook for the text of stacks. */
const formatting = Error as { prepareStackTrace?: unknown };

const collect = (_error: Error, sites: NodeJS.CallSite[]): NodeJS.CallSite[] => sites;

/** The call sites as V8 has them: the first read of `stack` calls whatever formats stacks. */
function callSites(error: Error): readonly NodeJS.CallSite[] {
  const format = formatting.prepareStackTrace;
  formatting.prepareStackTrace = collect;
  const sites: unknown = error.stack;
  formatting.prepareStackTrace = format;
  // Text when somebody read it before, which nobody below execute() does.
  return Array.isArray(sites) ? (sites as NodeJS.CallSite[]) : [];
}
