// From places in the compiled module to lines of the kernel's source, inlined functions included. Made when the module is
// built, so that nothing is run and no debug information is read when something is found.

import type { DriverFrame } from '../platform/driver-module.js';

/** A place in the source. */
export interface SourcePlace {
  readonly function: string;
  /** Relative to the kernel tree, or the name of a file of the shim. */
  readonly file: string;
  /** 0 where the code belongs to none. */
  readonly line: number;
}

export interface SymbolTable {
  /** Offsets in the file, ascending: where the code of another place begins. */
  readonly offsets: readonly number[];
  /** For each offset the index of its chain. */
  readonly chains: readonly number[];
  /** Chains of places, the innermost (most inlined) first. Empty for code without a line. */
  readonly places: readonly (readonly SourcePlace[])[];
  /** For each edge counter the offset of the code that counts it up. */
  readonly edges: readonly number[];
  /** What the driver's own file says in the lines that edges belong to, each with the two lines behind it, by number. */
  readonly lines?: Readonly<Record<string, string>>;
}

/**
 * A frame of a stack as V8 writes it, with a hexadecimal offset in the file, or as the engine's source maps rewrite it, as
 * a column of line 1.
 */
const FRAME = /^\s+at .*?wasm:\/\/[^\s]*?:(?:wasm-function\[\d+\]:0x([0-9a-f]+)|1:(\d+))\)?$/;

/** Kernel code; what is not is the shim around it. */
const KERNEL_FILE = /^(drivers|kernel|include)\//;

/**
 * Functions of the kernel that others call for one step each: a finding happens in them, but its bucket is named after who
 * called them. Inlined or not, the compiler's choice must not decide.
 */
const HELPER =
  /^(vring_unmap|vring_map|vring_free|vring_alloc|vring_use|sg_|dma_|virtqueue_add_desc|virtqueue_(un)?map_|virtqueue_dma_|desc_|__virtio|to_vvq)/;

/** The kernel's frames on an error's stack, the innermost first. */
export function framesOf(stack: string, table: SymbolTable): readonly DriverFrame[] {
  return stack.split('\n').flatMap((line) => {
    const match = FRAME.exec(line);
    if (match === null) return [];
    const [, offset, column] = match;
    return framesAt(offset === undefined ? Number(column) - 1 : Number.parseInt(offset, 16), table);
  });
}

function framesAt(offset: number, table: SymbolTable): readonly DriverFrame[] {
  return placesAt(offset, table)
    .filter(({ file }) => KERNEL_FILE.test(file))
    .map(({ function: name, file, line }) => ({
      function: name,
      file,
      ...(line === 0 ? {} : { line }),
      ...(HELPER.test(name) ? { helper: true } : {}),
    }));
}

/** The innermost place of a chain that is written in that file. */
export function placeIn(file: string, chain: readonly SourcePlace[]): SourcePlace | undefined {
  return chain.find((place) => place.file === file && place.line !== 0);
}

/** The chain of places that the code at this offset comes from. */
export function placesAt(offset: number, { offsets, chains, places }: SymbolTable): readonly SourcePlace[] {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? [] : (places[chains[low - 1] ?? -1] ?? []);
}
