// Writes the matrix of docs/dma.md anew, between the two lines that mark its place. Run by `npm run matrix`; the number of
// honest executions in each cell may follow (`node dist/src/campaign/write-matrix.js 5000`).

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { matrixText } from '../report/matrix-text.js';
import { grouped } from '../report/text-table.js';
import { writeAtomically } from './atomic-file.js';
import { EnvironmentError } from './errors.js';
import { countMatrix } from './matrix/platform-matrix.js';
import { committedCorpus, corpusFolder, projectRoot } from './paths.js';

export const BEGIN = '<!-- matrix: written by npm run matrix -->';
export const END = '<!-- end of the matrix -->';

/** In each of the twelve cells that exist. */
const HONEST_RUNS = 20_000;
const SEED = 1;

export function matrixPage(): string {
  return join(projectRoot(), 'docs', 'dma.md');
}

/** The page with another table in it. Throws EnvironmentError where it lacks the two marks. */
export function withMatrix(page: string, table: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new EnvironmentError(`docs/dma.md lacks "${BEGIN}" or "${END}": put them back`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n${page.slice(end)}`;
}

/** Counts and writes; the exit code. */
function main(argument: string | undefined): number {
  const honest = argument === undefined ? HONEST_RUNS : Number(argument);
  if (!Number.isInteger(honest) || honest < 1) {
    process.stderr.write(`write-matrix: "${argument ?? ''}" is no number of honest executions: try 5000\n`);
    return 2;
  }
  const folders = { committed: committedCorpus(), generated: corpusFolder() };
  const { rows, failure } = countMatrix(folders, { honest, seed: SEED });
  if (failure !== null) {
    process.stderr.write(
      `write-matrix: an honest execution of ${failure.target} failed: vringfuzz honest --seed ${SEED}\n`,
    );
    return 77;
  }
  const page = matrixPage();
  writeAtomically(page, Buffer.from(withMatrix(readFileSync(page, 'utf8'), matrixText(rows))));
  process.stdout.write(`${page}: ${grouped(honest)} honest executions in each cell\n`);
  const findings = rows.reduce((sum, { split, packed }) => sum + split.findings + packed.findings, 0);
  return findings === 0 ? 0 : 77;
}

if (require.main === module) process.exitCode = main(process.argv[2]);
