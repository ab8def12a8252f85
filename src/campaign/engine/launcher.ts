// argv[1] of every engine process: tells V8 to inline more, makes the engine's addon loadable, then runs the engine's own
// command line.
//
// The stock addon is tried first, so on a new enough system it is loaded as it is. Only when the loader says that
// a library version is missing is a patched copy (elf-compat.ts) written to a fresh folder, loaded and removed.
// node_modules is never changed. A launcher and not `node -r`: argv[1] survives in the processes that the engine
// itself starts (-jobs), execArgv does not.

import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { join, basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';

import { messageOf } from '../errors.js';
import { TEMPORARY_PLACES, temporaryName } from '../folders.js';
import { projectRoot } from '../paths.js';
import { adaptAddon } from './elf-compat.js';
import { writeEvent } from './run-context.js';

type NativeLoader = (module: NodeJS.Module, filename: string) => void;

/** `require.extensions` by its real name: the loader of each kind of file. */
const loaders = (Module as unknown as { _extensions: Record<string, NativeLoader> })._extensions;

const ENGINE_ADDON = /^fuzzer-linux-[a-z0-9]+\.node$/;
const MISSING_VERSION = /version [`'"][^'"]+['"] not found/;
const OLDEST_GLIBC = [2, 34] as const;
/** Bytes of bytecode that V8 inlines into one function, 920 of its own: too few for a world of small methods (docs/speed.md). */
const INLINED_BYTECODE = 2000;

/** Wraps the loader of native modules for the engine's addon alone. */
function adaptNativeLoader(): void {
  const stockLoader = loaders['.node'];
  if (stockLoader === undefined || process.platform !== 'linux') {
    return;
  }
  loaders['.node'] = (module, filename) => {
    if (!ENGINE_ADDON.test(basename(filename))) {
      stockLoader(module, filename);
      return;
    }
    try {
      stockLoader(module, filename);
      writeEvent({ kind: 'addon', variant: 'stock' });
    } catch (error) {
      checkLibc();
      if (!MISSING_VERSION.test(messageOf(error))) {
        throw error;
      }
      loadPatchedCopy(module, filename);
      writeEvent({ kind: 'addon', variant: 'patched' });
    }
  };
}

function loadPatchedCopy(module: NodeJS.Module, filename: string): void {
  const patched = adaptAddon(readFileSync(filename));
  const failures: string[] = [];
  // The usual temporary folder may be mounted noexec or be full: try several.
  for (const base of [...TEMPORARY_PLACES, join(projectRoot(), 'build')]) {
    try {
      loadFrom(base, module, patched);
      return;
    } catch (error) {
      failures.push(`${base}: ${messageOf(error)}`);
    }
  }
  throw new Error(`no folder takes a loadable copy of the engine's addon (${failures.join('; ')})`);
}

function loadFrom(base: string, module: NodeJS.Module, patched: Buffer): void {
  mkdirSync(base, { recursive: true });
  const folder = mkdtempSync(join(base, temporaryName('addon')));
  try {
    const file = join(folder, 'fuzzer.node');
    writeFileSync(file, patched, { mode: 0o700 });
    process.dlopen(module, file);
  } finally {
    // The mapping outlives the file.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The patched copy still needs glibc 2.34: say so instead of leaving it to the loader's words. */
function checkLibc(): void {
  const version = glibcVersion();
  if (version === undefined) {
    throw new Error('the fuzzing engine needs glibc, this system has another C library (musl?)');
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_GLIBC;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Error(`the fuzzing engine needs glibc ${OLDEST_GLIBC.join('.')} or newer, this system has ${version}`);
  }
}

function glibcVersion(): string | undefined {
  const report = process.report.getReport() as unknown as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime;
}

function explain(message: string): string {
  const hasNoBuild = message.startsWith('Cannot find module') && message.includes('prebuilds');
  return hasNoBuild ? `the fuzzing engine has no build for ${process.platform}-${process.arch}` : message;
}

function main(): void {
  // A V8 without such a limit says so on standard error and goes on.
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${String(INLINED_BYTECODE)}`);
  adaptNativeLoader();
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it starts as it is loaded, so it comes last
    require('@jazzer.js/core/dist/cli.js');
  } catch (error) {
    const message = explain(messageOf(error));
    writeEvent({ kind: 'environment', message });
    console.error(`vringfuzz: ${message}`);
    process.exit(1);
  }
}

main();
