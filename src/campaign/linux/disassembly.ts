// What the disassembly of a build tells: where its functions begin, and where each edge counter is counted up. The compiler
// has no table of the edges' places for WebAssembly, but each counter is stored to in one place of the code.

import { EnvironmentError } from '../errors.js';
import { firstReason, runTool } from './run-tool.js';
import type { Toolchain } from './toolchain.js';

export interface Disassembly {
  /** Offsets in the file, ascending. */
  readonly functions: readonly { readonly offset: number; readonly name: string }[];
  /** Offset in the file of the first store to each address that a byte is stored to. */
  readonly byteStores: ReadonlyMap<number, number>;
}

export function disassemble(wasm: string, tools: Toolchain): Disassembly {
  const { ok, stdout, stderr } = runTool(tools.objdump, ['-d', '--no-show-raw-insn', wasm]);
  if (!ok) throw new EnvironmentError(`${tools.objdump} fails: ${firstReason(stderr)}`);
  return readDisassembly(stdout);
}

/** `text` is what llvm-objdump prints. */
export function readDisassembly(text: string): Disassembly {
  const functions: { offset: number; name: string }[] = [];
  const byteStores = new Map<number, number>();
  for (const line of text.split('\n')) {
    const label = /^([0-9a-f]+) <(.+)>:$/.exec(line);
    if (label !== null) functions.push({ offset: Number.parseInt(label[1] ?? '', 16), name: label[2] ?? '' });
    const store = /^\s*([0-9a-f]+):\s+i32\.store8\s+(\d+)/.exec(line);
    if (store === null) continue;
    const address = Number(store[2]);
    if (!byteStores.has(address)) byteStores.set(address, Number.parseInt(store[1] ?? '', 16));
  }
  return { functions, byteStores };
}

/** The function that the code at `offset` is in, '' before the first one. */
export function functionAt(offset: number, { functions }: Disassembly): string {
  let name = '';
  for (const each of functions) {
    if (each.offset > offset) break;
    name = each.name;
  }
  return name;
}
