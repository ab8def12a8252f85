// From a violation to a finding: adds where in the driver it happened, which call and step, and the bucket.

import { CALL_NAMES } from '../oracle/calls.js';
import type { CaseFile } from '../oracle/case-file.js';
import type { Violation } from '../oracle/oracle.js';
import { directionName, kindName } from '../oracle/unmap-mismatch.js';
import type { ForeignDriver } from '../platform/driver-module.js';
import type { DriverSite, Finding, MappingRecord } from '../verdict/verdict.js';
import { sitesOf } from './driver-site.js';
import { rawStackOf } from './raw-stack.js';
import { foreignSitesOf } from './foreign-site.js';

/** The text that names the driver's frames: a module that reads it by itself gets V8's own. */
export function stackOf(error: Error, foreign: ForeignDriver | null): string {
  return foreign?.module.frames === undefined ? (error.stack ?? '') : rawStackOf(error);
}

/** `foreign` is the driver under test where it is not our own. */
export function findingOf(
  violation: Violation,
  c: CaseFile,
  step: number,
  foreign: ForeignDriver | null = null,
): Finding {
  const { oracle, shape, evidence } = violation;
  const { mapping, field, blame, group } = evidence;
  const stack = stackOf(violation, foreign);
  const sites = foreign === null ? sitesOf(stack, blame, c) : foreignSitesOf(stack, blame, c, foreign);
  return {
    oracle: oracle.id,
    claim: oracle.claim,
    severity: oracle.severity,
    shape,
    bucket: bucketOf(oracle.id, sites.forBucket, group ?? shape),
    site: sites.exact,
    call: CALL_NAMES[c.call] ?? '',
    step,
    expected: evidence.expected,
    got: evidence.got,
    ...(mapping === undefined || mapping < 0 ? {} : { mapping: mappingRecord(c, mapping) }),
    ...(field === undefined ? {} : { field }),
    ...(foreign === null ? {} : { driver: foreign.identity }),
  };
}

/** Oracle, function and shape as one file name; no line numbers, no values. */
function bucketOf(oracle: string, site: DriverSite, shape: string): string {
  const file = site.file.replace(/^.*\//, '').replace(/\.[A-Za-z]\w*$/, '');
  const slug = (text: string): string =>
    text
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase();
  return `${oracle}.${slug(file)}-${slug(site.function)}.${slug(shape)}`;
}

function mappingRecord(c: CaseFile, entry: number): MappingRecord {
  const { ledger } = c;
  return {
    dma: ledger.dma[entry] ?? 0,
    cpu: ledger.cpu[entry] ?? 0,
    size: ledger.size[entry] ?? 0,
    direction: directionName(ledger.direction[entry] ?? 0),
    kind: kindName(ledger.kind[entry] ?? 0),
    token: ledger.token[entry] ?? 0,
  };
}
