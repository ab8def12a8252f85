// Applies a bug's patch to the TypeScript sources, in memory. Nothing fuzzy: a bug that lands on other lines than its
// author meant is another bug.

import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

import { type StructuredPatch, applyPatch, parsePatch } from 'diff';

import { type Bug, patchFile } from './bug-definition.js';
import { contentOrNull } from '../atomic-file.js';
import { UsageError, messageOf } from '../errors.js';
import { projectRoot } from '../paths.js';

export interface PatchedFile {
  /** Relative to the project, with slashes, such as `src/driver/split-queue.ts`. */
  readonly path: string;
  readonly text: string;
}

/** The sources that `bug` changes or adds, as they are with the bug in them. Throws UsageError naming file and hunk. */
export function patchedSources(bug: Bug): readonly PatchedFile[] {
  const patches = parse(bug);
  if (patches.length === 0) throw new UsageError(`bug ${bug.id}: ${patchFile(bug)} changes no file`);
  const files = new Map<string, string>();
  for (const patch of patches) {
    const path = sourcePath(bug, patch);
    files.set(path, applied(bug, path, patch, files.get(path)));
  }
  return [...files].map(([path, text]) => ({ path, text }));
}

function parse(bug: Bug): readonly StructuredPatch[] {
  try {
    // A preamble, such as a commit message, parses as a patch without hunks.
    return parsePatch(readFileSync(patchFile(bug), 'utf8')).filter((patch) => patch.hunks.length > 0);
  } catch (error) {
    throw new UsageError(`bug ${bug.id}: ${patchFile(bug)} is not a unified diff: ${messageOf(error)}`);
  }
}

/** The one file that `patch` is about: a TypeScript source below src/ or fuzz/. */
function sourcePath(bug: Bug, patch: StructuredPatch): string {
  if (patch.newFileName === '/dev/null') {
    throw new UsageError(`bug ${bug.id}: the patch deletes ${patch.oldFileName ?? 'a file'}; change it instead`);
  }
  const path = normalize((patch.newFileName ?? '').replace(/^b\//, '')).replaceAll('\\', '/');
  const oldPath = (patch.oldFileName ?? '').replace(/^a\//, '');
  if (!/^(src|fuzz)\/.+\.ts$/.test(path)) {
    throw new UsageError(`bug ${bug.id}: the patch changes ${path}; it may change src/**/*.ts and fuzz/**/*.ts only`);
  }
  if (oldPath !== '/dev/null' && oldPath !== path) {
    throw new UsageError(`bug ${bug.id}: the patch renames ${oldPath} to ${path}; change it in place instead`);
  }
  return path;
}

function applied(bug: Bug, path: string, patch: StructuredPatch, earlier: string | undefined): string {
  const source = earlier ?? contentOrNull(join(projectRoot(), path))?.toString('utf8');
  const creates = patch.oldFileName === '/dev/null';
  if (creates && source !== undefined) throw new UsageError(`bug ${bug.id}: the patch adds ${path}, which exists`);
  if (!creates && source === undefined) {
    throw new UsageError(`bug ${bug.id}: the patch changes ${path}, which does not exist; rebase it`);
  }
  const text = applyPatch(source ?? '', patch, { fuzzFactor: 0 });
  if (text !== false) return text;
  throw new UsageError(
    `bug ${bug.id}: patch does not apply to ${path} ${firstBadHunk(source ?? '', patch)}: ` +
      'the lines it expects are not there; rebase it',
  );
}

/** `hunk 2 (@@ -10,3 +10,4 @@)`: the first hunk with which the patch no longer applies. */
function firstBadHunk(source: string, patch: StructuredPatch): string {
  for (let count = 1; count <= patch.hunks.length; count++) {
    if (applyPatch(source, { ...patch, hunks: patch.hunks.slice(0, count) }, { fuzzFactor: 0 }) !== false) continue;
    const hunk = patch.hunks[count - 1];
    const range =
      hunk === undefined ? '' : ` (@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@)`;
    return `hunk ${count}${range}`;
  }
  return 'as a whole';
}
