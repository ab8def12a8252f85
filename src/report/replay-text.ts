// What a replay prints for people: a line for each input that is not ok, and one for the ok inputs of a folder.

import type { Finding } from '../verdict/verdict.js';
import type { Colours } from './colours.js';
import { grouped } from './text-table.js';

/** What a line needs of a result. */
export interface ShownResult {
  readonly verdict: 'ok' | 'finding' | 'harness-bug' | 'hang';
  readonly finding: Pick<Finding, 'oracle' | 'bucket' | 'claim'> | null;
  /** What a harness bug says of itself. */
  readonly problem: { readonly message: string } | null;
  /** Runs that behaved like the first, of how many. */
  readonly same: number;
  readonly runs: number;
}

/** The line of one input, and what its finding claims. */
export function resultText(file: string, result: ShownResult, colours: Colours): string {
  const { finding, problem } = result;
  const colour = result.verdict === 'ok' ? colours.green : colours.red;
  const what = finding === null ? [] : [finding.oracle, finding.bucket];
  const line = [colour(result.verdict), file, ...what, reproduced(result)].join('  ');
  if (finding !== null) return `${line}\n    ${finding.claim}\n`;
  return problem === null ? `${line}\n` : `${line}\n    ${problem.message}\n`;
}

/** The line of the inputs of a folder that were all ok in all of their runs. */
export function folderText(folder: string, inputs: number, runs: number, colours: Colours): string {
  return [colours.green('ok'), folder, `${grouped(inputs)} inputs`, `${runs}/${runs}\n`].join('  ');
}

export function reproduced({ same, runs }: Pick<ShownResult, 'same' | 'runs'>): string {
  return `${same}/${runs}`;
}
