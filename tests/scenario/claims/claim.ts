// What the traces of the seeds must show: that the forged id names the id its seed is called after, that the failing map
// is the one meant, that the flipped flag is that of a buffer in flight. Per seed a list of texts that must follow each
// other in the trace; one that starts with `!` must not occur between its neighbours, `..` stands for the rest of a line
// up to the next part. Written from facts/virtio-ring.md, sections 3.1, 3.2 and 5, not from traces.

export type Claims = Readonly<Record<string, readonly string[]>>;

/** V12 and V29: what ends a client's loop on a broken queue. */
export function endsItsLoops(): string[] {
  return ['enableCb() = true', 'enableCbDelayed() = true', 'poll() = false', 'interrupt() = IRQ_HANDLED'];
}

/** The first claim that the lines do not bear out, or null. */
export function brokenClaim(lines: readonly string[], claims: readonly string[]): string | null {
  let at = 0;
  let forbidden: string[] = [];
  for (const claim of claims) {
    if (claim.startsWith('!')) {
      forbidden.push(claim.slice(1));
      continue;
    }
    const found = lines.findIndex((line, index) => index >= at && bears(line, claim));
    if (found < 0) return claim;
    const between = lines.slice(at, found);
    const bad = forbidden.find((text) => between.some((line) => line.includes(text)));
    if (bad !== undefined) return `!${bad}`;
    forbidden = [];
    at = found + 1;
  }
  return null;
}

/** Whether the parts of a claim stand in that order in the line. */
function bears(line: string, claim: string): boolean {
  let at = 0;
  for (const part of claim.split('..')) {
    const found = line.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
