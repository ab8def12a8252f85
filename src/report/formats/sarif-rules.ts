// The oracles as SARIF rules: what a code scanning page shows about a claim, whichever finding violates it.

import type { ReportingDescriptor } from 'sarif';

import { ORACLES, type OracleInfo } from '../../oracle/registry.js';
import type { Severity } from '../../verdict/verdict.js';
import type { BucketReport } from '../report-model.js';
import { securitySeverity } from '../security-severity.js';
import { gainClassOf } from '../severity-classes.js';

export type SarifLevel = 'error' | 'warning' | 'note';

const LEVELS: Readonly<Record<Severity, SarifLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

/** The level of a severity; a finding whose severity nobody knows is a warning. */
export function levelOf(severity: Severity | null): SarifLevel {
  return severity === null ? 'warning' : LEVELS[severity];
}

/** A rule for each oracle, then one for each other name that a bucket has: hangs, harness failures, other versions. */
export function sarifRules(buckets: readonly BucketReport[]): readonly ReportingDescriptor[] {
  const others = new Map<string, BucketReport>();
  for (const bucket of buckets) {
    if (bucket.rule === null && !others.has(bucket.oracle)) others.set(bucket.oracle, bucket);
  }
  return [...ORACLES.map(oracleRule), ...[...others.values()].map(otherRule)];
}

function oracleRule(oracle: OracleInfo): ReportingDescriptor {
  const { id, claim, severity, cwe, source } = oracle;
  const weakness = cwePage(cwe);
  return {
    id,
    shortDescription: { text: sentence(claim) },
    fullDescription: { text: `${sentence(claim)}${gainText(id)}` },
    defaultConfiguration: { level: levelOf(severity) },
    helpUri: weakness,
    help: {
      text: `${sentence(claim)} Severity: ${severity}.${gainText(id)} Weakness: CWE-${cwe}. Source: ${source}. ${HOW_TO_LOOK}`,
      markdown: [
        `**Claim.** ${sentence(claim)}`,
        `**Severity.** ${severity}.${gainText(id)}`,
        `**Weakness.** [CWE-${cwe}](${weakness})`,
        `**Source.** ${source}`,
        HOW_TO_LOOK.replaceAll(/\bnpx [a-z ]+ FILE/g, '`$&`'),
      ].join('\n\n'),
    },
    properties: {
      'security-severity': securitySeverity(severity),
      // An oracle that fires on an honest device is a defect: `vringfuzz honest` looks for those.
      precision: 'high',
      tags: ['security', 'virtio', `external/cwe/cwe-${String(cwe).padStart(3, '0')}`],
    },
  };
}

const HOW_TO_LOOK =
  'Each result names the stored input that shows it: npx vringfuzz replay FILE runs it again, ' +
  'npx vringfuzz describe FILE prints it step by step. docs/oracles.md has the planted bugs that violate the claim.';

function otherRule({ oracle, claim, severity }: BucketReport): ReportingDescriptor {
  const text = sentence(claim);
  return {
    id: oracle,
    shortDescription: { text },
    fullDescription: { text: `${text}${gainText(oracle)}` },
    defaultConfiguration: { level: levelOf(severity) },
    help: { text: `${text} No oracle of this version of vringfuzz has the name ${oracle}.` },
    properties: { precision: 'medium', tags: ['virtio'] },
  };
}

/** What the device gains, for people who did not write the driver. */
function gainText(name: string): string {
  const gain = gainClassOf(name)?.gain;
  return gain === undefined ? '' : ` ${gain}`;
}

function cwePage(cwe: number): string {
  return `https://cwe.mitre.org/data/definitions/${cwe}.html`;
}

/** With a capital letter and a full stop, within the 1024 characters that a description may have. */
export function sentence(text: string): string {
  const short = text.length > 1000 ? `${text.slice(0, 1000)}...` : text;
  return `${short.slice(0, 1).toUpperCase()}${short.slice(1)}${/[.!?]$/.test(short) ? '' : '.'}`;
}
