// Which edges of the kernel's files a corpus covers, and where those are that it does not: those that no input could, with
// the reason, and the others.

import { execute } from '../../world/execute.js';
import { placeIn, placesAt, type SymbolTable } from '../../linux/symbol-table.js';
import { LinuxMachine } from '../../linux/machine.js';
import { MEMORY_SIZE } from '../../memory/layout.js';
import { type CorpusFolders, corpusTargets, readCorpus } from '../corpus/corpus-inputs.js';
import { type StoredBuild, loadBuild } from './build-folder.js';
import { RING_SOURCE } from './headers.js';
import { loadedLinux } from './linux-driver.js';
import { UNREACHABLE_LINES, type UnreachableLines } from './unreachable-edges.js';

export interface FunctionCoverage {
  readonly function: string;
  readonly edges: number;
  readonly covered: number;
  /** Edges that were not covered because nothing can. */
  readonly unreachable: number;
  /** Lines of the kernel's file with an edge that nothing covered although something could. */
  readonly missing: readonly number[];
}

/** Edges left out of the count for one reason. */
export interface UnreachableEdges {
  readonly reason: string;
  readonly edges: number;
  /** Such as `virtqueue_add_split:605`: the function that the line is written in. */
  readonly places: readonly string[];
}

/** Of one file of the kernel. */
export interface FileCoverage {
  /** Its path in the tree. */
  readonly file: string;
  readonly edges: number;
  readonly covered: number;
  /** By name. */
  readonly functions: readonly FunctionCoverage[];
  readonly unreachable: readonly UnreachableEdges[];
  /** Places that are called unreachable although all of their edges were covered. */
  readonly wrong: readonly string[];
}

export interface EdgeCoverage {
  readonly inputs: number;
  /** The ring's first. */
  readonly files: readonly FileCoverage[];
}

interface Edge {
  readonly file: string;
  /** The outermost one: it exists in the compiled code. */
  readonly function: string;
  /** Where it is written: function and line of the kernel's file. */
  readonly place: string;
  readonly line: number;
  readonly covered: boolean;
  /** Why it can never be covered, null where it can. */
  readonly reason: string | null;
}

export function edgeCoverage(stored: StoredBuild, folders: CorpusFolders): EdgeCoverage {
  const build = loadBuild(stored);
  const { hit, inputs } = runCorpus(stored, folders, new LinuxMachine(build, MEMORY_SIZE).edges);
  const edges = edgesOf(build.symbols, hit);
  const others = distinct(edges.map(({ file }) => file)).filter((file) => file !== RING_SOURCE);
  const files = [RING_SOURCE, ...others].map((file) => {
    const own = edges.filter((edge) => edge.file === file);
    return fileCoverage(file, own);
  });
  return { inputs, files };
}

function fileCoverage(file: string, edges: readonly Edge[]): FileCoverage {
  return {
    file,
    edges: edges.length,
    covered: edges.filter((edge) => edge.covered).length,
    functions: byFunction(edges),
    unreachable: byReason(edges),
    wrong: wrongPlaces(edges),
  };
}

function runCorpus(stored: StoredBuild, folders: CorpusFolders, edges: number): { hit: Uint8Array; inputs: number } {
  const driver = loadedLinux(stored);
  const counters = driver.module.coverage?.().counters ?? new Uint8Array(edges);
  const hit = new Uint8Array(edges);
  let inputs = 0;
  for (const target of corpusTargets([])) {
    if (target.comparesDrivers === true) continue;
    for (const { bytes } of readCorpus(folders, target.name).inputs) {
      counters.fill(0);
      execute(target, bytes, { driver });
      for (let edge = 0; edge < edges; edge++) hit[edge] = (hit[edge] ?? 0) | (counters[edge] ?? 0);
      inputs++;
    }
  }
  return { hit, inputs };
}

function edgesOf(symbols: SymbolTable, hit: Uint8Array): readonly Edge[] {
  /** Uncovered edges of one line in one function so far. */
  const excused = new Map<string, number>();
  return symbols.edges.map((offset, edge) => {
    const covered = hit[edge] !== 0;
    const chain = placesAt(offset, symbols);
    const last = chain.at(-1);
    if (last === undefined) return placeless(covered);
    // Inline functions of headers belong to the file that uses them.
    const { file, function: outermost } = last;
    const place = placeIn(file, chain);
    const line = place?.line ?? 0;
    const written = place?.function ?? '';
    // The list is of the ring's lines.
    const entry = file !== RING_SOURCE ? undefined : entryFor(written, symbols.lines?.[line] ?? '');
    const at = `${outermost} ${line}`;
    const before = excused.get(at) ?? 0;
    if (!covered) excused.set(at, before + 1);
    const counts = entry !== undefined && (covered || before < (entry.edges ?? 1));
    return {
      file,
      function: outermost,
      place: `${written}:${line}`,
      line,
      covered,
      reason: counts ? entry.reason : null,
    };
  });
}

/** A counter that no place of the code stores to: what counted it up was dropped when the files were linked, or fills a block. */
function placeless(covered: boolean): Edge {
  const reason = covered ? null : 'no code counts it up';
  return { file: RING_SOURCE, function: '(no code)', place: '(no code)', line: 0, covered, reason };
}

/** `text` is the line and what is behind it. */
function entryFor(written: string, text: string): UnreachableLines | undefined {
  const [line = '', ...behind] = text.split('\n');
  return UNREACHABLE_LINES.find(
    (entry) =>
      (entry.in === undefined || entry.in.test(written)) &&
      entry.line.test(line) &&
      (entry.then === undefined || behind.some((each) => entry.then?.test(each))),
  );
}

function byFunction(edges: readonly Edge[]): readonly FunctionCoverage[] {
  const names = distinct(edges.map((edge) => edge.function));
  return names.map((name) => {
    const own = edges.filter((edge) => edge.function === name);
    const missed = own.filter((edge) => !edge.covered);
    const reachable = missed.filter(({ reason }) => reason === null);
    const lines = [...new Set(reachable.map(({ line }) => line).filter((line) => line !== 0))];
    return {
      function: name,
      edges: own.length,
      covered: own.length - missed.length,
      unreachable: missed.length - reachable.length,
      missing: lines.sort((a, b) => a - b),
    };
  });
}

function byReason(edges: readonly Edge[]): readonly UnreachableEdges[] {
  const missed = edges.filter(({ covered, reason }) => !covered && reason !== null);
  return distinct(missed.map(({ reason }) => reason ?? '')).map((reason) => {
    const own = missed.filter((edge) => edge.reason === reason);
    return { reason, edges: own.length, places: distinct(own.map(({ place }) => place)) };
  });
}

/** Of a line that is inlined in several functions one uncovered edge is enough. */
function wrongPlaces(edges: readonly Edge[]): readonly string[] {
  const named = edges.filter(({ reason }) => reason !== null);
  const missed = new Set(named.filter(({ covered }) => !covered).map(({ place }) => place));
  return distinct(named.map(({ place }) => place).filter((place) => !missed.has(place)));
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
