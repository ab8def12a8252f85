// `vringfuzz races`: what it finds and how it says it, and what it refuses.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { committedCorpus } from '../../src/campaign/paths.js';
import { type CliRun, isRefused, runCli } from './run-cli.js';

const SPLIT = join(committedCorpus(), 'split_ring_fuzzer', 'seed', 'split-out-of-order');
const PACKED = join(committedCorpus(), 'packed_ring_fuzzer', 'seed', 'packed-chain-across-the-end');
const BOUNCE = join(committedCorpus(), 'bounce_fuzzer', 'seed', 'premapped-and-synced');

describe('races', () => {
  test('the driver as it is is silent, at loads and in map and unmap', () => {
    const run = runCli('races', SPLIT, PACKED, BOUNCE, '--at', 'all', '--limit', '800');
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /used\.ring\[\]\.id \d+/);
    assert.match(run.stdout, /unmap: desc\[\]\.flags \d+/);
    assert.match(run.stdout, /\n3 inputs, .*; nothing found\n$/);
  });

  test('a second fetch is named with its load and value, and shown again by the command beside it', () => {
    const run = runCli('races', SPLIT, '--bug', 'double-fetch-used-id', '--silence', 'double-fetch');
    assert.equal(run.status, 77, run.stderr);
    assert.doesNotMatch(run.stdout, /npx vringfuzz replay/, 'stored although an oracle is silent');
    assert.match(run.stdout, /\n {4}load \d+ \(used\.ring\[\d\]\.id\) := 0x\w+, in getBuf of step \d+\n/);
    const line = /npx vringfuzz (races .* --only \d+=0x\w+ --trace)/.exec(run.stdout)?.[1] ?? '';
    const again = runCli(...line.split(' '));
    assert.equal(again.status, 77, line + again.stderr);
    assert.match(
      again.stdout,
      /device writes used\.ring\[\d\]\.id = (0x\w+)\n.*driver reads used\.ring\[\d\]\.id = \1\n/,
    );
  });

  test('values of the caller are tried instead, cut to the width of each field', () => {
    const run = runCli('races', SPLIT, '--values', '0x10002,7', '--json');
    assert.equal(run.status, 0, run.stderr);
    const { files } = JSON.parse(run.stdout) as { files: { groups: Record<string, number>; runs: number }[] };
    const ours = runCli('races', SPLIT, '--json');
    const all = (JSON.parse(ours.stdout) as { files: { runs: number }[] }).files[0]?.runs ?? 0;
    assert.ok((files[0]?.runs ?? 0) > 10 && (files[0]?.runs ?? 0) < all / 3);
  });

  test('one race by name, as JSON', () => {
    const run = runCli('races', SPLIT, '--only', '2=0xffff', '--json', '--trace');
    const document = JSON.parse(run.stdout) as { only: string; verdict: string; trace: { steps: unknown[] } };
    assert.deepEqual([run.status, document.only, document.verdict], [0, '2=0xffff', 'ok']);
    assert.ok(document.trace.steps.length > 3);
  });
});

describe('races: wrong use', () => {
  const only = (text: string): CliRun => runCli('races', SPLIT, '--only', text);

  test('what is no race, a load that does not come, a value that is too wide, a field that is not there', () => {
    assert.ok(isRefused(only('map:3'), /not a race: map:3 \(type a load and a value/));
    assert.ok(isRefused(only('9999=1'), /9999=1 does not happen: the input comes to \d+ of load, 1 to \d+/));
    assert.ok(isRefused(only('1=0x123456789'), /0x123456789 does not fit into \d bytes/));
    assert.ok(isRefused(only('unmap:1:desc[99].len=1'), /no field desc\[99\]\.len at unmap 1; one of desc\[0\]\.addr/));
  });

  test('values that are none, places that are none, no file', () => {
    assert.ok(isRefused(runCli('races', SPLIT, '--values', '1,x'), /not a value: x/));
    assert.equal(runCli('races', SPLIT, '--at', 'stores').status, 2);
    assert.equal(runCli('races').status, 2);
  });
});
