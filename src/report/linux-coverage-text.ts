// `vringfuzz linux coverage` for people.

import { textTable } from './text-table.js';

/** As src/campaign/linux/edge-coverage.ts has it. */
export interface ShownCoverage {
  readonly inputs: number;
  readonly files: readonly ShownFile[];
}

interface ShownFile {
  readonly file: string;
  readonly edges: number;
  readonly covered: number;
  readonly functions: readonly {
    readonly function: string;
    readonly edges: number;
    readonly covered: number;
    readonly unreachable: number;
    readonly missing: readonly number[];
  }[];
  readonly unreachable: readonly {
    readonly reason: string;
    readonly edges: number;
    readonly places: readonly string[];
  }[];
  readonly wrong: readonly string[];
}

export function coverageText({ inputs, files }: ShownCoverage): string {
  const lines = files.map((each) => fileText(each, inputs));
  return lines.join('\n');
}

function fileText({ file, edges, covered, functions, unreachable, wrong }: ShownFile, inputs: number): string {
  const rows = functions.map((each) => [
    each.function,
    String(each.edges),
    String(each.covered),
    each.unreachable === 0 ? '' : String(each.unreachable),
  ]);
  const lines = [
    `${file}\n`,
    textTable(['function', 'edges', 'covered', 'unreachable'], rows),
    'not reached, by line:',
  ];
  for (const { function: name, missing } of functions)
    if (missing.length > 0) lines.push(`${name}: ${missing.join(' ')}`);
  if (unreachable.length > 0) lines.push('', 'unreachable:');
  for (const { reason, edges: count, places } of unreachable) {
    lines.push(`${count} edges: ${reason}`, `    ${places.join(' ')}`);
  }
  if (wrong.length > 0)
    lines.push('', `called unreachable, but covered (src/campaign/linux/unreachable-edges.ts): ${wrong.join(' ')}`);
  const out = unreachable.reduce((sum, each) => sum + each.edges, 0);
  lines.push('', `${file}: ${covered} of ${edges} edges (${percent(covered, edges)}) by ${inputs} inputs`);
  lines.push(`${covered} of ${edges - out} that can be reached (${percent(covered, edges - out)})`);
  return `${lines.join('\n')}\n`;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
