import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../src/campaign/paths.js';
import { fail, silence, Violation } from '../../src/oracle/oracle.js';
import { ORACLES } from '../../src/oracle/registry.js';

test('every oracle file is in the registry, under the name of its file', () => {
  const folder = join(projectRoot(), 'src', 'oracle');
  const files = readdirSync(folder).filter((file) =>
    /: OracleInfo = \{/.test(readFileSync(join(folder, file), 'utf8')),
  );
  assert.deepEqual(ORACLES.map((oracle) => `${oracle.id}.ts`).sort(), files.sort());
});

test('every oracle is fired by a test of this folder', () => {
  const folder = join(projectRoot(), 'tests', 'oracle');
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const fired = new Set(
    sources.flatMap((text) => [...text.matchAll(/fires\(\s*'([\w-]+)'/g)].map((match) => match[1])),
  );
  assert.deepEqual(
    ORACLES.map((oracle) => oracle.id).filter((id) => !fired.has(id)),
    [],
  );
});

test('every oracle says what it claims, where from and how bad it is', () => {
  for (const oracle of ORACLES) {
    assert.ok(oracle.claim.length > 10 && oracle.source.length > 5, oracle.id);
    assert.ok(['critical', 'high', 'medium', 'low'].includes(oracle.severity), oracle.id);
    assert.ok(Number.isInteger(oracle.cwe) && oracle.cwe > 0, oracle.id);
  }
});

test('a silenced oracle returns, the others throw, and the silence ends with the next execution', () => {
  const [first, second] = ORACLES;
  assert.ok(first !== undefined && second !== undefined);
  const evidence = { expected: {}, got: {} };
  silence([first.id]);
  fail(first, 'shape', evidence);
  assert.throws(() => {
    fail(second, 'shape', evidence);
  }, Violation);
  silence([]);
  assert.throws(() => {
    fail(first, 'shape', evidence);
  }, Violation);
});
