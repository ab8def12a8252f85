// The manifest: what it says of regressions survives the generator, and differences from the files are told.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { addRegression, manifestProblems, manifestText, readManifest } from '../../../src/campaign/corpus/manifest.js';
import { writeSeeds } from '../../../src/campaign/corpus/write-seeds.js';
import { UsageError } from '../../../src/campaign/errors.js';
import { committedCorpus } from '../../../src/campaign/paths.js';
import { TARGETS } from '../../../src/target/targets.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const TARGET = 'bounce_fuzzer';
const INPUT = { target: TARGET, name: 'unmap-too-much', why: 'unmapped a page too many', bytes: Buffer.from('abcd') };

describe('the committed manifest', () => {
  test('names every file, and every file is what it names', () => {
    const corpus = committedCorpus();
    const manifest = readManifest(corpus);
    assert.deepEqual(
      TARGETS.flatMap(({ name }) => manifestProblems(corpus, name, manifest)),
      [],
    );
    assert.ok(Object.keys(manifest.regression[TARGET] ?? {}).length > 0);
  });
});

describe('addRegression', () => {
  test('writes the input and its entry, which the generator keeps', (context) => {
    const corpus = temporaryFolder(context);
    const file = addRegression(corpus, INPUT);
    assert.equal(file, join(corpus, TARGET, 'regression', 'unmap-too-much'));
    assert.equal(readFileSync(file, 'utf8'), 'abcd');
    const entry = { why: INPUT.why, sha1: '81fe8bfe87576c3ecb22426f8e57847382917acf', size: 4 };
    assert.deepEqual(readManifest(corpus).regression, { [TARGET]: { 'unmap-too-much': entry } });
    writeSeeds(corpus);
    assert.deepEqual(readManifest(corpus).regression, { [TARGET]: { 'unmap-too-much': entry } });
    assert.ok(Object.keys(readManifest(corpus).seed).length > 0);
    assert.deepEqual(manifestProblems(corpus, TARGET, readManifest(corpus)), []);
  });

  test('the same again changes nothing, another input under the name is refused', (context) => {
    const corpus = temporaryFolder(context);
    addRegression(corpus, INPUT);
    const before = readFileSync(join(corpus, 'manifest.json'));
    addRegression(corpus, { ...INPUT, why: 'something else' });
    assert.deepEqual(readFileSync(join(corpus, 'manifest.json')), before);
    assert.throws(() => addRegression(corpus, { ...INPUT, bytes: Buffer.from('x') }), /holds another input/);
    assert.deepEqual(readFileSync(join(corpus, 'manifest.json')), before);
  });

  for (const name of ['', '../x', 'Upper', 'a--b', 'crash.1']) {
    test(`refuses the name ${JSON.stringify(name)}`, (context) => {
      assert.throws(() => addRegression(temporaryFolder(context), { ...INPUT, name }), UsageError);
    });
  }

  test('refuses a reason of no line or of two', (context) => {
    for (const why of [' ', 'a\nb'])
      assert.throws(() => addRegression(temporaryFolder(context), { ...INPUT, why }), UsageError);
  });
});

describe('manifestProblems', () => {
  test('a file that is missing, changed or unknown', (context) => {
    const corpus = temporaryFolder(context);
    for (const name of ['gone', 'changed', 'kept']) addRegression(corpus, { ...INPUT, name });
    const folder = join(corpus, TARGET, 'regression');
    rmSync(join(folder, 'gone'));
    writeFileSync(join(folder, 'changed'), 'other');
    writeFileSync(join(folder, 'unknown'), 'new');
    const problems = manifestProblems(corpus, TARGET, readManifest(corpus));
    assert.deepEqual(
      problems.map((line) => line.replace(`${folder}/`, '')),
      [
        'gone is missing; the manifest has it',
        'unknown is not in the manifest',
        'changed is not the input that the manifest names',
      ],
    );
  });
});

describe('readManifest', () => {
  const good = JSON.parse(Buffer.from(manifestText({ seed: {}, regression: {} })).toString()) as object;
  const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['no JSON', '{', /manifest\.json: not valid JSON/],
    ['another schema', JSON.stringify({ ...good, schema: 9 }), /"schema" is 9, this vringfuzz reads 1/],
    ['another format', JSON.stringify({ ...good, inputFormat: 3, vringfuzz: '0.3.0' }), /npx vringfuzz@0\.3\.0/],
    ['no regressions', JSON.stringify({ ...good, regression: undefined }), /"regression" must be an object/],
    ['a bad entry', JSON.stringify({ ...good, seed: { canary: { x: { why: 'x' } } } }), /"sha1" must be/],
  ];
  for (const [what, text, message] of cases) {
    test(`${what} is refused by name`, (context) => {
      const corpus = temporaryFolder(context);
      mkdirSync(corpus, { recursive: true });
      writeFileSync(join(corpus, 'manifest.json'), text);
      assert.throws(
        () => readManifest(corpus),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});
