// The statistics, as a reader of AFL++'s files takes them apart.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { type FuzzerStats, fuzzerStatsText } from '../../../src/campaign/crashes/fuzzer-stats.js';

const STATS: FuzzerStats = {
  ...{ start_time: 1_700_000_000.4, last_update: 1_700_000_100, run_time: 100.2, fuzzer_pid: 42, cycles_done: 0 },
  ...{ cur_item: 0, pending_total: 0, pending_favs: 0 },
  ...{ time_wo_finds: 3, execs_done: 1234567, execs_per_sec: 12345.678, execs_ps_last_min: 11111.1 },
  ...{ corpus_count: 99, stability: 100, bitmap_cvg: 72.394, saved_crashes: 2, saved_hangs: 1 },
  ...{
    last_find: 1_700_000_097,
    last_crash: 0,
    last_hang: 0,
    exec_timeout: 10000,
    peak_rss_mb: 190,
    edges_found: 569,
    total_edges: 786,
  },
  ...{ afl_banner: 'split_ring_fuzzer (V01)', afl_version: 'vringfuzz 0.1.0', target_mode: 'persistent' },
  command_line: 'vringfuzz fuzz\nsplit_ring_fuzzer',
};

/** Names and values, as afl-whatsup has them: cut at the first colon, blanks around it dropped. */
function parsed(text: string): Record<string, string> {
  const lines = text.trimEnd().split('\n');
  const pairs = lines.map((line) => {
    const [, name = assert.fail(line), value = ''] = /^([a-z_]+) *: *(.*)$/.exec(line) ?? [];
    return [name, value] as const;
  });
  return Object.fromEntries(pairs);
}

describe('fuzzerStatsText', () => {
  test('has one line a field, the numbers in the form of AFL++', () => {
    const values = parsed(fuzzerStatsText(STATS));
    assert.deepEqual(Object.keys(values), Object.keys(STATS));
    assert.equal(values['start_time'], '1700000000');
    assert.equal(values['execs_per_sec'], '12345.68');
    assert.equal(values['bitmap_cvg'], '72.39%');
    assert.equal(values['stability'], '100.00%');
    assert.equal(values['command_line'], 'vringfuzz fuzz split_ring_fuzzer');
  });

  test('pads names as AFL++ does', () => {
    assert.match(fuzzerStatsText(STATS), /^start_time {8}: 1700000000\nlast_update {7}: /);
  });
});
