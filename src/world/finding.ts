// From a violation to a finding: adds where in the driver it happened, which call and step, and the bucket.

import { CALL_CREATE, CALL_NAMES, CALL_NONE } from '../oracle/calls.js';
import type { CaseFile } from '../oracle/case-file.js';
import type { Violation } from '../oracle/oracle.js';
import { directionName, kindName } from '../oracle/unmap-mismatch.js';
import type { DriverSite, Finding, MappingRecord } from '../verdict/verdict.js';

export function findingOf(violation: Violation, c: CaseFile, step: number): Finding {
  const { oracle, shape, evidence } = violation;
  const site = siteOf(violation.stack ?? '', c);
  const { mapping, field } = evidence;
  return {
    oracle: oracle.id,
    claim: oracle.claim,
    severity: oracle.severity,
    shape,
    bucket: bucketOf(oracle.id, site, shape),
    site,
    call: CALL_NAMES[c.call] ?? '',
    step,
    expected: evidence.expected,
    got: evidence.got,
    ...(mapping === undefined || mapping < 0 ? {} : { mapping: mappingRecord(c, mapping) }),
    ...(field === undefined ? {} : { field }),
  };
}

/** Oracle, function and shape as one file name; no line numbers, no values. */
function bucketOf(oracle: string, site: DriverSite, shape: string): string {
  const file = site.file.replace(/^.*\//, '').replace(/\.\w+$/, '');
  const slug = (text: string): string =>
    text
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase();
  return `${oracle}.${slug(file)}-${slug(site.function)}.${slug(shape)}`;
}

const FRAME = /^\s+at (?:async )?(?:new )?([^ (]+) .*?[/\\]src[/\\](driver|dma)[/\\]([\w-]+)\.(ts|js):(\d+)/;

/**
 * The innermost frame in one of the queues, else in the driver, else in the DMA layer; where none is on the stack, the
 * driver's function whose result was judged.
 */
function siteOf(stack: string, c: CaseFile): DriverSite {
  let driver: DriverSite | null = null;
  let dma: DriverSite | null = null;
  for (const line of stack.split('\n')) {
    const match = FRAME.exec(line);
    if (match === null) continue;
    const [, name = '', folder = '', file = '', extension = '', position = ''] = match;
    const site = {
      file: `src/${folder}/${file}.ts`,
      function: name.replace(/^.*\./, ''),
      // A line of compiled code would mislead; with source maps on, the stack names the source.
      ...(extension === 'ts' ? { line: Number(position) } : {}),
    };
    if (folder === 'driver' && file.endsWith('-queue')) return site;
    if (folder === 'driver') driver ??= site;
    else dma ??= site;
  }
  return driver ?? dma ?? callSite(c);
}

function callSite(c: CaseFile): DriverSite {
  const layout = c.model.packed ? 'packed-queue' : 'split-queue';
  const name = c.call === CALL_NONE ? 'destroy' : (CALL_NAMES[c.call] ?? '');
  return { file: `src/driver/${layout}.ts`, function: c.call === CALL_CREATE ? 'create' : name };
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
