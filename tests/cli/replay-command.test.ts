// `vringfuzz replay` and `vringfuzz describe` as processes, against a harness that behaves as its input says.

import assert from 'node:assert/strict';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';

import { writeCrash } from '../../src/campaign/crashes/crash-store.js';
import { PLANTED_BUCKET, plantBug, plantedHarness, temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { sampleFinding } from '../campaign/crashes/sample-finding.js';
import { isRefused, runCli } from './run-cli.js';

/** Writes an input and the folders above it. */
function input(folder: string, name: string, content: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

describe('inputs that cannot be replayed', () => {
  const cases: readonly (readonly [name: string, make: (folder: string) => string, message: RegExp])[] = [
    ['a missing file', (folder) => join(folder, 'nowhere'), /no such file: .*nowhere/],
    ['a path through a file', (folder) => join(input(folder, 'canary/x', 'abcd'), 'y'), /cannot read .*y/],
    [
      'a folder without inputs',
      (folder) => dirname(input(folder, 'canary/notes.txt', 'x')),
      /is a folder without inputs/,
    ],
    ['an empty file', (folder) => input(folder, 'canary/x', ''), /is an empty file/],
    ['no known target', (folder) => input(folder, 'x', 'abcd'), /cannot tell the target of .*x: add --target NAME/],
    ['a sidecar', (folder) => input(folder, 'canary/x.json', '{}'), /is JSON, not an input/],
    ['a device', () => '/dev/null', /is not a regular file/],
  ];
  for (const command of ['replay', 'describe']) {
    for (const [name, make, message] of cases) {
      test(`${command}: ${name}`, (context) => {
        const run = runCli(command, make(temporaryFolder(context)));
        assert.ok(isRefused(run, message), JSON.stringify(run));
      });
    }
  }

  test('an oversized file', (context) => {
    const file = input(temporaryFolder(context), 'canary/x', 'abcd');
    truncateSync(file, (1 << 20) + 1);
    const run = runCli('replay', file);
    assert.ok(isRefused(run, /is too large: 1048577 bytes/), JSON.stringify(run));
  });

  test('an unknown target names the nearest', (context) => {
    const file = input(temporaryFolder(context), 'x', 'abcd');
    const run = runCli('replay', file, '--target', 'split_ring_fuzer');
    assert.ok(
      isRefused(run, /unknown target split_ring_fuzer \(did you mean split_ring_fuzzer\?\)/),
      JSON.stringify(run),
    );
  });

  test('nothing runs when one of several inputs is bad', (context) => {
    const folder = temporaryFolder(context);
    const run = runCli('replay', input(folder, 'canary/x', 'abcd'), input(folder, 'canary/y', ''));
    assert.ok(isRefused(run, /is an empty file/), JSON.stringify(run));
  });

  const sidecars: readonly (readonly [name: string, text: string, message: RegExp])[] = [
    ['corrupt', '{"schema": 1,', /sidecar .*x\.json: not valid JSON .*delete the sidecar/],
    ['of another kind', '[]', /sidecar .*x\.json: the document must be an object/],
    ['of a later schema', '{"schema": 9, "inputFormat": 2}', /"schema" is 9, this vringfuzz reads 1/],
    [
      'of another input format',
      '{"schema": 1, "inputFormat": 7}',
      /"inputFormat" is 7, this vringfuzz reads 2; a newer/,
    ],
    ['of format 0', '{"schema": 1, "inputFormat": 0}', /"inputFormat" is 0, .*no vringfuzz ever wrote that/],
    [
      'of the next format',
      '{"schema": 1, "inputFormat": 3, "versions": {"vringfuzz": "0.3.0"}}',
      /sidecar .*x\.json: "inputFormat" is 3, this vringfuzz reads 2; vringfuzz 0\.3\.0 reads it: npx vringfuzz@0\.3\.0/,
    ],
    ['without fields', '{"schema": 1, "inputFormat": 2}', /"[a-z0-9]+" must be/],
  ];
  for (const [name, text, message] of sidecars) {
    test(`a sidecar ${name}`, (context) => {
      const folder = temporaryFolder(context);
      input(folder, 'canary/x.json', text);
      const run = runCli('replay', input(folder, 'canary/x', 'abcd'));
      assert.ok(isRefused(run, message), JSON.stringify(run));
    });
  }

  test('an unknown bug names the nearest', (context) => {
    const folder = temporaryFolder(context);
    plantBug(folder, 'T01', plantedHarness());
    const run = runCli('replay', input(folder, 'canary/x', 'abcd'), '--bugs', folder, '--bug', 'T02');
    assert.ok(isRefused(run, /unknown bug T02 \(did you mean T01\?\)/), JSON.stringify(run));
  });
});

describe('replay', () => {
  const verdicts: readonly (readonly [content: string, status: number, expected: object])[] = [
    ['okay', 0, { verdict: 'ok', oracle: null, bucket: null, reproduced: '4/4', traceHash: '0000000000000000' }],
    ['Find', 77, { verdict: 'finding', oracle: 'unmap-mismatch', bucket: PLANTED_BUCKET, reproduced: '4/4' }],
    ['Rand', 0, { verdict: 'ok', reproduced: '2/4' }],
    ['Bug.', 3, { verdict: 'harness-bug', oracle: null, bucket: null, message: 'planted' }],
    ['Trow', 3, { verdict: 'harness-bug', message: 'planted exception', traceHash: null }],
    ['Hang', 70, { verdict: 'hang', oracle: null, bucket: null, reproduced: '1/1', traceHash: null }],
  ];
  for (const [content, status, expected] of verdicts) {
    test(`an input that means ${JSON.stringify(expected)}`, (context) => {
      const folder = temporaryFolder(context);
      plantBug(folder, 'T01', plantedHarness());
      const file = input(folder, 'crashes/bounce_fuzzer/some-bucket/x', content);
      const run = runCli('replay', file, '--bugs', folder, '--bug', 'T01', '--times', '4', '--timeout', '1', '--json');
      assert.equal(run.status, status, run.stderr);
      const { files } = JSON.parse(run.stdout) as { files: object[] };
      assert.equal(files.length, 1);
      const [result = {}] = files;
      assert.deepEqual(result, { ...result, file, target: 'bounce_fuzzer', bug: 'T01', ...expected });
    });
  }

  test('a folder: every input in order, companions skipped, the gravest exit code, a fresh harness after a hang', (context) => {
    const folder = temporaryFolder(context);
    plantBug(join(folder, 'bugs'), 'T01', plantedHarness());
    for (const [name, content] of [
      ['b/ok', 'o'],
      ['a/hang', 'H'],
      ['c', 'F'],
      ['README.md', 'F'],
      ['.hidden', 'F'],
      ['x.txt', 'F'],
    ]) {
      input(folder, `corpus/canary/${name ?? ''}`, content ?? '');
    }
    const run = runCli(
      'replay',
      join(folder, 'corpus'),
      '--bugs',
      join(folder, 'bugs'),
      '--bug',
      'T01',
      '--timeout',
      '1',
    );
    assert.equal(run.status, 70, run.stderr);
    const lines = run.stdout.split('\n');
    assert.match(lines[0] ?? '', /^hang {2}.*a\/hang {2}1\/1$/);
    assert.match(lines[1] ?? '', /^ok {2}.*b\/ok {2}10\/10$/);
    assert.match(lines[2] ?? '', /^finding {2}.*\/c {2}unmap-mismatch {2}\S+ {2}10\/10$/);
    assert.equal(lines[3], '    every unmap has the size of its map');
    assert.equal(lines.length, 5);
  });

  test('the ok inputs of a folder share a line, unless --verbose asks for one each or one is asked for by name', (context) => {
    const folder = temporaryFolder(context);
    plantBug(join(folder, 'bugs'), 'T01', plantedHarness());
    for (const name of ['a', 'b', 'c/x', 'c/y', 'c/z']) input(folder, `corpus/canary/${name}`, 'o');
    input(folder, 'corpus/canary/c/f', 'F');
    const bug = ['--bugs', join(folder, 'bugs'), '--bug', 'T01'];
    const canary = join(folder, 'corpus', 'canary');
    const run = runCli('replay', canary, ...bug, '--times', '3');
    assert.equal(run.status, 77, run.stderr);
    const [first, finding, claim, last, ...more] = run.stdout.trimEnd().split('\n');
    assert.match(finding ?? '', /^finding {2}.*\/c\/f {2}unmap-mismatch {2}\S+ {2}3\/3$/);
    assert.equal(claim, '    every unmap has the size of its map');
    assert.deepEqual([first, last], [`ok  ${canary}  2 inputs  3/3`, `ok  ${join(canary, 'c')}  3 inputs  3/3`]);
    assert.deepEqual(more, []);
    const verbose = runCli('replay', canary, ...bug, '--once', '--verbose').stdout;
    assert.equal(verbose.match(/^ok {2}.*\/[abxyz] {2}1\/1$/gm)?.length, 5);
    const named = runCli('replay', join(canary, 'a'), join(canary, 'b'), ...bug, '--once');
    assert.deepEqual(
      [named.status, named.stdout],
      [0, `ok  ${join(canary, 'a')}  1/1\nok  ${join(canary, 'b')}  1/1\n`],
    );
  });

  test('files of a folder that cannot be used are named, the rest is replayed, and the exit code says so', (context) => {
    const folder = temporaryFolder(context);
    const canary = join(folder, 'canary');
    for (const name of ['bucket/good', 'bucket/newer', 'generated/x']) input(folder, `canary/${name}`, 'abcd');
    input(folder, 'canary/bucket/newer.json', '{"schema": 1, "inputFormat": 3, "versions": {"vringfuzz": "0.3.0"}}');
    input(folder, 'canary/bucket/empty', '');
    input(folder, 'canary/generated/.vringfuzz/format.json', '{"schema": 1, "inputFormat": 0}');
    const run = runCli('replay', canary, '--once', '--json');
    assert.equal(run.status, 2, run.stderr);
    const { schema, files, problems } = JSON.parse(run.stdout) as {
      schema: number;
      files: { file: string }[];
      problems: string[];
    };
    assert.equal(schema, 1);
    assert.deepEqual(
      files.map(({ file }) => file),
      [join(canary, 'bucket', 'good')],
    );
    assert.equal(problems.length, 3);
    assert.deepEqual(run.stderr, problems.map((line) => `vringfuzz: ${line}\n`).join(''));
    assert.match(run.stderr, /empty is an empty file/);
    assert.match(run.stderr, /newer\.json: "inputFormat" is 3, .*npx vringfuzz@0\.3\.0/);
    assert.match(run.stderr, /generated are of another format: .*"inputFormat" is 0, .*no vringfuzz ever wrote that/);
  });

  test('--trace prints every step', (context) => {
    const folder = temporaryFolder(context);
    plantBug(folder, 'T01', plantedHarness());
    const bug = ['--bugs', folder, '--bug', 'T01', '--once', '--trace'];
    const run = runCli('replay', input(folder, 'canary/x', 'F'), input(folder, 'canary/y', 'o'), ...bug);
    assert.equal(run.status, 77, run.stderr);
    assert.equal(run.stdout.match(/^ {3}1 {2}getBuf\n {8}unmap {5}dma 0x1000 size 8$/gm)?.length, 2);
    assert.match(run.stdout, /FINDING unmap-mismatch[\s\S]*\nok {2}.*\ny?[\s\S]*\nOK\n/);
    const json = runCli('replay', join(folder, 'canary', 'y'), ...bug, '--json');
    const { files } = JSON.parse(json.stdout) as { files: { trace: { steps: object[] } }[] };
    assert.equal(files[0]?.trace.steps.length, 1);
  });

  test('a sidecar decides target and build', (context) => {
    const folder = temporaryFolder(context);
    plantBug(folder, 'T01', plantedHarness());
    for (const text of ['F1', 'F2']) {
      writeCrash({
        directory: join(folder, 'found'),
        target: 'packed_ring_fuzzer',
        bytes: Buffer.from(text),
        finding: sampleFinding(),
        trace: null,
        seed: 7,
        bug: 'T01',
      });
    }
    const run = runCli('replay', join(folder, 'found'), '--bugs', folder, '--json');
    assert.equal(run.status, 77, run.stderr);
    const { files } = JSON.parse(run.stdout) as { files: { target: string }[] };
    assert.deepEqual(
      files.map((file) => file.target),
      ['packed_ring_fuzzer', 'packed_ring_fuzzer'],
    );
    assert.equal(run.stderr, 'vringfuzz: the sidecar names bug T01: using the build with it\n');
    assert.match(runCli('replay', join(folder, 'found')).stderr, /bug T01, which is not in the bug bank/);
  });
});

describe('describe', () => {
  test('a finding: configuration, steps, claim, numbers side by side', (context) => {
    const folder = temporaryFolder(context);
    plantBug(folder, 'T01', plantedHarness());
    const run = runCli('describe', input(folder, 'x', 'F'), '--target', 'canary', '--bugs', folder, '--bug', 'T01');
    assert.deepEqual([run.status, run.stderr], [0, '']);
    for (const part of [
      'canary, build with bug T01',
      'canary num=4',
      '   1  getBuf\n        unmap     dma 0x1000 size 8\n',
      'FINDING unmap-mismatch',
      'src/driver/split-queue.ts:detach (line 7)',
      'desc[2].len',
      'dma=0x1000 cpu=0x2000 size=8 direction=to device',
      '    dma   0x1000    0x1000\n    size  8         4096    <\n',
    ]) {
      assert.ok(run.stdout.includes(part), `${part}\nmissing in\n${run.stdout}`);
    }
  });

  test('--json is one document', (context) => {
    const folder = temporaryFolder(context);
    plantBug(folder, 'T01', plantedHarness());
    const run = runCli(
      'describe',
      input(folder, 'x', 'F'),
      '--target',
      'canary',
      '--bugs',
      folder,
      '--bug',
      'T01',
      '--json',
    );
    const document = JSON.parse(run.stdout) as { verdict: string; finding: { step: number }; trace: { hash: string } };
    assert.deepEqual([document.verdict, document.finding.step, document.trace.hash], ['finding', 1, '0'.repeat(16)]);
  });

  test('a folder of several inputs is refused', (context) => {
    const folder = temporaryFolder(context);
    input(folder, 'canary/a', 'a');
    input(folder, 'canary/b', 'b');
    const run = runCli('describe', join(folder, 'canary'));
    assert.ok(isRefused(run, /holds several inputs/), JSON.stringify(run));
  });
});
