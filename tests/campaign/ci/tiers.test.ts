// The stages of each tier, and that every one of them is a command line that vringfuzz takes.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { type CiOptions, stagesOf } from '../../../src/campaign/ci/tiers.js';
import { parseDuration } from '../../../src/campaign/duration.js';
import { runCli } from '../../cli/run-cli.js';

const OPTIONS: CiOptions = {
  tier: 'quick',
  targets: [],
  time: null,
  jobs: 1,
  seed: null,
  inputs: ['corpus/split_ring_fuzzer/seed'],
  crashes: 'crashes',
  corpus: null,
  knownIssues: null,
  bug: null,
  driver: null,
  output: 'ci-report',
};

const names = (options: Partial<CiOptions>): readonly string[] =>
  stagesOf({ ...OPTIONS, ...options }).map(({ name }) => name);

const fuzzOf = (options: Partial<CiOptions>): readonly string[] =>
  stagesOf({ ...OPTIONS, ...options }).find(({ name }) => name === 'fuzz')?.command ?? [];

function seconds(command: readonly string[]): number {
  return parseDuration(command[command.indexOf('--time') + 1] ?? '');
}

describe('tiers', () => {
  test('committed inputs run before anything is fuzzed, and findings are triaged after', () => {
    assert.deepEqual(names({ tier: 'quick' }), ['replay', 'fuzz', 'triage']);
    assert.deepEqual(names({ tier: 'pr' }), ['replay', 'fuzz', 'triage']);
    const nightly = ['doctor', 'replay', 'fail-each', 'fuzz', 'triage', 'merge', 'corpus', 'coverage'];
    assert.deepEqual(names({ tier: 'nightly' }), nightly);
  });

  test('quick leaves room below a minute, pr below ten, and only nightly goes on after a finding', () => {
    assert.ok(seconds(fuzzOf({ tier: 'quick' })) <= 40);
    assert.ok(seconds(fuzzOf({ tier: 'pr' })) < 600);
    assert.deepEqual(
      (['quick', 'pr', 'nightly'] as const).map((tier) => fuzzOf({ tier }).includes('--keep-going')),
      [false, false, true],
    );
  });

  test('failures are placed with the folder of findings and the accepted buckets of the run', () => {
    const options = { ...OPTIONS, tier: 'nightly', crashes: 'found', knownIssues: 'known.json' } as const;
    const command =
      stagesOf(options)
        .find(({ name }) => name === 'fail-each')
        ?.command.join(' ') ?? '';
    assert.match(command, / --crashes found --known-issues known\.json/);
  });

  test('a planted bug never touches the corpus', () => {
    assert.ok(!names({ tier: 'nightly', bug: 'any' }).includes('merge'));
  });

  test('another driver is named in every stage that runs it; what is known of our own alone is left out', () => {
    const driver = { name: 'linux:0123', findings: 'crashes/driver-linux-6.12', isLinux: true };
    const stages = stagesOf({ ...OPTIONS, tier: 'nightly', driver });
    const expected = ['doctor', 'replay', 'fail-each', 'fuzz', 'triage', 'merge', 'coverage'];
    assert.deepEqual(
      stages.map(({ name }) => name),
      expected,
    );
    for (const { name, command } of stages.slice(1)) assert.ok(command.join(' ').includes('--driver linux:0123'), name);
    assert.deepEqual(stages.at(-1)?.command.slice(0, 2), ['linux', 'coverage']);
    const javascript = { ...driver, isLinux: false };
    assert.ok(!names({ tier: 'nightly', driver: javascript }).includes('coverage'));
  });

  test('without committed inputs nothing is replayed', () => {
    assert.deepEqual(names({ inputs: [] }), ['fuzz', 'triage']);
    assert.ok(!names({ tier: 'nightly', inputs: [] }).includes('fail-each'));
  });

  test('every option of every stage is one of its command', () => {
    const all: Partial<CiOptions> = {
      tier: 'nightly',
      targets: ['split_ring_fuzzer'],
      time: '1m',
      jobs: 2,
      seed: 7,
      corpus: 'corpus',
      knownIssues: 'known-issues.json',
    };
    const driver = { name: 'x.js', findings: 'crashes/driver-x', isLinux: false };
    const runs = [all, { ...all, bug: 'any' }, { ...all, driver }];
    const stages = runs.flatMap((run) => stagesOf({ ...OPTIONS, ...run }));
    for (const name of new Set(stages.map((stage) => stage.name))) {
      const help = runCli(name, '--help').stdout + (name === 'corpus' ? runCli(name, 'stats', '--help').stdout : '');
      const options = stages.filter((stage) => stage.name === name).flatMap(({ command }) => command);
      for (const option of options.filter((word) => word.startsWith('--'))) {
        assert.match(help, new RegExp(`${option}\\b`), `${name} takes ${option}`);
      }
    }
  });
});
