// Which lines of the patched text a patch is about: those that it adds, and where it only takes away, the line that
// follows.

import { structuredPatch } from 'diff';

/** One place that a patch changed. Lines count from 0, in the patched text. */
export interface ChangedLine {
  readonly line: number;
  readonly kind: 'added' | 'after-deletion';
}

/** What differs between the two texts, ascending. */
export function changedLines(before: string, after: string): readonly ChangedLine[] {
  // A line of context: a hunk of nothing but deletions would not say where in the new text it lies.
  const { hunks } = structuredPatch('before', 'after', before, after, '', '', { context: 1 });
  return hunks.flatMap((hunk) => {
    const changed: ChangedLine[] = [];
    let line = hunk.newStart - 1;
    let deleted = false;
    let added = false;
    const endBlock = (): void => {
      if (deleted && !added) changed.push({ line, kind: 'after-deletion' });
      deleted = added = false;
    };
    for (const text of hunk.lines) {
      if (text.startsWith('+')) {
        changed.push({ line, kind: 'added' });
        added = true;
        line++;
      } else if (text.startsWith('-')) {
        deleted = true;
      } else if (text.startsWith(' ') || text === '') {
        endBlock();
        line++;
      }
    }
    endBlock();
    return changed;
  });
}
