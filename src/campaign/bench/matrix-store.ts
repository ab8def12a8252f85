// The kill matrix of a benchmark's folder: rows of bugs that were judged before stay until their code changes.

import { join } from 'node:path';

import { contentOrNull, writeAtomically } from '../atomic-file.js';
import { UsageError } from '../errors.js';
import type { BenchBuild } from './bench-build.js';
import { readBenchData } from './bench-data.js';
import { DEFAULT_BOUNDS, type KillMatrix, MATRIX_SCHEMA, killMatrix, matrixRow } from './kill-matrix.js';

const MATRIX_FILE = 'kill-matrix.json';

/** Null where there is none. Throws UsageError for one of another version. */
export function readMatrix(folder: string): KillMatrix | null {
  const file = join(folder, MATRIX_FILE);
  const text = contentOrNull(file)?.toString('utf8');
  if (text === undefined) return null;
  try {
    const matrix = JSON.parse(text) as KillMatrix;
    if (matrix.schema === MATRIX_SCHEMA) return matrix;
  } catch {
    // Told below.
  }
  throw new UsageError(`${file} is not a kill matrix of version ${MATRIX_SCHEMA}: remove it, and it is made again`);
}

/** Judges the bugs anew, with what their trials found. Throws EnvironmentError where it cannot be written. */
export function updateMatrix(folder: string, builds: readonly BenchBuild[]): KillMatrix {
  const before = readMatrix(folder);
  const { trials } = readBenchData(folder);
  const rows = builds.map((build) => {
    const found = trials.flatMap(({ bug, identity, triggered }) =>
      bug === build.bug.id && identity === build.identity && triggered !== null
        ? [Buffer.from(triggered.input, 'base64')]
        : [],
    );
    return matrixRow(build, found, DEFAULT_BOUNDS);
  });
  const judged = new Set(rows.map(({ bug }) => bug));
  const kept = (before?.rows ?? []).filter(({ bug }) => !judged.has(bug));
  const all = [...kept, ...rows].sort((a, b) => (a.bug < b.bug ? -1 : 1));
  const matrix = killMatrix(all, DEFAULT_BOUNDS);
  writeAtomically(join(folder, MATRIX_FILE), Buffer.from(`${JSON.stringify(matrix)}\n`));
  return matrix;
}
