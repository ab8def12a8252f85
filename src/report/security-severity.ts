// Severity as the number that code scanning tools sort by: a score between 0 and 10, as in CVSS. The word is decided by what
// the device gains (docs/severity.md); the number stands inside the word's CVSS band and says nothing more.

import type { Severity } from '../verdict/verdict.js';

export const SECURITY_SEVERITY: Readonly<Record<Severity, number>> = {
  critical: 9.1,
  high: 7.5,
  medium: 5.3,
  low: 3.1,
};

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** As SARIF's `security-severity` wants it: a string. */
export function securitySeverity(severity: Severity): string {
  return SECURITY_SEVERITY[severity].toFixed(1);
}
