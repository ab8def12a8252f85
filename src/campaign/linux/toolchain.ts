// The compiler and its companions, under the names that distributions give them.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { EnvironmentError } from '../errors.js';
import { runTool } from './run-tool.js';

/** Older ones lack instrumentation that is used here, or fail on it. */
const OLDEST_CLANG = 16;
const NEWEST_TRIED = 25;

const INSTALL = 'install them, such as with: apt-get install --no-install-recommends clang-19 lld-19 llvm-19';

export interface Toolchain {
  readonly clang: string;
  readonly linker: string;
  readonly symbolizer: string;
  readonly dwarfdump: string;
  readonly objdump: string;
  /** The compiler's own words, such as `Debian clang version 19.1.7 (3~deb12u1)`. */
  readonly version: string;
}

/** The first tools on `path` that will do. Throws EnvironmentError saying what to install. */
export function findToolchain(path = process.env['PATH'] ?? ''): Toolchain {
  const { clang, version, major } = findClang(path);
  const companion = (name: string): string => {
    const found = find(`${name}-${major}`, path) ?? find(name, path) ?? findAnyVersion(name, path);
    if (found !== null) return found;
    throw new EnvironmentError(`${name} is not on PATH (clang ${major} is): ${INSTALL}`);
  };
  return {
    clang,
    version,
    linker: companion('wasm-ld'),
    symbolizer: companion('llvm-symbolizer'),
    dwarfdump: companion('llvm-dwarfdump'),
    objdump: companion('llvm-objdump'),
  };
}

function findClang(path: string): { readonly clang: string; readonly version: string; readonly major: number } {
  let unfit = '';
  for (const name of ['clang', ...versionedNames('clang')]) {
    const clang = find(name, path);
    if (clang === null) continue;
    const version = firstLine(clang, ['--version']);
    const major = Number(/clang version (\d+)/.exec(version)?.[1] ?? 0);
    if (major < OLDEST_CLANG) unfit ||= `${clang} is ${version === '' ? 'no clang' : `too old (${version})`}`;
    else if (!targetsWasm(clang)) unfit ||= `${clang} cannot compile for wasm32`;
    else return { clang, version, major };
  }
  const found = unfit === '' ? 'no clang is on PATH' : unfit;
  throw new EnvironmentError(`${found}: clang ${OLDEST_CLANG} or newer, wasm-ld and llvm tools are needed; ${INSTALL}`);
}

/** Newest first. */
function versionedNames(name: string): readonly string[] {
  return Array.from({ length: NEWEST_TRIED - OLDEST_CLANG + 1 }, (_, k) => `${name}-${NEWEST_TRIED - k}`);
}

function findAnyVersion(name: string, path: string): string | null {
  for (const versioned of versionedNames(name)) {
    const found = find(versioned, path);
    if (found !== null) return found;
  }
  return null;
}

/** The executable of that name on `path`, or null. */
export function find(name: string, path = process.env['PATH'] ?? ''): string | null {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not there.
    }
  }
  return null;
}

function targetsWasm(clang: string): boolean {
  return /^\s*wasm32\b/m.test(runTool(clang, ['--print-targets']).stdout);
}

function firstLine(program: string, options: readonly string[]): string {
  return runTool(program, options).stdout.split('\n')[0]?.trim() ?? '';
}
