// What a campaign finds in its folder, and what it writes there.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import {
  CAMPAIGN_FILE,
  readCampaignRecord,
  writeCampaignRecord,
} from '../../../src/campaign/crashes/campaign-record.js';
import { readCrashFolder } from '../../../src/campaign/crashes/crash-folder.js';
import {
  PLOT_COLUMNS,
  PLOT_FILE,
  PLOT_HEADER,
  type PlotRow,
  readPlot,
} from '../../../src/campaign/crashes/plot-data.js';
import { CampaignJournal } from '../../../src/campaign/fuzzing/campaign-journal.js';
import { removeUnfinished } from '../../../src/campaign/fuzzing/leftovers.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';
import { sampleRecord } from '../crashes/sample-record.js';

const TARGET = 'split_ring_fuzzer';
const ROW = Object.fromEntries(PLOT_COLUMNS.map((column) => [column, 1])) as unknown as PlotRow;

function open(
  folder: string,
  bug: string | null = 'V01',
  driver: string | null = null,
): { journal: CampaignJournal; warnings: string[] } {
  const warnings: string[] = [];
  const journal = new CampaignJournal({ folder, target: TARGET, bug, driver, warn: (text) => warnings.push(text) });
  return { journal, warnings };
}

/** A process that does nothing until the test ends. */
function otherProcess(context: TestContext): number {
  const child: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
  context.after(() => child.kill('SIGKILL'));
  return child.pid ?? assert.fail();
}

/** The id of a process that is gone. */
const GONE = 2 ** 22 + 1;

describe('CampaignJournal', () => {
  test('resumes the record and the plot of the same build', (context) => {
    const folder = temporaryFolder(context);
    const first = open(folder);
    assert.equal(first.journal.before, null);
    first.journal.writeRecord(sampleRecord());
    first.journal.plot(ROW);
    first.journal.close();
    const second = open(folder);
    assert.deepEqual(second.journal.before, sampleRecord());
    second.journal.plot(ROW);
    assert.equal(readPlot(folder).length, 2);
    assert.deepEqual([...first.warnings, ...second.warnings], []);
  });

  test('begins anew for another build', (context) => {
    const folder = temporaryFolder(context);
    const { journal } = open(folder);
    journal.writeRecord(sampleRecord());
    journal.plot(ROW);
    for (const bug of [null, 'V02']) {
      const other = open(folder, bug);
      assert.deepEqual([other.journal.before, readPlot(folder), other.warnings], [null, [], []]);
      other.journal.writeRecord(sampleRecord({ bug }));
      other.journal.plot(ROW);
    }
  });

  test('begins anew for another driver, and goes on for the same one', (context) => {
    const folder = temporaryFolder(context);
    const driver = { name: 'mine', version: '1', source: './mine.js', sha256: '0'.repeat(64) };
    open(folder, 'V01', 'mine').journal.writeRecord(sampleRecord({ driver }));
    assert.equal(open(folder, 'V01').journal.before, null);
    assert.equal(open(folder, 'V01', 'other').journal.before, null);
    assert.deepEqual(open(folder, 'V01', 'mine').journal.before?.driver, driver);
  });

  test('moves a record aside that cannot be read, with its plot, and says so', (context) => {
    const crashes = temporaryFolder(context);
    const folder = join(crashes, TARGET);
    mkdirSync(folder);
    for (const number of ['', '-2']) {
      writeFileSync(join(folder, CAMPAIGN_FILE), '{"schema": 1, "tar');
      writeFileSync(join(folder, PLOT_FILE), `${PLOT_HEADER}7\n`);
      const { journal, warnings } = open(folder);
      assert.equal(journal.before, null);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', new RegExp(`campaign\\.json: .*campaign\\.unreadable${number}\\.json now`));
      assert.equal(readFileSync(join(folder, `campaign.unreadable${number}.json`), 'utf8'), '{"schema": 1, "tar');
      assert.ok(existsSync(join(folder, `plot_data.unreadable${number}.txt`)));
      journal.writeRecord(sampleRecord());
      journal.close();
      assert.deepEqual(readCrashFolder(crashes).problems, []);
    }
  });

  test('does not write what another campaign writes', (context) => {
    const folder = temporaryFolder(context);
    writeCampaignRecord(folder, sampleRecord());
    const other = otherProcess(context);
    writeFileSync(join(folder, `.campaign.${String(other)}.tmp`), '');
    const { journal, warnings } = open(folder);
    journal.writeRecord(sampleRecord({ executions: 5 }));
    journal.plot(ROW);
    journal.close();
    assert.match(warnings.join('\n'), new RegExp(`another campaign \\(process ${String(other)}\\)`));
    assert.equal(readCampaignRecord(folder)?.executions, sampleRecord().executions);
    assert.deepEqual([journal.before, existsSync(join(folder, PLOT_FILE))], [null, false]);
  });

  test('a claim of a process that is gone, or one that was not renewed, means nothing', (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, `.campaign.${String(GONE)}.tmp`), '');
    const old = join(folder, `.campaign.${String(otherProcess(context))}.tmp`);
    writeFileSync(old, '');
    utimesSync(old, 0, 0);
    assert.deepEqual(open(folder).warnings, []);
  });

  test('what cannot be written is told once and ends nothing', (context) => {
    const folder = temporaryFolder(context);
    const { journal, warnings } = open(folder);
    mkdirSync(join(folder, CAMPAIGN_FILE));
    journal.writeRecord(sampleRecord());
    journal.writeRecord(sampleRecord());
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /cannot write .*campaign\.json: .*; the campaign goes on$/);
  });

  test('leaves no claim behind', (context) => {
    const folder = temporaryFolder(context);
    const { journal } = open(folder);
    journal.writeRecord(sampleRecord());
    journal.close();
    assert.deepEqual(readdirSync(folder).sort(), [CAMPAIGN_FILE, PLOT_FILE]);
  });
});

describe('removeUnfinished', () => {
  test('removes what processes that are gone left half written, and nothing else', (context) => {
    const folder = temporaryFolder(context);
    const bucket = join(folder, 'bucket');
    mkdirSync(bucket);
    const alive = otherProcess(context);
    const kept = ['crash-1', 'crash-1.json', `.crash-2.${String(alive)}.tmp`, 'notes.tmp', '.hidden'];
    const removed = [`.crash-2.${String(GONE)}.tmp`, `.campaign.json.${String(GONE)}.tmp`, `.probe-${String(GONE)}`];
    for (const place of [folder, bucket]) {
      for (const name of [...kept, ...removed, `.own.${String(process.pid)}.tmp`])
        appendFileSync(join(place, name), 'x');
    }
    removeUnfinished(folder);
    assert.deepEqual(readdirSync(bucket).sort(), [...kept].sort());
    assert.deepEqual(readdirSync(folder).sort(), [...kept, 'bucket'].sort());
    removeUnfinished(join(folder, 'missing'));
  });
});
