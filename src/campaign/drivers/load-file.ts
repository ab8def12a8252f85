// Loads a driver module from a JavaScript file. What it exports as `driver`, or exports itself, must be a module of this
// interface: everything wrong with it is said here, in one line, and not by an execution.

import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

import type { DriverFrame, DriverModule } from '../../platform/driver-module.js';
import { UsageError, messageOf } from '../errors.js';
import { compiledRoot, projectRoot, workRoot } from '../paths.js';
import { moduleProblem } from './check-module.js';
import type { LoadedDriver } from './loaded-driver.js';

const ADVICE = 'see docs/adding-a-driver.md';

/** Throws UsageError. With `fresh` the module is loaded anew: an execution that was stopped half-way left it in no known state. */
export function loadDriverFile(path: string, options?: { readonly fresh?: boolean }): LoadedDriver {
  const file = realFile(path);
  if (options?.fresh === true) forget(file);
  const module = moduleIn(path, file);
  return {
    module,
    identity: {
      name: module.name,
      version: module.version,
      source: shownPath(file),
      sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    },
    frames:
      module.frames === undefined ? framesBelow(file, module.helpers ?? []) : (stack) => module.frames?.(stack) ?? [],
    handle: file,
    instrumented: module.coverage === undefined ? [instrumentedPart(file)] : [],
  };
}

function realFile(path: string): string {
  try {
    const file = realpathSync(resolve(path));
    if (statSync(file).isFile()) return file;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new UsageError(`--driver ${path} cannot be read: ${messageOf(error)}`);
    }
    throw new UsageError(
      `--driver ${path}: no such file; name a JavaScript file that exports a driver, such as ./my-driver.js (${ADVICE})`,
    );
  }
  throw new UsageError(`--driver ${path} is not a file: name the JavaScript file that exports the driver (${ADVICE})`);
}

function moduleIn(path: string, file: string): DriverModule {
  const exported = required(path, file);
  const driver = isObject(exported) && 'driver' in exported ? exported['driver'] : exported;
  if (!isObject(driver) || (driver === exported && !('apiVersion' in driver))) {
    throw new UsageError(`--driver ${path} exports no driver: it must set exports.driver (${ADVICE})`);
  }
  const problem = moduleProblem(driver);
  if (problem !== null) throw new UsageError(`--driver ${path} is no driver module: ${problem}; ${ADVICE}`);
  return driver as unknown as DriverModule;
}

function required(path: string, file: string): unknown {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the path is only known when it runs
    return require(file);
  } catch (error) {
    const hint = /ERR_REQUIRE_ESM|Cannot use import statement|Unexpected token 'export'/.test(String(error))
      ? ': it is an ES module, and must be CommonJS (exports.driver = ...)'
      : `: ${messageOf(error).split('\n')[0] ?? ''}`;
    throw new UsageError(`--driver ${path} does not load${hint}`);
  }
}

/** Frames in the files of the module's folder, but for what it installed there. */
function framesBelow(file: string, helpers: readonly string[]): (stack: string) => readonly DriverFrame[] {
  const folder = dirname(file) + sep;
  return (stack) =>
    stack.split('\n').flatMap((line): readonly DriverFrame[] => {
      const at = line.indexOf(folder);
      const match = at < 0 ? null : /^([^:]+):(\d+)/.exec(line.slice(at + folder.length));
      if (match === null || (match[1] ?? '').includes('node_modules')) return [];
      const called = /^\s+at (?:async )?(?:new )?([^ (]+) \(/.exec(line)?.[1] ?? 'anonymous';
      const name = called.replace(/^.*\./, '');
      const helper = helpers.includes(name) ? { helper: true } : {};
      return [{ file: match[1] ?? '', function: name, line: Number(match[2]), ...helper }];
    });
}

/**
 * The engine takes parts of paths. The module's folder, with all that the driver is made of; but only the file where the
 * folder holds vringfuzz itself, which must not be instrumented.
 */
export function instrumentedPart(file: string): string {
  const folder = dirname(file) + sep;
  const harness = [projectRoot(), compiledRoot(), workRoot()];
  return harness.some((path) => (path + sep).startsWith(folder)) ? file : folder;
}

function forget(file: string): void {
  const folder = dirname(file) + sep;
  for (const path of Object.keys(require.cache)) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- how require forgets
    if (path === file || (path.startsWith(folder) && instrumentedPart(file) === folder)) delete require.cache[path];
  }
}

/** As one would type it here, where it is near; with slashes. */
function shownPath(file: string): string {
  const short = relative(process.cwd(), file);
  const shown = short.startsWith('..') || isAbsolute(short) ? file : join('.', short);
  return shown === basename(file) ? `.${sep}${shown}` : shown;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
