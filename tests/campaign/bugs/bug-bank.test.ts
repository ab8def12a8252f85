// The bug bank: what it refuses, and that a build holds the bug and nothing else.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { type Bug, findBug, loadBugs } from '../../../src/campaign/bugs/bug-bank.js';
import { buildBug } from '../../../src/campaign/bugs/bug-build.js';
import { seedFile } from '../../../src/campaign/bugs/bug-definition.js';
import { typecheckBug } from '../../../src/campaign/bugs/bug-typecheck.js';
import { UsageError } from '../../../src/campaign/errors.js';
import { compiledRoot, projectRoot } from '../../../src/campaign/paths.js';
import { patchOf, plantBug, plantedHarness, temporaryFolder } from './planted-bugs.js';

const ERRNO = 'src/spec/errno.ts';
const requireFrom = createRequire(__filename);

function planted(context: TestContext, patch: string): Bug {
  const bank = temporaryFolder(context);
  plantBug(bank, 'T02', patch);
  return findBug('T02', [bank]);
}

/** A bug in a file that nothing else in these tests changes. */
function changedErrno(context: TestContext, value: string): Bug {
  return planted(
    context,
    patchOf(ERRNO, (text) => `${text}export const PLANTED${value};\n`),
  );
}

describe('loadBugs', () => {
  test('takes folders of bugs and single bugs, sorted, each once', (context) => {
    const bank = temporaryFolder(context);
    plantBug(bank, 'T12', plantedHarness());
    const single = plantBug(bank, 'T11', plantedHarness());
    mkdirSync(join(bank, 'empty'));
    const ids = loadBugs([bank, single]).map((bug) => bug.id);
    assert.deepEqual(
      ids.filter((id) => id.startsWith('T1')),
      ['T11', 'T12'],
    );
  });

  const refusals: readonly (readonly [name: string, make: (bank: string) => unknown, message: RegExp])[] = [
    [
      'bad JSON',
      (bank) => {
        writeFileSync(join(plantBug(bank, 'T02', ''), 'bug.json'), '{');
      },
      /T02\/bug\.json: not valid JSON/,
    ],
    [
      'no bug.json',
      (bank) => {
        rmSync(join(plantBug(bank, 'T02', ''), 'bug.json'));
      },
      /cannot read .*bug\.json/,
    ],
    [
      'no patch',
      (bank) => {
        rmSync(join(plantBug(bank, 'T02', ''), 'bug.patch'));
      },
      /bug T02: .*bug\.patch is missing/,
    ],
    ['another id', (bank) => plantBug(bank, 'T02', '', { id: 'T03' }), /"id" is T03, but the folder is named T02/],
    ['an id with a slash', (bank) => plantBug(bank, 'T02', '', { id: '../T02' }), /"id" must be letters/],
    ['no oracle', (bank) => plantBug(bank, 'T02', '', { oracles: [] }), /"oracles" must be a non-empty list/],
    ['an unknown target', (bank) => plantBug(bank, 'T02', '', { target: 'x' }), /"target" is unknown: x/],
    ['an unknown status', (bank) => plantBug(bank, 'T02', '', { status: 'old' }), /"status" must be one of fixed, /],
    [
      'a patch that the series lacks',
      (bank) => plantBug(bank, 'T02', '', { series: [8] }),
      /"series" must be a non-empty/,
    ],
    ['a year in words', (bank) => plantBug(bank, 'T02', '', { year: 'now' }), /"year" must be an integer/],
    [
      'one id twice',
      (bank) => [plantBug(join(bank, 'a'), 'T02', ''), plantBug(join(bank, 'b'), 'T02', '')],
      /T02 is defined twice: in .*a.* and in .*b/,
    ],
  ];
  for (const [name, make, message] of refusals) {
    test(`refuses ${name}`, (context) => {
      const bank = temporaryFolder(context);
      make(bank);
      const banks = existsSync(join(bank, 'a')) ? [join(bank, 'a'), join(bank, 'b')] : [bank];
      assert.throws(
        () => loadBugs(banks),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }

  test('a seed is found beside the bug; a missing one is named', (context) => {
    const bug = planted(context, '');
    assert.throws(() => seedFile(bug), /bug T02: no seed at/);
    writeFileSync(join(bug.directory, 'seed'), 'x');
    assert.equal(seedFile(bug), join(bug.directory, 'seed'));
  });
});

describe('buildBug', () => {
  test('a build has the bug in the patched file and the project in all others', (context) => {
    const build = buildBug(changedErrno(context, ' = 4711'));
    assert.equal((requireFrom(join(build, 'src/spec/errno.js')) as { PLANTED: number }).PLANTED, 4711);
    const other = 'src/target/targets.js';
    assert.equal(readFileSync(join(build, other), 'utf8'), readFileSync(join(compiledRoot(), other), 'utf8'));
    assert.ok(!readFileSync(join(compiledRoot(), 'src/spec/errno.js'), 'utf8').includes('PLANTED'));
  });

  test('source maps name sources that exist', (context) => {
    const map = join(buildBug(changedErrno(context, ' = 1')), 'src/target/targets.js.map');
    const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
    assert.ok(existsSync(join(dirname(map), sources[0] ?? '')), sources[0]);
  });

  test('the same bug is built once, another patch of it anew', (context) => {
    const build = buildBug(changedErrno(context, ' = 2'));
    const { ino } = statSync(build);
    assert.equal(buildBug(changedErrno(context, ' = 2')), build);
    assert.equal(statSync(build).ino, ino);
    assert.notEqual(buildBug(changedErrno(context, ' = 3')), build);
  });

  test('removes unused builds of the same bug only', (context) => {
    const stale = buildBug(changedErrno(context, ' = 5'));
    const foreign = join(dirname(stale), `T02x-${'0'.repeat(16)}`);
    mkdirSync(foreign, { recursive: true });
    context.after(() => {
      rmSync(foreign, { recursive: true, force: true });
    });
    for (const folder of [stale, foreign]) utimesSync(folder, 0, 0);
    buildBug(changedErrno(context, ' = 6'));
    assert.deepEqual([existsSync(stale), existsSync(foreign)], [false, true]);
  });

  test('several processes can build the same bug at once', async (context) => {
    const bug = changedErrno(context, ` = ${Date.now()}`);
    const program = `
      const { buildBug } = require(${JSON.stringify(join(compiledRoot(), 'src/campaign/bugs/bug-build.js'))});
      const build = buildBug(${JSON.stringify(bug)});
      require(build + '/src/spec/errno.js').PLANTED || process.exit(1);
      process.stdout.write(build);`;
    const builds = await Promise.all([1, 2, 3].map(() => outputOf(program)));
    assert.equal(new Set(builds).size, 1);
    assert.match(basename(builds[0] ?? ''), /^T02-[0-9a-f]{16}$/);
    assert.ok(existsSync(join(builds[0] ?? '', 'src/world/execute.js')));
  });

  const broken: readonly (readonly [name: string, patch: () => string, message: RegExp])[] = [
    ['is empty', () => '', /bug T02: .*bug\.patch changes no file/],
    ['is no diff', () => '--- a/src/x.ts\n+++ b/src/x.ts\n@@ -1 +1 @@\nnonsense\n', /is not a unified diff/],
    ['deletes a file', () => `--- a/${ERRNO}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`, /the patch deletes/],
    ['changes no source', () => '--- a/package.json\n+++ b/package.json\n@@ -1 +1 @@\n-{\n+[\n', /may change src/],
    ['leaves the project', () => '--- a/src/../../x.ts\n+++ b/src/../../x.ts\n@@ -1 +1 @@\n-{\n+[\n', /may change src/],
    [
      'changes a missing file',
      () => '--- a/src/no.ts\n+++ b/src/no.ts\n@@ -1 +1 @@\n-{\n+[\n',
      /src\/no\.ts, which does not exist/,
    ],
    ['adds a file that is there', () => `--- /dev/null\n+++ b/${ERRNO}\n@@ -0,0 +1 @@\n+x\n`, /adds .*, which exists/],
    ['renames', () => `--- a/src/x.ts\n+++ b/${ERRNO}\n@@ -1 +1 @@\n-x\n+y\n`, /the patch renames src\/x\.ts/],
    [
      'does not parse',
      () => patchOf(ERRNO, (text) => `${text}const = ;\n`),
      /errno\.ts does not parse once it is patched/,
    ],
    [
      'has no match',
      () => twoHunks((hunk) => hunk.replace(/^-.*$/m, '-no such line')),
      /patch does not apply to src\/spec\/errno\.ts hunk 2 \(@@ .*rebase it/,
    ],
  ];
  for (const [name, patch, message] of broken) {
    test(`a patch that ${name} is refused`, (context) => {
      assert.throws(
        () => buildBug(planted(context, patch())),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }

  test('a patch may add a file and be shifted by lines, but not be fuzzy', (context) => {
    const added = '--- /dev/null\n+++ b/src/spec/planted.ts\n@@ -0,0 +1 @@\n+export const PLANTED = 9;\n';
    const shifted = patchOf(ERRNO, (text) => text.replace(/$/, 'export const SHIFTED = 1;\n')).replace(
      /^@@ -(\d+)/m,
      '@@ -1$1',
    );
    const build = buildBug(planted(context, shifted + added));
    assert.equal((requireFrom(join(build, 'src/spec/planted.js')) as { PLANTED: number }).PLANTED, 9);
  });
});

describe('typecheckBug', () => {
  test('accepts a patch that compiles and names the error of one that does not', (context) => {
    const complaints = (value: string): string => typecheckBug(changedErrno(context, value));
    assert.ok(!complaints(' = 1').includes(ERRNO));
    assert.match(complaints(': string = 1'), /src\/spec\/errno\.ts.*not assignable to type 'string'/);
  });
});

/** A patch of the first and the last line, its second hunk changed by `damage`. */
function twoHunks(damage: (hunk: string) => string): string {
  const length = readFileSync(join(projectRoot(), ERRNO), 'utf8').split('\n').length;
  assert.ok(length > 16, `${ERRNO} is too short for two hunks`);
  const patch = patchOf(ERRNO, (text) => text.replace(/^.*\n/, '// first\n').replace(/.*\n$/, '// last\n'));
  const second = patch.lastIndexOf('\n@@ ');
  return patch.slice(0, second) + damage(patch.slice(second));
}

/** What `program` prints, run in a process of its own. */
function outputOf(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (status) => {
      if (status === 0) resolve(output);
      else reject(new Error(`exit code ${status ?? -1}`));
    });
  });
}
