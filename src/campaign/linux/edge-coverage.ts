// Which edges of the kernel's file a corpus covers, and where those are that it does not.

import { execute } from '../../world/execute.js';
import { placesAt, type SourcePlace } from '../../linux/symbol-table.js';
import { LinuxMachine } from '../../linux/machine.js';
import { MEMORY_SIZE } from '../../memory/layout.js';
import { type CorpusFolders, corpusTargets, readCorpus } from '../corpus/corpus-inputs.js';
import { type StoredBuild, loadBuild } from './build-folder.js';
import { loadedLinux } from './linux-driver.js';

export interface FunctionCoverage {
  readonly function: string;
  readonly edges: number;
  readonly covered: number;
  /** Lines of the kernel's file with an edge that nothing covered; of inlined code, where it was written. */
  readonly missing: readonly number[];
}

export interface EdgeCoverage {
  readonly inputs: number;
  readonly edges: number;
  readonly covered: number;
  /** By name. */
  readonly functions: readonly FunctionCoverage[];
}

export function edgeCoverage(stored: StoredBuild, folders: CorpusFolders): EdgeCoverage {
  const build = loadBuild(stored);
  const { edges } = new LinuxMachine(build, MEMORY_SIZE);
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
  const places = build.symbols.edges.map((offset) => placesAt(offset, build.symbols));
  const functions = byFunction(places, hit);
  return { inputs, edges, covered: functions.reduce((sum, { covered }) => sum + covered, 0), functions };
}

/** The outermost function of a chain is the one that exists in the compiled code. */
function byFunction(places: readonly (readonly SourcePlace[])[], hit: Uint8Array): readonly FunctionCoverage[] {
  const names = [...new Set(places.map((chain) => chain.at(-1)?.function ?? ''))].sort();
  return names.map((name) => {
    const own = places.flatMap((chain, edge) => ((chain.at(-1)?.function ?? '') === name ? [edge] : []));
    const missed = own.filter((edge) => hit[edge] === 0);
    const lines = missed.map((edge) => places[edge]?.[0]?.line ?? 0).filter((line) => line !== 0);
    const missing = [...new Set(lines)].sort((a, b) => a - b);
    return { function: name, edges: own.length, covered: own.length - missed.length, missing };
  });
}
