// docs/oracles.md as text: a page from the registry of oracles and the bug bank, so that it cannot fall behind them.
// Pure: the same registry and the same bugs give the same page.

import type { Bug } from '../campaign/bugs/bug-definition.js';
import type { OracleInfo } from '../oracle/oracle.js';
import { GAINS } from './severity-classes.js';

export type DocumentedBug = Pick<Bug, 'id' | 'title' | 'target' | 'oracles'>;

const INTRODUCTION = `# Oracles

Written by \`npm run docs\` from \`src/oracle/\` and \`bugs/\`: change those, not this page.

An oracle is one claim about the driver. It looks at the calls, at the driver's own loads and stores, at the DMA calls and
at memory; never at what the device meant to do. The first violation ends the execution. What an oracle may assume is in
[threat-model.md](threat-model.md), what the driver must do in [driver.md](driver.md).

Sources: \`virtio-v1.4 n.n\` is a clause of the specification, 12 hex digits are a Linux commit, \`virtio-ring facts\` are the
project's notes on how Linux was hardened ([driver.md](driver.md#sources) says how they are numbered).

Severity is what the device gains:

`;

/** The page. Throws a RangeError for a bug whose first oracle is not in the registry. */
export function oracleDocs(oracles: readonly OracleInfo[], bugs: readonly DocumentedBug[]): string {
  const ids = new Set(oracles.map(({ id }) => id));
  for (const bug of bugs) {
    const first = bug.oracles[0];
    if (first === undefined || !ids.has(first)) throw new RangeError(`bug ${bug.id}: no oracle ${first ?? 'at all'}`);
  }
  const severities = Object.entries(GAINS).map(([severity, gain]) => `- **${severity}**: ${gain}.\n`);
  const sections = oracles.map((oracle) => section(oracle, bugs));
  return `${INTRODUCTION}${severities.join('')}\n${summary(oracles)}\n${sections.join('\n')}`;
}

function summary(oracles: readonly OracleInfo[]): string {
  const rows = oracles.map(({ id, severity, claim }) => `| [${id}](#${id}) | ${severity} | ${cell(claim)} |\n`);
  return `| oracle | severity | claim |\n| --- | --- | --- |\n${rows.join('')}`;
}

function section(oracle: OracleInfo, bugs: readonly DocumentedBug[]): string {
  const { id, claim, severity, cwe, source } = oracle;
  const caught = bugs.filter((bug) => bug.oracles[0] === id);
  const list = caught.map((bug) => `- [${bug.id}](../bugs/${bug.id}/bug.json): ${bug.title} (\`${bug.target}\`)\n`);
  const planted = list.length === 0 ? 'None.\n' : list.join('');
  return `## ${id}

Claim: ${claim}.

| | |
| --- | --- |
| severity | ${severity}: ${cell(GAINS[severity])} |
| weakness | [CWE-${cwe}](https://cwe.mitre.org/data/definitions/${cwe}.html) |
| source | ${cell(source)} |
| code | [src/oracle/${id}.ts](../src/oracle/${id}.ts) |

Planted bugs whose seed it sees first:

${planted}`;
}

/** Text that stays in its table cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
