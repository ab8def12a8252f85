// Which files of a folder are inputs, and whose they are.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';

import { collectInputs } from '../../../src/campaign/replay/replay-inputs.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

test('a folder of findings: the inputs, not what lies beside them', (context) => {
  const folder = join(temporaryFolder(context), 'crashes', 'split_ring_fuzzer');
  const inputs = [`bucket/crash-${'0'.repeat(40)}`, `bucket/minimised-${'1'.repeat(40)}`];
  const others = ['bucket/README.md', 'bucket/triage.json', 'bucket/.crash-2.123.tmp'];
  for (const name of [...inputs, ...others, 'campaign.json', 'plot_data', 'fuzzer_stats']) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), 'abcd');
  }
  const found = collectInputs([folder], undefined);
  assert.deepEqual(
    found.map(({ file, target }) => [basename(file), target]),
    inputs.map((name) => [basename(name), 'split_ring_fuzzer']),
  );
});

test('a name of ClusterFuzz says the target; a folder with a target is heard first, and a part of a word is no target', (context) => {
  const root = temporaryFolder(context);
  const targetOf = (path: string): string | undefined => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'abcd');
    return collectInputs([file], undefined)[0]?.target;
  };
  assert.equal(targetOf('clusterfuzz-testcase-minimized-raw_ring_fuzzer-6543210987'), 'raw_ring_fuzzer');
  assert.equal(targetOf('bounce_fuzzer/clusterfuzz-testcase-raw_ring_fuzzer-1'), 'bounce_fuzzer');
  assert.throws(() => targetOf('my_raw_ring_fuzzer_input'), /cannot tell the target/);
});
