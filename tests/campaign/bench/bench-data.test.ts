// The data file: what a killed benchmark leaves is read, what is not a benchmark's is refused.

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import {
  DATA_FILE,
  appendLine,
  prepareDataFolder,
  readBenchData,
  requireBenchData,
} from '../../../src/campaign/bench/bench-data.js';
import { EnvironmentError, UsageError } from '../../../src/campaign/errors.js';
import { SESSION, bugLine, trialLine } from '../../report/bench/sample-bench.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const TRIAL = trialLine({ engine: 'random', bug: 'fast', trial: 1, seconds: 3 });

describe('bench data', () => {
  test('is read as it was written; a later line of the same trial or bug replaces the earlier', (context) => {
    const folder = temporaryFolder(context);
    prepareDataFolder(folder);
    const again = trialLine({ engine: 'random', bug: 'fast', trial: 1, seconds: 5 });
    const other = trialLine({ engine: 'random', bug: 'fast', trial: 1, seconds: 5, corpus: 'committed' });
    for (const line of [SESSION, bugLine('fast'), bugLine('fast', { showing: 1 }), TRIAL, again, other]) {
      appendLine(folder, line);
    }
    const data = readBenchData(folder);
    assert.deepEqual(data.sessions, [SESSION]);
    assert.deepEqual([...data.bugs.values()], [bugLine('fast', { showing: 1 })]);
    assert.deepEqual(data.trials, [again, other]);
  });

  test('a torn last line is passed over, and dropped before the next one is written', (context) => {
    const folder = temporaryFolder(context);
    prepareDataFolder(folder);
    appendLine(folder, TRIAL);
    appendFileSync(join(folder, DATA_FILE), '{"kind":"trial","eng');
    assert.deepEqual(readBenchData(folder).trials, [TRIAL]);
    prepareDataFolder(folder);
    appendLine(folder, trialLine({ engine: 'random', bug: 'fast', trial: 2, seconds: 3 }));
    assert.equal(readBenchData(folder).trials.length, 2);
    assert.ok(!readFileSync(join(folder, DATA_FILE), 'utf8').includes('"eng{'));
  });

  test('refuses lines that are none of its own, and other versions', (context) => {
    const folder = temporaryFolder(context);
    const file = join(folder, DATA_FILE);
    for (const [text, message] of [
      ['{"kind":"session","schema":1}\nnonsense\n', /line 2/],
      ['{"kind":"trial","engine":"other","corpus":"none"}\n', /line 1/],
      [`${JSON.stringify({ ...SESSION, schema: 2 })}\n`, /version 2/],
    ] as const) {
      writeFileSync(file, text);
      assert.throws(
        () => readBenchData(folder),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    }
  });

  test('asks for data where some must be, and for a folder of its own', (context) => {
    const folder = temporaryFolder(context);
    assert.throws(() => requireBenchData(folder), /holds no trials\.jsonl/);
    writeFileSync(join(folder, 'something'), '');
    assert.throws(() => prepareDataFolder(folder), /holds files but no trials\.jsonl/);
    assert.throws(() => appendLine(join(folder, 'something'), TRIAL), EnvironmentError);
  });
});
