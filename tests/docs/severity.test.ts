// The page of severities: every oracle in one class whose severity it has, and the committed page is the generator's work.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { currentSeverityPage, severityPage } from '../../src/campaign/write-docs.js';
import { ORACLES } from '../../src/oracle/registry.js';
import { securitySeverity } from '../../src/report/security-severity.js';
import { GAIN_CLASSES, gainClassOf } from '../../src/report/severity-classes.js';
import { severityDocs } from '../../src/report/severity-docs.js';

describe('severity', () => {
  test('every oracle is in one class, and as grave as it', () => {
    const all = GAIN_CLASSES.flatMap(({ findings }) => findings);
    assert.equal(new Set(all).size, all.length, 'a name is in two classes');
    for (const { id, severity } of ORACLES) assert.equal(gainClassOf(id)?.severity, severity, id);
  });

  test('classes name oracles, or failures that no oracle sees', () => {
    const ids = ORACLES.map(({ id }) => id);
    const others = GAIN_CLASSES.flatMap(({ findings }) => findings).filter((name) => !ids.includes(name));
    assert.deepEqual(others, ['hang', 'out-of-memory']);
  });

  test('the generator refuses an oracle that it cannot place', () => {
    const [first] = ORACLES;
    assert.ok(first !== undefined);
    assert.throws(() => severityDocs([{ ...first, id: 'unheard-of' }]), /unheard-of is in no class/);
    assert.throws(() => severityDocs([{ ...first, severity: 'low' }]), /is low, its class is critical/);
  });
});

describe('docs/severity.md', () => {
  const page = readFileSync(severityPage(), 'utf8');

  test('is what the generator writes (npm run docs)', () => {
    assert.equal(page, currentSeverityPage());
  });

  test('has a row for each oracle with class, severity, number and weakness', () => {
    for (const { id, severity, cwe } of ORACLES) {
      const row = page.split('\n').find((line) => line.startsWith(`| [${id}](`)) ?? '';
      for (const part of [gainClassOf(id)?.name ?? '?', severity, securitySeverity(severity), `CWE-${cwe}`])
        assert.ok(row.includes(part), `${id}: ${part}`);
    }
  });
});
