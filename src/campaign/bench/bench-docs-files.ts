// Writes the benchmark's pages, from its data and nothing else.

import { join } from 'node:path';

import { benchDocs } from '../../report/bench/bench-docs.js';
import { killMatrixDocs } from '../../report/bench/kill-matrix-docs.js';
import { survivalPanels } from '../../report/bench/survival-panels.js';
import { survivalPlot } from '../../report/bench/survival-plot.js';
import { writeAtomically } from '../atomic-file.js';
import { UsageError } from '../errors.js';
import { requireBenchData } from './bench-data.js';
import { summarise } from './bench-summary.js';
import { readMatrix } from './matrix-store.js';

/** Returns the files. Throws UsageError for a folder without data, EnvironmentError where a page cannot be written. */
export function writeBenchDocs(folder: string, pages: string): readonly string[] {
  const data = requireBenchData(folder);
  const foreign = [...data.bugs.values()].find(({ driver }) => driver !== undefined);
  if (foreign !== undefined) {
    throw new UsageError(
      `${folder} holds trials of ${foreign.driver ?? ''}: the pages are about vringfuzz's own driver; take bench --json instead`,
    );
  }
  const matrix = readMatrix(folder);
  if (matrix === null) {
    throw new UsageError(`${folder} holds no kill matrix: run the benchmark to its end, without --no-matrix`);
  }
  const files: readonly (readonly [name: string, text: string])[] = [
    ['benchmark.md', benchDocs(data, summarise(data))],
    ['benchmark.svg', survivalPlot(survivalPanels(data))],
    ['kill-matrix.md', killMatrixDocs(matrix)],
  ];
  return files.map(([name, text]) => {
    const file = join(pages, name);
    writeAtomically(file, Buffer.from(text));
    return file;
  });
}
