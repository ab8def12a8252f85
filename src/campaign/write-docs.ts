// Writes the generated pages of docs/. Run by `npm run docs`; the test in tests/docs fails when one of them is old.

import { join } from 'node:path';

import { ORACLES } from '../oracle/registry.js';
import { oracleDocs } from '../report/oracle-docs.js';
import { writeAtomically } from './atomic-file.js';
import { loadBugs } from './bugs/bug-bank.js';
import { projectRoot } from './paths.js';

/** Where the page of the oracles lies. */
export function oraclePage(): string {
  return join(projectRoot(), 'docs', 'oracles.md');
}

/** What the page must hold: the registry as it is, and the bugs of the project alone. */
export function currentOraclePage(): string {
  return oracleDocs(ORACLES, loadBugs());
}

if (require.main === module) {
  writeAtomically(oraclePage(), Buffer.from(currentOraclePage()));
  process.stdout.write(`${oraclePage()}\n`);
}
