// Builds the kernel's ring, or finds the build that the same sources, shim and flags have already given.

import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

import type { LinuxVariant } from '../../linux/linux-build.js';
import { LinuxMachine } from '../../linux/machine.js';
import { placeIn, placesAt, type SourcePlace, type SymbolTable } from '../../linux/symbol-table.js';
import { MEMORY_SIZE } from '../../memory/layout.js';
import { makeFolder, writeFailure } from '../atomic-file.js';
import { UsageError } from '../errors.js';
import {
  BUILD_FILE,
  BUILD_SCHEMA,
  type BuildRecord,
  MODULE_FILE,
  type StoredBuild,
  SYMBOLS_FILE,
  storedBuilds,
} from './build-folder.js';
import { compileRing, flagsOf, shimFiles, shimFolder } from './compile-ring.js';
import { RING_SOURCE } from './headers.js';
import { type KernelSources, sha256 } from './kernel-tree.js';
import { type CounterPlace, makeSymbols } from './make-symbols.js';
import { filesOf, SWIOTLB_SOURCE } from './swiotlb-files.js';
import type { Toolchain } from './toolchain.js';
import { codeOffset, withoutDebug } from './wasm-file.js';

/** An interrupted build leaves its temporary folder; after this time, in milliseconds, nobody can be at it. */
const KEEP_TEMPORARY = 60 * 60 * 1000;
const KEY_LENGTH = 12;

export interface BuildOptions {
  readonly sources: KernelSources;
  /** Package that the sources came from, null for a tree. */
  readonly package: string | null;
  readonly variant: LinuxVariant;
  readonly defines: readonly string[];
  readonly tools: Toolchain;
  /** Folder of all builds. */
  readonly root: string;
  /** Builds again what is there. */
  readonly force: boolean;
}

export interface BuildResult {
  readonly build: StoredBuild;
  /** It was there. */
  readonly cached: boolean;
}

/** Throws UsageError and EnvironmentError; leaves nothing behind where it does. */
export function buildLinux(options: BuildOptions): BuildResult {
  const { root, variant, sources } = options;
  checkDefines(options.defines);
  const key = keyOf(options);
  const folder = join(root, `${sources.version}-${variant}-${key}`);
  makeFolder(root);
  removeLeftovers(root);
  const cached = existsSync(join(folder, BUILD_FILE)) && !options.force;
  if (!cached) make(folder, key, options);
  const build = storedBuilds(root).find((each) => each.folder === folder);
  if (build === undefined) throw writeFailure(folder, new Error('the build has vanished'));
  return { build, cached };
}

function keyOf({ sources, variant, defines, tools }: BuildOptions): string {
  const parts = [`schema ${BUILD_SCHEMA}`, tools.version, ...flagsOf(variant), '', ...defines, '', ...sources.api];
  for (const [path, text] of filesOf(sources.files, variant)) parts.push(path, sha256(text));
  for (const name of shimFiles()) parts.push(name, sha256(readFileSync(join(shimFolder(), name))));
  return sha256(parts.join('\0')).slice(0, KEY_LENGTH);
}

/** Everything happens in a temporary folder beside the final one, which appears whole or not at all. */
function make(folder: string, key: string, options: BuildOptions): void {
  const { sources, tools, variant, defines } = options;
  let temporary: string | null = null;
  try {
    temporary = mkdtempSync(join(options.root, '.tmp-'));
    const work = join(temporary, 'work');
    const finished = join(temporary, basename(folder));
    makeFolder(work);
    makeFolder(finished);
    const linked = compileRing(work, { sources, variant, defines, tools });
    const wasm = readFileSync(linked);
    const stripped = withoutDebug(wasm);
    const counters = countersOf(stripped);
    const table = makeSymbols(linked, codeOffset(wasm), counters, tools);
    const symbols = { ...table, lines: edgeLines(table, sources) };
    const record: BuildRecord = {
      schemaVersion: BUILD_SCHEMA,
      key,
      kernelVersion: sources.version,
      package: options.package,
      sourceHash: sources.ringHash,
      ...(variant === 'swiotlb' ? { swiotlbHash: sha256(sources.files.get(SWIOTLB_SOURCE) ?? '') } : {}),
      variant,
      api: sources.api,
      patch: sources.patch === null ? null : { name: sources.patch.name, hash: sources.patch.hash },
      defines,
      compiler: tools.version,
      edges: counters.edges,
    };
    writeFileSync(join(finished, MODULE_FILE), stripped);
    writeFileSync(join(finished, SYMBOLS_FILE), JSON.stringify(symbols));
    writeFileSync(join(finished, BUILD_FILE), `${JSON.stringify(record, null, 2)}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(finished, folder);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : writeFailure(folder, error);
  } finally {
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
  }
}

/** The lines with an edge, each with the two behind it: what coverage is told by. It is the kernel's, and stays with the build. */
function edgeLines(table: SymbolTable, { files }: KernelSources): Record<string, string> {
  const text = (files.get(RING_SOURCE) ?? '').split('\n');
  const places = table.edges.map((offset) => placeIn(RING_SOURCE, placesAt(offset, table)));
  const around = ({ line }: SourcePlace): string =>
    text
      .slice(line - 1, line + 2)
      .map((each) => each.trim())
      .join('\n');
  return Object.fromEntries(places.flatMap((place) => (place ? [[place.line, around(place)]] : [])));
}

/** Runs the module as far as its beginning: what does not even load is found here and not by the fuzzer. */
function countersOf(wasm: Uint8Array): CounterPlace {
  const module = new WebAssembly.Module(wasm);
  const symbols = { offsets: [], chains: [], places: [], edges: [] };
  const build = { kernelVersion: '', sourceHash: '', variant: 'coverage', api: [], module, symbols } as const;
  const { counters, edges } = new LinuxMachine(build, MEMORY_SIZE);
  return { start: counters.byteOffset, edges };
}

function checkDefines(defines: readonly string[]): void {
  const bad = defines.find((macro) => !/^[A-Za-z_]\w*(=.*)?$/.test(macro));
  if (bad !== undefined) throw new UsageError(`--define takes NAME or NAME=VALUE, not ${bad}`);
}

function removeLeftovers(root: string): void {
  for (const name of readdirSync(root)) {
    if (!name.startsWith('.tmp-')) continue;
    const folder = join(root, name);
    if (Date.now() - statSync(folder).mtimeMs > KEEP_TEMPORARY) rmSync(folder, { recursive: true, force: true });
  }
}
