// The bugs of Linux's ring that the benchmark plants: each fails on its seed by an oracle that it names, and the same input
// passes on the kernel that lacks nothing but the bug.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { withHarness } from '../../../src/campaign/bench/bench-build.js';
import { linuxBugs } from '../../../src/campaign/bench/linux-bugs.js';
import { loadBugs, loadDriverBugs } from '../../../src/campaign/bugs/bug-bank.js';
import { UsageError } from '../../../src/campaign/errors.js';
import { loadDriverFile } from '../../../src/campaign/drivers/load-file.js';
import { loadHarness } from '../../../src/campaign/harness.js';
import { compiledRoot, projectRoot } from '../../../src/campaign/paths.js';
import { ORACLES } from '../../../src/oracle/registry.js';
import { HOLES_CLOSED, SERIES, driverOf, missing, treeOf } from '../../linux/kernel-bench.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const PACKED = 'linux-packed-id-unchecked';

function optionsFor(series: (typeof SERIES)[number], bugDirs: readonly string[] = [], ids: readonly string[] = []) {
  return { driver: driverOf(series), source: treeOf(series), bugDirs, ids };
}

const silent = (): void => undefined;

function usage(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof UsageError && message.test(error.message);
}

describe('bugs of Linux', () => {
  for (const series of SERIES) {
    test(`each shows on its seed and not without it: ${series}`, { skip: missing(series) }, () => {
      const { builds, problems } = linuxBugs(optionsFor(series), silent);
      assert.deepEqual(problems, []);
      assert.ok(builds.length >= 5);
      for (const build of builds) {
        const { bug, clean, showing } = build;
        withHarness(build, ({ harness, target }) => {
          const verdict = harness.execute(target, showing);
          const oracle = verdict.kind === 'finding' ? verdict.finding.oracle : verdict.kind;
          assert.ok(bug.oracles.includes(oracle), `${bug.id}: ${oracle}`);
          const without = loadHarness(compiledRoot(), { driver: clean ?? assert.fail() });
          assert.equal(without.execute(target, showing).kind, 'ok', `${bug.id}, without it`);
        });
      }
    });
  }

  test('one whose patch does not apply is named by its files, and left out', { skip: missing('6.12') }, (context) => {
    const folder = plant(
      temporaryFolder(context),
      'odd',
      '--- a/drivers/virtio/virtio_ring.c\n+++ b/drivers/virtio/virtio_ring.c\n@@ -1 +1 @@\n-nothing like it\n+x\n',
    );
    const { builds, problems } = linuxBugs(optionsFor('6.12', [folder], ['odd', PACKED]), silent);
    assert.deepEqual(
      builds.map(({ bug }) => bug.id),
      [PACKED],
    );
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? '',
      /^bug odd: bug\.patch does not apply to drivers\/virtio\/virtio_ring\.c at hunk @@ -1,1/,
    );
  });

  test('a patched build, another tree and an unknown bug are refused', { skip: missing('6.12') }, (context) => {
    const patched = { ...optionsFor('6.12'), driver: driverOf('6.12', 'kasan', HOLES_CLOSED) };
    assert.throws(() => linuxBugs(patched, silent), usage(/is patched: bench --driver takes the kernel as it is/));
    assert.throws(
      () => linuxBugs({ ...optionsFor('6.12'), source: temporaryFolder(context) }, silent),
      usage(/is no kernel tree/),
    );
    assert.throws(() => linuxBugs(optionsFor('6.12', [], ['V99']), silent), usage(/unknown bug V99/));
  });

  test('a driver that is not Linux has none', () => {
    const driver = loadDriverFile(join(projectRoot(), 'examples', 'naive-driver', 'naive-driver.js'));
    const options = { driver, source: null, bugDirs: [], ids: [] };
    assert.throws(() => linuxBugs(options, silent), usage(/measures patches of Linux's ring: name linux\[:VERSION\]/));
  });

  test('they are no bugs of our own driver, and ours are none of theirs', (context) => {
    const folder = plant(temporaryFolder(context), 'theirs', 'x');
    assert.throws(
      () => loadBugs([folder]),
      usage(/bug theirs is one of driver linux: measure it with vringfuzz bench --driver linux/),
    );
    const { problems } = loadDriverBugs('linux', [join(projectRoot(), 'bugs', 'V01')]);
    assert.deepEqual(problems.length, 1);
    assert.match(problems[0] ?? '', /bug V01 is one of vringfuzz's own driver/);
  });

  test('name oracles that there are', () => {
    const known = ORACLES.map(({ id }) => id);
    for (const { id, oracles } of loadDriverBugs('linux', []).bugs) {
      for (const oracle of oracles) assert.ok(known.includes(oracle), `${id}: ${oracle}`);
    }
  });
});

/** A folder of one bug of Linux. */
function plant(folder: string, id: string, patch: string): string {
  const directory = join(folder, id);
  mkdirSync(directory);
  const bug = { id, title: id, origin: 'test', year: 2026, area: 'split ring', oracles: ['panic'] };
  writeFileSync(
    join(directory, 'bug.json'),
    JSON.stringify({ ...bug, target: 'split_ring_fuzzer', seed: 'v04-min', driver: 'linux' }),
  );
  writeFileSync(join(directory, 'bug.patch'), patch);
  return folder;
}
