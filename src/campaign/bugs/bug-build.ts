// Builds the harness with one planted bug in it: a copy of the compiled tree in which the patched files are compiled
// anew. Builds are kept by content, so a second use costs a hash, and they appear by a rename, so two processes that
// build at once cannot see half of one.

import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import type { Bug } from './bug-definition.js';
import { type PatchedFile, patchedSources } from './bug-patch.js';
import { makeFolder, writeFailure } from '../atomic-file.js';
import { EnvironmentError } from '../errors.js';
import { compiledRoot, projectRoot } from '../paths.js';
import { compilerVersion, transpile } from './typescript-compiler.js';

export { typecheckBug } from './bug-typecheck.js';

/** Unused builds go after this time, in milliseconds: not at once, since another process may just be loading one. */
const KEEP_UNUSED = 60 * 60 * 1000;

/**
 * The folder of the harness with `bug` in it (`src/`, `fuzz/`), built if need be below the project, where its modules
 * find node_modules. Throws UsageError for a patch that does not apply or parse, EnvironmentError for a failed write.
 */
export function buildBug(bug: Bug): string {
  return buildSources(bug.id, patchedSources(bug));
}

/** The same for sources that somebody patched further. */
export function buildSources(id: string, patched: readonly PatchedFile[]): string {
  const files = compiledFiles();
  const builds = join(projectRoot(), 'build', 'bugs');
  const build = join(builds, `${id}-${contentHash(files, patched)}`);
  makeFolder(builds);
  if (!existsSync(build)) {
    const compiled = patched.flatMap((file) => transpile(file, `bug ${id}`));
    writeBuild(build, files, compiled);
  }
  markUsed(build);
  removeUnused(builds, build, id);
  return build;
}

/** Every file of the compiled tree that a build needs, relative to it. */
function compiledFiles(): readonly string[] {
  const root = compiledRoot();
  if (!existsSync(join(root, 'src'))) throw new EnvironmentError(`${root} holds no build: run npm run build`);
  return ['src', 'fuzz']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((name) => /\.js(\.map)?$/.test(name))
    .sort();
}

function contentHash(files: readonly string[], patched: readonly PatchedFile[]): string {
  const hash = createHash('sha256').update(`typescript ${compilerVersion()}\0`);
  for (const { path, text } of patched) hash.update(`${path}\0${text}\0`);
  for (const name of files) hash.update(`${name}\0`).update(readFileSync(join(compiledRoot(), name)));
  return hash.digest('hex').slice(0, 16);
}

function writeBuild(build: string, files: readonly string[], compiled: readonly PatchedFile[]): void {
  let temporary: string | null = null;
  try {
    temporary = mkdtempSync(join(dirname(build), '.tmp-'));
    for (const name of files) copyCompiled(name, temporary);
    for (const { path, text } of compiled) {
      mkdirSync(dirname(join(temporary, path)), { recursive: true });
      writeFileSync(join(temporary, path), text);
    }
    renameSync(temporary, build);
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    // Another process was faster: its build has the same content.
    if (!existsSync(build)) throw writeFailure(build, error);
  }
}

/** A copy, not a hard link: the compiler rewrites its output in place and would change every build with it. */
function copyCompiled(name: string, folder: string): void {
  const source = join(compiledRoot(), name);
  const target = join(folder, name);
  mkdirSync(dirname(target), { recursive: true });
  if (name.endsWith('.map')) writeFileSync(target, movedSourceMap(source, target));
  else copyFileSync(source, target);
}

/** Source maps name their sources relative to themselves. */
function movedSourceMap(from: string, to: string): string {
  const map = JSON.parse(readFileSync(from, 'utf8')) as { readonly sources: readonly string[] };
  const sources = map.sources.map((source) =>
    relative(dirname(to), resolve(dirname(from), source))
      .split(sep)
      .join('/'),
  );
  return JSON.stringify({ ...map, sources });
}

function markUsed(build: string): void {
  const now = new Date();
  try {
    utimesSync(build, now, now);
  } catch {
    // A build that another user made is still good.
  }
}

/** Removes old builds of the same bug and what killed processes left behind. */
function removeUnused(builds: string, current: string, id: string): void {
  for (const name of readdirSync(builds)) {
    const path = join(builds, name);
    const isOld =
      name.startsWith('.tmp-') || (name.startsWith(`${id}-`) && /^[0-9a-f]{16}$/.test(name.slice(id.length + 1)));
    if (!isOld || path === current) continue;
    try {
      if (Date.now() - statSync(path).mtimeMs > KEEP_UNUSED) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process removes it.
    }
  }
}
