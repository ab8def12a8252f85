// Findings on disk: complete, never overwritten, and refused with a reason when they cannot be written or read.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { writeFailure } from '../../../src/campaign/atomic-file.js';
import { type CrashOptions, safeFileName, writeCrash } from '../../../src/campaign/crashes/crash-store.js';
import { EnvironmentError, UsageError } from '../../../src/campaign/errors.js';
import { readSidecar } from '../../../src/campaign/crashes/sidecar.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';
import { sampleFinding } from './sample-finding.js';

const TRACE = {
  configuration: 'split num=4',
  steps: [{ number: 1, title: 'addSgs', events: [{ kind: 'map', text: 'dma 0x1000' }] }],
  hash: '0123456789abcdef',
};

function crash(context: TestContext, changes: Partial<CrashOptions> = {}): CrashOptions {
  return {
    directory: temporaryFolder(context),
    target: 'split_ring_fuzzer',
    bytes: Uint8Array.of(1, 2, 3, 4),
    finding: sampleFinding(),
    trace: TRACE,
    seed: 42,
    bug: null,
    ...changes,
  };
}

describe('writeCrash', () => {
  test('stores the input under its hash and all of the finding beside it', (context) => {
    const options = crash(context);
    const { file, sidecar } = writeCrash(options);
    const sha1 = createHash('sha1').update(options.bytes).digest('hex');
    assert.equal(file, join(options.directory, 'split_ring_fuzzer', options.finding.bucket, `crash-${sha1}`));
    assert.deepEqual(new Uint8Array(readFileSync(file)), options.bytes);

    const { versions, createdAt, ...document } = readSidecar(sidecar);
    assert.deepEqual(document, {
      schema: 2,
      inputFormat: 2,
      target: 'split_ring_fuzzer',
      seed: 42,
      bug: null,
      ...options.finding,
      trace: TRACE,
      sha1,
      size: 4,
    });
    assert.equal(versions.node, process.versions.node);
    assert.ok(!Number.isNaN(Date.parse(createdAt ?? '')));
  });

  test('keeps what an input needs besides its bytes, in a version of its own', (context) => {
    const { sidecar } = writeCrash(crash(context, { placement: 'map:3,17=0x9' }));
    const { schema, placement } = readSidecar(sidecar);
    assert.deepEqual([schema, placement], [3, 'map:3,17=0x9']);
    writeFileSync(sidecar, readFileSync(sidecar, 'utf8').replace('map:3,', 'mop:3,'));
    assert.throws(() => readSidecar(sidecar), /"placement" must be a placement, such as map:3/);
  });

  test('reads back a finding without mapping, field, line, trace and seed', (context) => {
    const { mapping: _mapping, field: _field, ...finding } = sampleFinding({ site: { file: 'unknown', function: '' } });
    const read = readSidecar(writeCrash(crash(context, { finding, trace: null, seed: null })).sidecar);
    assert.deepEqual([read.trace, read.seed, 'mapping' in read, 'field' in read], [null, null, false, false]);
  });

  test('keeps what minimising made beside it, under a name of its own', (context) => {
    const options = crash(context);
    const original = writeCrash(options).file;
    const { file } = writeCrash({ ...options, bytes: Uint8Array.of(1), kind: 'minimised' });
    assert.equal(dirname(file), dirname(original));
    assert.match(file, /minimised-[0-9a-f]{40}$/);
    assert.equal(readSidecar(`${file}.json`).size, 1);
  });

  test('leaves nothing but the two files', (context) => {
    const { file } = writeCrash(crash(context));
    assert.equal(readdirSync(dirname(file)).length, 2);
  });

  test('stores the same input once and keeps the first sidecar', (context) => {
    const options = crash(context);
    const { sidecar } = writeCrash(options);
    const before = readFileSync(sidecar, 'utf8');
    writeCrash({ ...options, seed: 43 });
    assert.equal(readFileSync(sidecar, 'utf8'), before);
  });

  test('writes the sidecar that an interrupted run did not', (context) => {
    const options = crash(context);
    rmSync(writeCrash(options).sidecar);
    assert.ok(existsSync(writeCrash(options).sidecar));
  });

  test('never overwrites another content', (context) => {
    const options = crash(context);
    const { file } = writeCrash(options);
    writeFileSync(file, 'something else');
    assert.throws(() => writeCrash(options), /holds other content/);
    assert.equal(readFileSync(file, 'utf8'), 'something else');
  });

  test('makes any bucket a folder below the target', (context) => {
    const directory = temporaryFolder(context);
    const buckets = ['../../etc', 'a/b', 'a\\b', '', '.', '..', 'x'.repeat(300), 'new\nline'];
    for (const bucket of buckets) {
      const { file } = writeCrash(crash(context, { directory, finding: sampleFinding({ bucket }) }));
      assert.equal(dirname(dirname(file)), join(directory, 'split_ring_fuzzer'));
    }
    assert.equal(new Set(buckets.map(safeFileName)).size, buckets.length);
  });

  test('a folder that is a file is an environment error with path and reason', (context) => {
    const directory = join(temporaryFolder(context), 'file');
    writeFileSync(directory, '');
    assert.throws(
      () => writeCrash(crash(context, { directory })),
      (error) =>
        error instanceof EnvironmentError && /cannot write .*file.*: .*\((ENOTDIR|EEXIST)\); move/.test(error.message),
    );
  });

  test(
    'a file system that takes no files is an environment error',
    { skip: process.platform !== 'linux' },
    (context) => {
      assert.throws(() => writeCrash(crash(context, { directory: '/proc/crashes' })), EnvironmentError);
      assert.throws(() => writeCrash(crash(context, { directory: '/proc' })), EnvironmentError);
    },
  );

  test('reasons are said in plain words', () => {
    const words = { ENOSPC: /no space left/, EROFS: /read-only/, EACCES: /permission denied/ };
    for (const [code, text] of Object.entries(words)) {
      const { message } = writeFailure('/some/path', Object.assign(new Error('raw'), { code }));
      assert.match(message, text);
      assert.match(message, new RegExp(`^cannot write /some/path: .*\\(${code}\\); .+`));
    }
  });
});

describe('readSidecar', () => {
  const damages: readonly (readonly [field: string, value: unknown, message: RegExp])[] = [
    ['severity', 'huge', /"severity" must be one of critical, high, medium, low/],
    ['step', 'two', /"step" must be an integer/],
    ['expected', { size: null }, /"expected.size" must be a number, a string or a boolean/],
    ['site', null, /"site" must be an object/],
    ['trace', { configuration: '', hash: 'h', steps: [{}] }, /trace\.steps\[0\]: "number" must be an integer/],
    ['versions', {}, /"vringfuzz" must be a non-empty string/],
    ['schema', undefined, /"schema" is missing, this vringfuzz reads 1, 2, 3;/],
  ];
  for (const [field, value, message] of damages) {
    test(`refuses ${field} ${value === undefined ? 'missing' : JSON.stringify(value)}`, (context) => {
      const { sidecar } = writeCrash(crash(context));
      const document = JSON.parse(readFileSync(sidecar, 'utf8')) as Record<string, unknown>;
      writeFileSync(sidecar, JSON.stringify({ ...document, [field]: value }));
      assert.throws(
        () => readSidecar(sidecar),
        (error) => error instanceof UsageError && message.test(error.message) && error.message.includes(sidecar),
      );
    });
  }
});
