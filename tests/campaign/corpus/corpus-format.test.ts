// Which mark speaks for which folder of inputs.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';

import { checkCorpusFormat, markCorpusFormat } from '../../../src/campaign/corpus/corpus-format.js';
import { UsageError } from '../../../src/campaign/errors.js';
import { gatherInputs } from '../../../src/campaign/replay/replay-inputs.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

function write(file: string, content: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** A corpus with an input of each kind; the manifest and the mark of `generated/` as given, where they are. */
function corpus(folder: string, manifest: string | null, mark: string | null): string {
  for (const kind of ['seed', 'regression', 'generated']) write(join(folder, 'canary', kind, 'x'), 'abcd');
  if (manifest !== null) write(join(folder, 'manifest.json'), manifest);
  if (mark !== null) write(join(folder, 'canary', 'generated', '.vringfuzz', 'format.json'), mark);
  return join(folder, 'canary');
}

const CURRENT = '{"schema": 1, "inputFormat": 2, "vringfuzz": "0.2.0"}';
const NEWER = '{"schema": 1, "inputFormat": 3, "vringfuzz": "0.3.0"}';

describe('checkCorpusFormat', () => {
  test('takes what is current, what is marked by nobody and what is not there', (context) => {
    const folder = corpus(temporaryFolder(context), CURRENT, CURRENT);
    for (const kind of ['seed', 'regression', 'generated', 'nowhere']) checkCorpusFormat(join(folder, kind));
    checkCorpusFormat(join(corpus(temporaryFolder(context), null, null), 'generated'));
  });

  test('the manifest speaks for what is committed, and only for that', (context) => {
    const folder = corpus(temporaryFolder(context), NEWER, null);
    for (const kind of ['seed', 'regression']) {
      assert.throws(
        () => checkCorpusFormat(join(folder, kind)),
        (error) =>
          error instanceof UsageError &&
          /the inputs in .* are of another format: .*manifest\.json: "inputFormat" is 3, .* vringfuzz 0\.3\.0 reads it/.test(
            error.message,
          ),
      );
    }
    checkCorpusFormat(join(folder, 'generated'));
  });

  for (const version of [0, 1, 'one']) {
    test(`a generated folder of version ${String(version)} is refused, with folders in it`, (context) => {
      const folder = corpus(temporaryFolder(context), CURRENT, JSON.stringify({ schema: 1, inputFormat: version }));
      write(join(folder, 'generated', 'deeper', 'y'), 'abcd');
      assert.throws(() => checkCorpusFormat(join(folder, 'generated')), UsageError);
      assert.throws(() => checkCorpusFormat(join(folder, 'generated', 'deeper')), UsageError);
      checkCorpusFormat(join(folder, 'seed'));
    });
  }

  test('a mark that is no JSON is told by its name', (context) => {
    const folder = corpus(temporaryFolder(context), '{', '[');
    assert.throws(() => checkCorpusFormat(join(folder, 'seed')), /manifest\.json: not valid JSON/);
    assert.throws(
      () => checkCorpusFormat(join(folder, 'generated')),
      /format\.json: the document must be an object|not valid JSON/,
    );
  });

  test('a manifest of something else, beside no target, is none of ours', (context) => {
    const folder = temporaryFolder(context);
    write(join(folder, 'manifest.json'), NEWER);
    write(join(folder, 'inputs', 'x'), 'abcd');
    checkCorpusFormat(join(folder, 'inputs'));
  });
});

describe('markCorpusFormat', () => {
  test('marks once, out of sight of the engine, and never changes a mark', (context) => {
    const folder = corpus(temporaryFolder(context), null, null);
    const generated = join(folder, 'generated');
    markCorpusFormat(generated);
    checkCorpusFormat(generated);
    assert.deepEqual(
      readdirSync(generated, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
      ['x'],
    );
    writeFileSync(join(generated, '.vringfuzz', 'format.json'), NEWER);
    markCorpusFormat(generated);
    assert.throws(() => checkCorpusFormat(generated), /vringfuzz 0\.3\.0/);
  });
});

describe('a replay', () => {
  test('leaves a folder of another format out, in one line, and takes the rest', (context) => {
    const folder = corpus(temporaryFolder(context), CURRENT, NEWER);
    write(join(folder, 'generated', 'y'), 'efgh');
    const { inputs, problems } = gatherInputs([folder], undefined);
    assert.deepEqual(
      inputs.map(({ file }) => file),
      [join(folder, 'regression', 'x'), join(folder, 'seed', 'x')],
    );
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /generated are of another format: .*"inputFormat" is 3/);
  });
});
