// The files of one build, and the folder of all builds. A folder under its final name is complete: it got there by a rename.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { LinuxBuild, LinuxVariant } from '../../linux/linux-build.js';
import type { SymbolTable } from '../../linux/symbol-table.js';
import { EnvironmentError, messageOf } from '../errors.js';
import { workRoot } from '../paths.js';

export const BUILD_SCHEMA = 4;
export const BUILD_FILE = 'build.json';
export const MODULE_FILE = 'driver.wasm';
export const SYMBOLS_FILE = 'symbols.json';

/** What build.json holds. */
export interface BuildRecord {
  readonly schemaVersion: typeof BUILD_SCHEMA;
  /** Content hash of everything that went into the build; the folder is named after it. */
  readonly key: string;
  readonly kernelVersion: string;
  /** Package that the source came from, or null for a tree. */
  readonly package: string | null;
  readonly sourceHash: string;
  /** SHA-256 of the swiotlb.c that was compiled in; only of variant `swiotlb`. */
  readonly swiotlbHash?: string;
  readonly variant: LinuxVariant;
  readonly api: readonly string[];
  readonly patch: { readonly name: string; readonly hash: string } | null;
  readonly defines: readonly string[];
  readonly compiler: string;
  readonly edges: number;
}

export interface StoredBuild {
  readonly folder: string;
  readonly record: BuildRecord;
  /** When it was made, in milliseconds. */
  readonly made: number;
}

/** Folder of all builds and of the sources that were downloaded. */
export function linuxFolder(): string {
  return join(workRoot(), 'build', 'linux');
}

/** Every build in `root`, the newest first. */
export function storedBuilds(root: string): readonly StoredBuild[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => !name.startsWith('.') && existsSync(join(root, name, BUILD_FILE)))
    .map((name) => storedBuild(join(root, name)))
    .filter((build) => build !== null)
    .sort((a, b) => b.made - a.made || a.folder.localeCompare(b.folder));
}

/** Null for a build of another version of this format. */
function storedBuild(folder: string): StoredBuild | null {
  const file = join(folder, BUILD_FILE);
  const record = parsed(file) as Omit<BuildRecord, 'schemaVersion'> & { readonly schemaVersion: number };
  const { schemaVersion } = record;
  if (schemaVersion !== BUILD_SCHEMA) return null;
  return { folder, record: { ...record, schemaVersion }, made: statSync(file).mtimeMs };
}

/** Reads a build for running. Throws EnvironmentError for a damaged one. */
export function loadBuild({ folder, record }: StoredBuild): LinuxBuild {
  const file = join(folder, MODULE_FILE);
  try {
    return {
      kernelVersion: record.kernelVersion,
      sourceHash: record.sourceHash,
      variant: record.variant,
      api: record.api,
      module: new WebAssembly.Module(readFileSync(file)),
      symbols: parsed(join(folder, SYMBOLS_FILE)) as SymbolTable,
    };
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    throw new EnvironmentError(`${file} cannot be loaded (${messageOf(error)}): remove ${folder} and build again`);
  }
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new EnvironmentError(`${file} cannot be read (${messageOf(error)}): remove its folder and build again`);
  }
}
