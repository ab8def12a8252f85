// Every input that once failed, for ever: what vringfuzz triage --promote keeps must pass on the driver as it is.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { committedCorpus } from '../../../src/campaign/paths.js';
import { TARGETS } from '../../../src/target/targets.js';
import { execute } from '../../../src/world/execute.js';

describe('inputs that once failed', () => {
  let inputs = 0;
  for (const target of TARGETS) {
    const folder = join(committedCorpus(), target.name, 'regression');
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).filter((file) => !file.startsWith('.'))) {
      inputs++;
      test(`${target.name}: ${name}`, () => {
        const verdict = execute(target, Uint8Array.from(readFileSync(join(folder, name))));
        assert.equal(verdict.kind === 'finding' ? verdict.finding.bucket : verdict.kind, 'ok');
      });
    }
  }

  test('are there', () => {
    assert.ok(inputs > 0);
  });
});
