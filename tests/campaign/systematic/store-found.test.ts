// What a search stores can be replayed, minimised and triaged by those who know nothing of the search.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { Builds } from '../../../src/campaign/bugs/builds.js';
import { readCrashFolder } from '../../../src/campaign/crashes/crash-folder.js';
import { readSidecar, sidecarPath } from '../../../src/campaign/crashes/sidecar.js';
import { replayFailingInputs } from '../../../src/campaign/fuzzing/failing-inputs.js';
import { KnownIssues } from '../../../src/campaign/known-issues.js';
import { minimiseInput } from '../../../src/campaign/minimise/minimise-input.js';
import { type ReplayInput, collectInputs } from '../../../src/campaign/replay/replay-inputs.js';
import { replayMany } from '../../../src/campaign/replay/replay-many.js';
import { searchInput, type SearchOptions } from '../../../src/campaign/systematic/search-inputs.js';
import { FoundStore, type StoredFound } from '../../../src/campaign/systematic/store-found.js';
import { racesOf } from '../../../src/campaign/systematic/strategy.js';
import { promote } from '../../../src/campaign/triage/promote.js';
import { triage } from '../../../src/campaign/triage/triage.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';
import { HEADER_SIZE } from '../../../src/scenario/configuration.js';
import { operationByte } from '../../../src/scenario/operations.js';
import { MAX_RECORDS, RECORD_SIZE } from '../../../src/scenario/scenario.js';
import { FAILURES, RACES, builds, seed } from './planted.js';

const SIMPLE = seed('split_ring_fuzzer/split-out-of-order');
const PACKED = seed('packed_ring_fuzzer/packed-chain-across-the-end');
const AT_MAPS: SearchOptions = { ...RACES, strategy: racesOf({ at: ['map'], values: [0x100] }) };

interface Stored {
  readonly bucket: string;
  readonly stored: StoredFound;
}

function storeAll(store: FoundStore, build: Builds, input: ReplayInput, options: SearchOptions): readonly Stored[] {
  const { found } = searchInput(input, build, options).exploration;
  return found.map((each) => ({ bucket: each.bucket, stored: store.put(input, each) }));
}

/** Verdict and bucket of a stored input, as `replay` has them. */
function replayed(file: string, build: Builds): readonly (string | number | undefined)[] {
  const [first] = [...replayMany(collectInputs([file], undefined), build, { times: 3, traced: true })];
  return [first?.result.verdict, first?.result.finding?.bucket, first?.result.same];
}

function searched(
  context: TestContext,
  bug: string,
  input: ReplayInput,
  options: SearchOptions,
): { readonly build: Builds; readonly crashes: string; readonly all: readonly Stored[] } {
  const crashes = temporaryFolder(context);
  const build = builds(bug);
  return { build, crashes, all: storeAll(new FoundStore(build, crashes), build, input, options) };
}

describe('stored as bytes alone', () => {
  for (const [bug, input, options, record] of [
    ['V28', PACKED, FAILURES, 'fail'],
    ['create-leaks-state', SIMPLE, FAILURES, 'header'],
    ['used-id-off-by-one', SIMPLE, RACES, 'arm-load'],
  ] as const) {
    test(`${bug}: ${record}`, (context) => {
      const { build, crashes, all } = searched(context, bug, input, options);
      assert.ok(all.length > 0);
      const alone = all.filter(({ stored }) => stored.placement === null);
      assert.ok(alone.length > 0, JSON.stringify(all));
      for (const { bucket, stored } of alone) {
        const sidecar = readSidecar(sidecarPath(stored.file));
        assert.deepEqual([sidecar.schema, sidecar.bug, sidecar.bucket], [2, bug, bucket]);
        assert.equal(dirname(stored.file), join(crashes, input.target, bucket));
        assert.ok(sidecar.trace !== null && sidecar.trace.steps.length > 0);
        // The sidecar names the build.
        assert.deepEqual(replayed(stored.file, new Builds({ bug: undefined, bugDirs: [], note: () => undefined })), [
          'finding',
          bucket,
          3,
        ]);
        assert.deepEqual(replayed(stored.file, build), ['finding', bucket, 3]);
      }
    });
  }
});

describe('stored with a placement', () => {
  test('a field changed while a piece is mapped: replayed, minimised and triaged with it', (context) => {
    const { build, crashes, all } = searched(context, 'forged-id-packed', PACKED, AT_MAPS);
    const placed = all.find(({ stored }) => stored.placement !== null);
    assert.ok(placed !== undefined, JSON.stringify(all));
    const { bucket, stored } = placed;
    assert.match(stored.placement ?? '', /^map:\d+:desc\[\d+\]\.\w+=0x100$/);
    const sidecar = readSidecar(sidecarPath(stored.file));
    assert.deepEqual([sidecar.schema, sidecar.placement, sidecar.bucket], [3, stored.placement, bucket]);
    assert.deepEqual(replayed(stored.file, build), ['finding', bucket, 3]);

    const [input] = collectInputs([stored.file], undefined);
    assert.ok(input !== undefined);
    // The bytes alone do something else.
    const { placement: _placement, ...bytesAlone } = input;
    const [plain] = [...replayMany([bytesAlone], build, { times: 1, traced: true })];
    assert.notEqual(plain?.result.finding?.bucket, bucket);

    const small = minimiseInput(input, build);
    assert.deepEqual([small?.bucket, small?.placement], [bucket, stored.placement]);
    assert.ok((small?.bytes.length ?? Infinity) < input.bytes.length);

    const known = new KnownIssues([]);
    const options = { builds: build, known, today: '2026-01-01', times: 3, hangLimit: 10_000, target: undefined };
    const judged = triage(readCrashFolder(crashes), options).buckets.find((each) => each.triaged.bucket === bucket);
    assert.deepEqual([judged?.triaged.status, judged?.smallest?.placement], ['new', stored.placement]);
    const keep = { bucket, target: undefined, name: undefined, corpus: temporaryFolder(context), builds: build };
    assert.throws(() => promote(readCrashFolder(crashes), keep), /needs map:\S+ besides the bytes/);
  });

  test('what only the epilogue shows, and a campaign leaves it alone', (context) => {
    const input = seed('packed_ring_fuzzer/e15-replayed-id');
    const { build, crashes, all } = searched(context, 'wrap-counter-trusted', input, { ...FAILURES, limit: 1 });
    const placed = all.filter(({ stored }) => stored.placement === 'none');
    assert.ok(placed.length > 0, JSON.stringify(all));
    for (const { bucket, stored } of placed) {
      assert.deepEqual(replayed(stored.file, build), ['finding', bucket, 3]);
      assert.equal(basename(stored.file).slice('crash-'.length), createHash('sha1').update(input.bytes).digest('hex'));
    }
    const { root } = build.forInput(null);
    const plan = { root, target: input.target, bug: 'wrap-counter-trusted', crashes, regression: null };
    const files = replayFailingInputs(plan).stillFailing.map(({ file }) => file);
    assert.ok(placed.every(({ stored }) => !files.includes(stored.file)));
  });
});

test('one input of a bucket is enough, unless only the second needs no placement', (context) => {
  const crashes = temporaryFolder(context);
  const build = builds('V28');
  const store = new FoundStore(build, crashes);
  const [first] = searchInput(PACKED, build, FAILURES).exploration.found;
  assert.ok(first !== undefined);
  // There is no room for another record.
  const long = Uint8Array.from({ length: HEADER_SIZE + MAX_RECORDS * RECORD_SIZE }, (_, at) => PACKED.bytes[at] ?? 0);
  long.fill(operationByte('ring', 'query'), PACKED.bytes.length);
  const unsaid = store.put({ ...PACKED, bytes: long }, first);
  const said = store.put(PACKED, first);
  assert.ok(unsaid.placement !== null && said.placement === null);
  assert.deepEqual(store.put({ ...PACKED, bytes: long }, first), said);
  const names = readdirSync(dirname(said.file)).filter((name) => !name.endsWith('.json'));
  assert.deepEqual(names.sort(), [basename(unsaid.file), basename(said.file)].sort());
});
