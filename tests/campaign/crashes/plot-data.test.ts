// The plot of a campaign: the columns of AFL++, complete lines only.

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import {
  PLOT_COLUMNS,
  PLOT_FILE,
  PLOT_HEADER,
  type PlotRow,
  appendPlot,
  plotLine,
  readPlot,
  resumePlot,
  startPlot,
} from '../../../src/campaign/crashes/plot-data.js';
import { EnvironmentError } from '../../../src/campaign/errors.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const ROW = Object.fromEntries(PLOT_COLUMNS.map((column, index) => [column, index])) as unknown as PlotRow;

describe('plot_data', () => {
  test('the first columns are those of AFL++ 4, in its order and form', () => {
    assert.ok(
      PLOT_HEADER.startsWith(
        '# relative_time, cycles_done, cur_item, corpus_count, pending_total, pending_favs, map_size, saved_crashes, ' +
          'saved_hangs, max_depth, execs_per_sec, total_execs, edges_found, total_crashes, servers_count',
      ),
    );
    const line = plotLine({ ...ROW, map_size: 12.345, execs_per_sec: 1234.5, relative_time: 7.6 });
    assert.equal(line, '8, 1, 2, 3, 4, 5, 12.35%, 7, 8, 9, 1234.50, 11, 12, 13, 14, 15, 16\n');
  });

  test('reads back what was added, in order', (context) => {
    const folder = temporaryFolder(context);
    assert.deepEqual(readPlot(folder), []);
    startPlot(folder);
    appendPlot(folder, ROW);
    appendPlot(folder, { ...ROW, relative_time: 5 });
    assert.deepEqual(readPlot(folder), [ROW, { ...ROW, relative_time: 5 }]);
  });

  test('a line that was cut off is no row, and goes before further rows come', (context) => {
    const folder = temporaryFolder(context);
    startPlot(folder);
    appendPlot(folder, ROW);
    const whole = readFileSync(join(folder, PLOT_FILE), 'utf8');
    // Cut within a number, so that what is left would still parse.
    appendFileSync(join(folder, PLOT_FILE), plotLine({ ...ROW, states: 1234 }).slice(0, -3));
    assert.deepEqual(readPlot(folder), [ROW]);
    resumePlot(folder);
    assert.equal(readFileSync(join(folder, PLOT_FILE), 'utf8'), whole);
    appendPlot(folder, ROW);
    assert.equal(readPlot(folder).length, 2);
  });

  test('resuming leaves a whole file as it is, and begins anew where there is none or another', (context) => {
    const folder = temporaryFolder(context);
    resumePlot(folder);
    appendPlot(folder, ROW);
    resumePlot(folder);
    assert.equal(readPlot(folder).length, 1);
    writeFileSync(join(folder, PLOT_FILE), '# other, columns\n1, 2\n');
    resumePlot(folder);
    assert.equal(readFileSync(join(folder, PLOT_FILE), 'utf8'), PLOT_HEADER);
  });

  test('a folder that takes no rows is an environment error', (context) => {
    assert.throws(() => appendPlot(join(temporaryFolder(context), 'missing'), ROW), EnvironmentError);
  });
});
