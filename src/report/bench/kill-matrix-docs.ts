// docs/kill-matrix.md: which oracle sees which bug, first, at all, and alone.

import type { KillMatrix, MatrixRow } from '../../campaign/bench/kill-matrix.js';
import { neverAlone } from '../../campaign/bench/kill-matrix.js';
import { code, table } from '../formats/markdown-text.js';
import { grouped } from '../text-table.js';

export function killMatrixDocs(matrix: KillMatrix): string {
  const { bounds, rows } = matrix;
  const never = neverAlone(matrix);
  return [
    '# Kill matrix\n',
    'Which oracle sees which planted bug. Written by `vringfuzz bench --write-docs` from the data of a benchmark.\n',
    '## What is counted\n',
    `Of each bug at most ${bounds.inputs} failing inputs were looked for within ${grouped(bounds.attempts)} executions, pseudo-random and`,
    'the same on every machine: noise, and the committed seeds and the showing seed with some bytes changed. Its showing seed',
    `and at most ${bounds.found} inputs that trials of the benchmark ended with came on top. Each failing input was run once as it is, once`,
    'with every oracle alone and all others silent, and once with only its first oracle silent. An empty cell means: not on',
    'these inputs.\n',
    '- **first**: the oracle fires first. In bold where it is the one that `bug.json` names first.',
    '- **also**: it never fires first, but it sees the bug when all others are silent.',
    '- **alone**: with that oracle silent, every one of these inputs passes: without it the bug would stay unseen. *on the seed*:',
    '  the showing seed passes without it, but on other inputs another oracle sees a later effect.\n',
    '## Bugs\n',
    table(['bug', 'inputs', 'first', 'also', 'alone'], rows.map(bugRow), 5),
    '## Oracles\n',
    'Bugs that an oracle sees at all, sees first on some input, and sees alone.\n',
    table(
      ['oracle', 'sees', 'first', 'alone on the seed', 'alone'],
      matrix.oracles.map((oracle) => oracleRow(oracle, rows)),
    ),
    never.length === 0 ? 'Every oracle is alone on some bug.\n' : `Alone on no bug: ${never.map(code).join(', ')}.\n`,
  ].join('\n');
}

function bugRow(row: MatrixRow): readonly string[] {
  const first = row.cells.filter((cell) => cell.first > 0).sort((a, b) => b.first - a.first);
  const also = row.cells.filter((cell) => cell.first === 0).sort((a, b) => b.fires - a.fires);
  return [
    code(row.bug),
    String(row.inputs),
    first
      .map(({ oracle, first: count }) => {
        const text = count === row.inputs ? oracle : `${oracle} ${count}`;
        return oracle === row.intended ? `**${text}**` : text;
      })
      .join(', '),
    also.map(({ oracle, fires }) => `${oracle} ${fires}`).join(', '),
    row.alone ?? (row.aloneOnSeed ? '*on the seed*' : 'no'),
  ];
}

function oracleRow(oracle: string, rows: readonly MatrixRow[]): readonly string[] {
  const cells = rows.flatMap((row) =>
    row.cells.filter((cell) => cell.oracle === oracle).map((cell) => ({ row, cell })),
  );
  const counts = [
    cells.length,
    cells.filter(({ cell }) => cell.first > 0).length,
    cells.filter(({ row }) => row.aloneOnSeed && row.intended === oracle).length,
    cells.filter(({ row }) => row.alone === oracle).length,
  ];
  return [code(oracle), ...counts.map(String)];
}
