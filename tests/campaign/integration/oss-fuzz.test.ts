// What oss-fuzz/build.sh is told; the build itself is tested in tests/integration.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { EnvironmentError } from '../../../src/campaign/errors.js';
import { runtimePackages, stage, wrapperOptions } from '../../../src/campaign/integration/oss-fuzz.js';
import { compiledRoot, projectRoot } from '../../../src/campaign/paths.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const SCRIPT = join(compiledRoot(), 'src', 'campaign', 'integration', 'oss-fuzz.js');

describe('wrapperOptions', () => {
  test('hold no path that depends on where the build lies, and no blank', () => {
    const options = wrapperOptions();
    assert.ok(options.includes('--sync'));
    assert.ok(options.includes('--timeout=25000'));
    const includes = options.filter((_, index) => options[index - 1] === '-i');
    // Substrings of paths: with less, packages that are compiled to a dist/ of their own would be instrumented.
    assert.deepEqual(includes, ['vringfuzz/dist/src/driver/', 'vringfuzz/dist/src/dma/']);
    assert.deepEqual(
      options.filter((option) => /\s/.test(option) || option.startsWith('/') || option === '-h'),
      [],
    );
  });
});

describe('runtimePackages', () => {
  test('are those of the lock file that are not for development', () => {
    const lock = {
      packages: {
        '': {},
        'node_modules/a': {},
        'node_modules/a/node_modules/b': { optional: true },
        'node_modules/c': { dev: true },
      },
    };
    assert.deepEqual(runtimePackages(JSON.stringify(lock)), [
      { folder: 'node_modules/a', optional: false },
      { folder: 'node_modules/a/node_modules/b', optional: true },
    ]);
  });
});

describe('stage', () => {
  test('says what is missing, and what to type', (context) => {
    const folder = temporaryFolder(context);
    assert.throws(
      () => stage(folder, join(folder, 'out'), []),
      (error) => error instanceof EnvironmentError && /package-lock\.json.*run npm ci/.test(error.message),
    );
    mkdirSync(join(folder, 'project'));
    writeFileSync(join(folder, 'project', 'package-lock.json'), '{ "packages": { "": {} } }');
    assert.throws(
      () => stage(join(folder, 'project'), join(folder, 'out'), []),
      /package\.json is missing: run npm ci && npm run build/,
    );
  });
});

describe('oss-fuzz.js', () => {
  const run = (words: readonly string[], environment: Record<string, string> = {}): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [SCRIPT, ...words], {
      cwd: projectRoot(),
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });

  test('prints the targets a line each, the canary on request only', () => {
    const names = String(run(['targets']).stdout)
      .trimEnd()
      .split('\n');
    assert.ok(names.includes('split_ring_fuzzer'));
    assert.ok(!names.includes('canary'));
    assert.match(String(run(['targets'], { VRINGFUZZ_WITH_CANARY: '1' }).stdout), /^canary$/m);
  });

  test('refuses what it does not know', () => {
    const refused = run(['stage']);
    assert.equal(refused.status, 2);
    assert.match(String(refused.stderr), /^oss-fuzz: usage: [^\n]+\n$/);
  });
});
