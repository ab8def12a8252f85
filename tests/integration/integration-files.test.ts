// The files that other machines read and that nothing here runs: images, project files, workflows.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { projectRoot } from '../../src/campaign/paths.js';

function read(...path: readonly string[]): string {
  return readFileSync(join(projectRoot(), ...path), 'utf8');
}

const FOLDERS = ['oss-fuzz', '.clusterfuzzlite'];

describe('OSS-Fuzz and ClusterFuzzLite files', () => {
  for (const folder of FOLDERS) {
    test(`${folder} asks for JavaScript on the system that the engine needs, in project file and image`, () => {
      const project = read(folder, 'project.yaml');
      assert.match(project, /^language: javascript$/m);
      assert.match(project, /^base_os_version: ubuntu-24-04$/m);
      assert.match(read(folder, 'Dockerfile'), /^FROM gcr\.io\/oss-fuzz-base\/base-builder-javascript:ubuntu-24-04$/m);
      const script = join(projectRoot(), folder, 'build.sh');
      accessSync(script, constants.X_OK);
      assert.equal(spawnSync('bash', ['-n', script]).status, 0);
    });
  }

  test('build with one script', () => {
    const last = read('.clusterfuzzlite', 'build.sh').trimEnd().split('\n').at(-1);
    assert.equal(last, 'exec bash -eu "$SRC/vringfuzz/oss-fuzz/build.sh"');
    assert.match(read('oss-fuzz', 'Dockerfile'), /^RUN cp \$SRC\/vringfuzz\/oss-fuzz\/build\.sh \$SRC\/build\.sh$/m);
  });
});

describe('ClusterFuzzLite workflows', () => {
  const names = readdirSync(join(projectRoot(), 'docs', 'ci')).filter((name) => name.startsWith('clusterfuzzlite-'));

  test('are there', () => {
    assert.deepEqual(names.sort(), ['clusterfuzzlite-batch.yml', 'clusterfuzzlite-pr.yml']);
  });

  for (const name of names) {
    test(`${name} pins its actions and checks out before it builds`, () => {
      const actions = [...read('docs', 'ci', name).matchAll(/uses: (\S+)( # v[\d.]+)?/g)];
      for (const [line, action = '', version] of actions) {
        assert.match(action, /@[0-9a-f]{40}$/, line);
        assert.ok(version !== undefined, line);
      }
      const order = actions.map(([, action = '']) => action.replace(/@.*/, '').replace(/.*\//, ''));
      const job = ['checkout', 'build_fuzzers', 'run_fuzzers'];
      assert.deepEqual(order, name.includes('batch') ? [...job, ...job] : job);
    });

    test(`${name} tells both actions the same, and asks for no more than it needs`, () => {
      const text = read('docs', 'ci', name);
      const count = (pattern: RegExp): number => [...text.matchAll(pattern)].length;
      assert.equal(count(/language: c\+\+$/gm), count(/_fuzzers@/g));
      assert.equal(count(/sanitizer: address$/gm), count(/_fuzzers@/g));
      assert.equal(count(/bad-build-check: false$/gm), count(/build_fuzzers@/g));
      assert.match(text, /^permissions:\n {2}contents: read\n/m);
      assert.doesNotMatch(text, /: write$/m);
    });
  }
});
