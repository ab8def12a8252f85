// Which lines of the patched text a patch is about: those that it adds, and where it only takes away, or leaves nothing that
// can be executed, the line that follows.

import { structuredPatch } from 'diff';

/** Lines that were changed in one place. They count from 0, in the patched text. */
export interface ChangedBlock {
  readonly added: readonly number[];
  /** Whether code is gone, not only comments and empty lines. */
  readonly deletes: boolean;
  /** The first line behind it. */
  readonly next: number;
}

const NO_CODE = /^\s*($|\/\/|\/\*|\*)/;

/** What differs between the two texts, ascending. */
export function changedBlocks(before: string, after: string): readonly ChangedBlock[] {
  // A line of context: a hunk of nothing but deletions would not say where in the new text it lies.
  const { hunks } = structuredPatch('before', 'after', before, after, '', '', { context: 1 });
  return hunks.flatMap((hunk) => {
    const blocks: ChangedBlock[] = [];
    let line = hunk.newStart - 1;
    let added: number[] = [];
    let deletes = false;
    const endBlock = (): void => {
      if (deletes || added.length > 0) blocks.push({ added, deletes, next: line });
      added = [];
      deletes = false;
    };
    for (const text of hunk.lines) {
      if (text.startsWith('+')) added.push(line++);
      else if (text.startsWith('-')) deletes ||= !NO_CODE.test(text.slice(1));
      else if (text.startsWith(' ') || text === '') {
        endBlock();
        line++;
      }
    }
    endBlock();
    return blocks;
  });
}
