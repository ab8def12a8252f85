// Versions of the input format: what is refused, and that the message names the release to use.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { INPUT_FORMAT, formatProblem } from '../../../src/campaign/corpus/input-format.js';

describe('formatProblem', () => {
  test('nothing is wrong with the current version', () => {
    assert.equal(formatProblem(INPUT_FORMAT, null), null);
    assert.equal(formatProblem(INPUT_FORMAT, '9.9.9'), null);
  });

  test('a newer one names the release that wrote it, or the latest', () => {
    assert.equal(
      formatProblem(3, '0.3.0'),
      '"inputFormat" is 3, this vringfuzz reads 2; vringfuzz 0.3.0 reads it: npx vringfuzz@0.3.0',
    );
    assert.match(formatProblem(3, null) ?? '', /a newer vringfuzz wrote it: npx vringfuzz@latest$/);
  });

  test('a retired one names the last release that runs it, whoever wrote the file', () => {
    const retired = new Map([[7, '0.2.5']]);
    assert.match(formatProblem(7, '0.1.0', retired) ?? '', /vringfuzz 0\.2\.5 reads it: npx vringfuzz@0\.2\.5$/);
  });

  for (const version of [0, -1, 1.5, '1', null, undefined, {}]) {
    test(`${version === undefined ? 'a missing one' : JSON.stringify(version)} was never written`, () => {
      assert.match(
        formatProblem(version, null) ?? '',
        /^"inputFormat" is .+, this vringfuzz reads 2; no vringfuzz ever wrote that$/,
      );
    });
  }
});
