// Makes the symbol table of a build from its debug information: each place where the line table begins another line, with
// the functions that were inlined there.

import type { SourcePlace, SymbolTable } from '../../linux/symbol-table.js';
import { EnvironmentError } from '../errors.js';
import { type Disassembly, disassemble, functionAt } from './disassembly.js';
import { firstReason, runTool } from './run-tool.js';
import type { Toolchain } from './toolchain.js';

interface SymbolizedAddress {
  readonly Address?: string;
  readonly Symbol?: readonly { readonly FunctionName: string; readonly FileName: string; readonly Line: number }[];
}

/** Where the counters are in the module's memory, and how many. */
export interface CounterPlace {
  readonly start: number;
  readonly edges: number;
}

/** `wasm` is the file with its debug sections; `code` is where in it addresses count from (codeOffset). */
export function makeSymbols(wasm: string, code: number, counters: CounterPlace, tools: Toolchain): SymbolTable {
  const addresses = lineStarts(run(tools.dwarfdump, ['--debug-line', wasm], ''));
  const options = [`--obj=${wasm}`, '--output-style=JSON', '--inlines', '--functions=short', '--relativenames'];
  const answers = run(tools.symbolizer, options, addresses.map((address) => `0x${address.toString(16)}\n`).join(''));
  const rows = answers
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => rowOf(JSON.parse(line) as SymbolizedAddress, code));
  const disassembly = disassemble(wasm, tools);
  const named = rows.map(({ offset, chain }) => ({ offset, chain: withName(chain, offset, disassembly) }));
  return { ...tableOf(withLines(named)), edges: edgeOffsets(counters, disassembly) };
}

interface Row {
  readonly offset: number;
  readonly chain: readonly SourcePlace[];
}

function rowOf({ Address, Symbol }: SymbolizedAddress, code: number): Row {
  const chain = (Symbol ?? []).map(({ FunctionName, FileName, Line }) => ({
    function: FunctionName,
    file: FileName.replace(/^\.\//, ''),
    line: Line,
  }));
  return { offset: Number(Address) + code, chain };
}

/** The debug information does not name every function; the code section does. */
function withName(chain: readonly SourcePlace[], offset: number, disassembly: Disassembly): readonly SourcePlace[] {
  const outermost = chain.at(-1);
  if (outermost === undefined || outermost.function !== '') return chain;
  return [...chain.slice(0, -1), { ...outermost, function: functionAt(offset, disassembly) }];
}

function edgeOffsets({ start, edges }: CounterPlace, { byteStores }: Disassembly): readonly number[] {
  return Array.from({ length: edges }, (_, edge) => byteStores.get(start + edge) ?? 0);
}

/** Code of no line in particular, such as an address computed ahead, gets that of its neighbour in the same function. */
function withLines(rows: readonly Row[]): readonly Row[] {
  return rows.map((row, k) => {
    if (row.chain[0]?.line !== 0) return row;
    const neighbours = [...rows.slice(Math.max(0, k - 3), k).reverse(), ...rows.slice(k + 1, k + 4)];
    const near = neighbours.find(({ chain }) => chain[0]?.line !== 0 && isSameFunctions(row.chain, chain));
    return near === undefined ? row : { offset: row.offset, chain: near.chain };
  });
}

function isSameFunctions(a: readonly SourcePlace[], b: readonly SourcePlace[]): boolean {
  return a.length === b.length && a.every((place, k) => place.function === b[k]?.function);
}

/** Each chain once, and one entry where it begins. */
function tableOf(rows: readonly Row[]): Omit<SymbolTable, 'edges'> {
  const known = new Map<string, number>();
  const places: (readonly SourcePlace[])[] = [];
  const offsets: number[] = [];
  const chains: number[] = [];
  for (const { offset, chain } of rows) {
    const key = JSON.stringify(chain);
    const index = known.get(key) ?? places.push(chain) - 1;
    known.set(key, index);
    if (chains.at(-1) === index) continue;
    offsets.push(offset);
    chains.push(index);
  }
  return { offsets, chains, places };
}

/** Addresses of the rows of a line table as llvm-dwarfdump prints them, ascending, each once. */
function lineStarts(dump: string): readonly number[] {
  const rows = dump.matchAll(/^0x([0-9a-f]{16}) /gm);
  return [...new Set([...rows].map(([, address]) => Number.parseInt(address ?? '0', 16)))].sort((a, b) => a - b);
}

function run(program: string, options: readonly string[], input: string): string {
  const { ok, stdout, stderr } = runTool(program, options, { input });
  if (!ok) throw new EnvironmentError(`${program} fails: ${firstReason(stderr)}`);
  return stdout;
}
