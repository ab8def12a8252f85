// The files of a kernel tree that a build is made of, read into memory, with a patch applied where there is one.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { applyPatch, parsePatch, type StructuredPatch } from 'diff';

import { contentOrNull } from '../atomic-file.js';
import { messageOf, UsageError } from '../errors.js';
import { probeApi } from './api-probes.js';
import { OPTIONAL_HEADERS, REQUIRED_SYMBOLS, RING_SOURCE, VERBATIM_HEADERS } from './headers.js';
import { SWIOTLB_FILES, SWIOTLB_SOURCE } from './swiotlb-files.js';

export interface KernelSources {
  /** Such as 6.12.117. */
  readonly version: string;
  /** Text of each file by its path in the tree. */
  readonly files: ReadonlyMap<string, string>;
  /** SHA-256 of the ring's source as it is compiled. */
  readonly ringHash: string;
  /** The patch that was applied, null for none. */
  readonly patch: AppliedPatch | null;
  /** What the tree has of API_PROBES. */
  readonly api: readonly string[];
}

export interface AppliedPatch {
  readonly name: string;
  readonly hash: string;
  readonly changed: readonly string[];
  /** Files of the patch that the build does not use. */
  readonly ignored: readonly string[];
}

/** Throws UsageError for a folder that is no kernel tree, one of a version without what is needed, and a patch that does not apply. */
export function readKernelSources(tree: string, patchFile: string | null): KernelSources {
  const version = versionOf(tree);
  const files = new Map<string, string>();
  for (const path of [RING_SOURCE, ...VERBATIM_HEADERS.map((header) => `include/${header}`)]) {
    const file = join(tree, path);
    if (!existsSync(file)) {
      throw new UsageError(`the kernel ${version} in ${tree} has no ${path}: this version is not supported`);
    }
    files.set(path, readFileSync(file, 'utf8'));
  }
  for (const header of OPTIONAL_HEADERS) {
    const text = contentOrNull(join(tree, 'include', header));
    if (text !== null) files.set(`include/${header}`, text.toString('utf8'));
  }
  for (const path of SWIOTLB_FILES) {
    const text = contentOrNull(join(tree, path));
    if (text !== null) files.set(path, text.toString('utf8'));
  }
  const patch = patchFile === null ? null : applyPatchFile(patchFile, files);
  checkSymbols(version, files);
  return {
    version,
    files,
    ringHash: sha256(files.get(RING_SOURCE) ?? ''),
    patch,
    api: probeApi(files),
  };
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** From the tree's Makefile. */
function versionOf(tree: string): string {
  const isFolder = existsSync(tree) && statSync(tree).isDirectory();
  const makefile = isFolder ? contentOrNull(join(tree, 'Makefile'))?.toString('utf8') : undefined;
  const field = (name: string): string => new RegExp(`^${name} *= *(.*)$`, 'm').exec(makefile ?? '')?.[1]?.trim() ?? '';
  const major = field('VERSION');
  if (major === '' || !existsSync(join(tree, RING_SOURCE))) {
    const reason = isFolder
      ? `it has no ${makefile === undefined ? 'Makefile' : RING_SOURCE}`
      : 'there is no such folder';
    throw new UsageError(`${tree} is no kernel tree: ${reason}; give the folder that holds the kernel's Makefile`);
  }
  return `${major}.${field('PATCHLEVEL')}.${field('SUBLEVEL')}${field('EXTRAVERSION')}`;
}

function checkSymbols(version: string, files: ReadonlyMap<string, string>): void {
  for (const [header, symbols] of Object.entries(REQUIRED_SYMBOLS)) {
    const text = files.get(`include/${header}`) ?? '';
    const missing = symbols.find((symbol) => !new RegExp(`\\b${symbol}\\b`).test(text));
    if (missing === undefined) continue;
    throw new UsageError(`the kernel ${version} has no ${missing} in include/${header}: this version is not supported`);
  }
}

function applyPatchFile(patchFile: string, files: Map<string, string>): AppliedPatch {
  const content = contentOrNull(patchFile);
  if (content === null) throw new UsageError(`there is no patch ${patchFile}`);
  const changed: string[] = [];
  const ignored: string[] = [];
  for (const patch of parse(patchFile, content.toString('utf8'))) {
    const path = (patch.newFileName ?? '').replace(/^[ab]\//, '');
    const text = files.get(path);
    if (text === undefined) {
      ignored.push(path);
      continue;
    }
    files.set(path, applied(patchFile, path, text, patch));
    changed.push(path);
  }
  if (changed.length === 0) {
    throw new UsageError(
      `${patchFile} changes no file of the build; it may change ${RING_SOURCE}, ${SWIOTLB_SOURCE} and the headers that are used verbatim`,
    );
  }
  return { name: basename(patchFile), hash: sha256(content), changed, ignored };
}

function parse(patchFile: string, text: string): readonly StructuredPatch[] {
  try {
    return parsePatch(text).filter(({ hunks }) => hunks.length > 0);
  } catch (error) {
    throw new UsageError(`${patchFile} is not a unified diff: ${messageOf(error)}`);
  }
}

function applied(patchFile: string, path: string, text: string, patch: StructuredPatch): string {
  const result = applyPatch(text, patch, { fuzzFactor: 0 });
  if (result !== false) return result;
  const bad = patch.hunks.find((hunk) => applyPatch(text, { ...patch, hunks: [hunk] }, { fuzzFactor: 0 }) === false);
  const where =
    bad === undefined ? '' : ` at hunk @@ -${bad.oldStart},${bad.oldLines} +${bad.newStart},${bad.newLines} @@`;
  throw new UsageError(`${patchFile} does not apply to ${path}${where}: rebase it onto this kernel`);
}
