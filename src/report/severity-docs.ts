// docs/severity.md as text: made of the classes and of the registry of oracles, so that it cannot fall behind them.

import type { OracleInfo } from '../oracle/oracle.js';
import { SEVERITIES, securitySeverity } from './security-severity.js';
import { GAINS, GAIN_CLASSES, type GainClass, gainClassOf } from './severity-classes.js';

const INTRODUCTION = `# Severity

Written by \`npm run docs\` from \`src/report/severity-classes.ts\` and \`src/oracle/\`: change those, not this page.

The severity of a finding is what the device gains by it, and nothing else: not how hard it is to reach (a device that is
hostile reaches everything it is able to, see [threat-model.md](threat-model.md)), and not how the driver's author likes it.
An oracle violates in one class, so a finding's severity follows from its oracle.

`;

const NUMBERS = `
The number is what SARIF calls \`security-severity\`, which code scanning pages sort by. It stands inside the band of its word
(CVSS: critical from 9.0, high from 7.0, medium from 4.0) and says no more than the word does.

## Classes

`;

const ORACLES = `
## Oracles

The weakness is the entry of the [Common Weakness Enumeration](https://cwe.mitre.org/) that says what the driver does wrong.

`;

const REST = `
\`hang\`, \`out-of-memory\` and \`harness-bug\` are seen by no oracle. They count as medium; a harness bug says nothing about the
driver, and \`vringfuzz triage\` ends with exit code 3 for it.

`;

/** The page. Throws a RangeError for an oracle that has no class, or whose severity is not that of its class. */
export function severityDocs(oracles: readonly OracleInfo[]): string {
  const words = SEVERITIES.map(
    (severity) => `- **${severity}** (${securitySeverity(severity)}): ${GAINS[severity]}.\n`,
  );
  const classes = GAIN_CLASSES.map((gain) => classRow(gain, oracles));
  const rows = oracles.map(oracleRow);
  return [
    INTRODUCTION,
    ...words,
    NUMBERS,
    '| class | severity | what the device gains | findings |\n| --- | --- | --- | --- |\n',
    ...classes,
    ORACLES,
    '| oracle | class | severity | number | weakness |\n| --- | --- | --- | --- | --- |\n',
    ...rows,
    REST,
    'How a finding is ranked among others: [triage.md](triage.md).\n',
  ].join('');
}

function classRow({ name, severity, gain, findings }: GainClass, oracles: readonly OracleInfo[]): string {
  const shown = findings.map((id) => (oracles.some((oracle) => oracle.id === id) ? oracleLink(id) : `\`${id}\``));
  return `| ${name} | ${severity} | ${gain} | ${shown.join(', ')} |\n`;
}

function oracleRow({ id, severity, cwe }: OracleInfo): string {
  const gain = gainClassOf(id);
  if (gain === null) throw new RangeError(`oracle ${id} is in no class`);
  if (gain.severity !== severity) throw new RangeError(`oracle ${id} is ${severity}, its class is ${gain.severity}`);
  const weakness = `[CWE-${cwe}](https://cwe.mitre.org/data/definitions/${cwe}.html)`;
  return `| ${oracleLink(id)} | ${gain.name} | ${severity} | ${securitySeverity(severity)} | ${weakness} |\n`;
}

function oracleLink(id: string): string {
  return `[${id}](oracles.md#${id})`;
}
