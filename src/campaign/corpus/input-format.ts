// The version of an input's bytes, and what to say about every other one. It stands beside the bytes, never in them
// (docs/input-format.md). Old files are run as they were meant or refused, never reinterpreted: whoever raises the version
// enters the old number below, with the last release that runs it.

/** Version of the bytes that this vringfuzz writes and runs (src/scenario). */
export const INPUT_FORMAT = 2;

/** The first release that runs INPUT_FORMAT: written beside the number, for readers that are older. */
export const FORMAT_RELEASE = '0.2.0';

/** Versions of old, and the last release that runs each. */
const RETIRED: ReadonlyMap<number, string> = new Map([[1, '0.1.0']]);

/**
 * What is wrong with a recorded version, and which release to use instead; null where it is the one that runs here.
 * `release` is one that runs it, where the document names one.
 */
export function formatProblem(version: unknown, release: string | null, retired = RETIRED): string | null {
  if (version === INPUT_FORMAT) return null;
  const found = version === undefined ? 'missing' : JSON.stringify(version);
  const problem = `"inputFormat" is ${found}, this vringfuzz reads ${INPUT_FORMAT}`;
  const advice = isVersion(version) ? adviceFor(version, release, retired) : 'no vringfuzz ever wrote that';
  return `${problem}; ${advice}`;
}

function adviceFor(version: number, release: string | null, retired: ReadonlyMap<number, string>): string {
  const reader = retired.get(version) ?? release;
  if (reader !== null) return `vringfuzz ${reader} reads it: npx vringfuzz@${reader}`;
  const newer = version > INPUT_FORMAT;
  return newer ? 'a newer vringfuzz wrote it: npx vringfuzz@latest' : 'no vringfuzz ever wrote that';
}

function isVersion(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
