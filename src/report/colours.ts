// Colours for terminals only.

import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/** Text as it is: for files, pipes and tests. */
export const PLAIN: Colours = pc.createColors(false);

/** Colours for a stream: only on a terminal, and not where NO_COLOR or TERM=dumb say so. */
export function coloursFor(stream: { readonly isTTY?: boolean }): Colours {
  return stream.isTTY === true && pc.isColorSupported ? pc.createColors(true) : PLAIN;
}
