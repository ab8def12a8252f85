// Writes the generated pages of docs/. Run by `npm run docs`; the test in tests/docs fails when one of them is old.

import { join } from 'node:path';

import { ORACLES } from '../oracle/registry.js';
import { oracleDocs } from '../report/oracle-docs.js';
import { severityDocs } from '../report/severity-docs.js';
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

/** Where the page of severities lies. */
export function severityPage(): string {
  return join(projectRoot(), 'docs', 'severity.md');
}

export function currentSeverityPage(): string {
  return severityDocs(ORACLES);
}

if (require.main === module) {
  for (const [page, text] of [
    [oraclePage(), currentOraclePage()],
    [severityPage(), currentSeverityPage()],
  ] as const) {
    writeAtomically(page, Buffer.from(text));
    process.stdout.write(`${page}\n`);
  }
}
