// The committed seeds: what the generator writes, what their names say, and nothing that the hardened driver fails on.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { committedCorpus } from '../../src/campaign/paths.js';
import { readManifest } from '../../src/campaign/corpus/manifest.js';
import { seedCorpus, staleSeeds, writeSeeds } from '../../src/campaign/corpus/write-seeds.js';
import { BACK_END_NAMES } from '../../src/dma/back-end.js';
import type { Configuration } from '../../src/scenario/configuration.js';
import { configurationsOf } from '../../src/scenario/differential.js';
import { OPERATIONS, OPERATION_TABLES } from '../../src/scenario/operations.js';
import { decodeScenario, encodeScenario } from '../../src/scenario/scenario.js';
import { SEEDS } from '../../src/scenario/seeds/all-seeds.js';
import { type Seed, seedsOf } from '../../src/scenario/seeds/seed.js';
import { Steps } from '../../src/scenario/seeds/steps.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { TARGETS, targetByName } from '../../src/target/targets.js';
import { execute, executeTraced } from '../../src/world/execute.js';
import { CLAIMS } from './claims/all-claims.js';
import { brokenClaim } from './claims/claim.js';

function specOf({ target }: Seed): TargetSpec {
  const spec = targetByName(target);
  assert.ok(spec !== undefined, target);
  return spec;
}

/** Of a script the reference. */
function configurationOf(one: Seed): Configuration {
  return configurationsOf(specOf(one), one.bytes)[0] ?? assert.fail(one.name);
}

/** What happened before the teardown, an event a line. */
function traceLines(one: Seed): string[] {
  const { steps } = executeTraced(specOf(one), one.bytes).trace;
  const last = steps.length - 1;
  return steps
    .filter((_, k) => k < last || k === 0)
    .flatMap(({ events }) => events.map(({ kind, text }) => `${kind} ${text}`));
}

describe('the committed corpus', () => {
  test('is what the generator writes, byte for byte', () => {
    // Regressions are defined by the manifest alone.
    for (const [path, content] of seedCorpus(readManifest(committedCorpus()).regression)) {
      const file = join(committedCorpus(), path);
      assert.ok(existsSync(file), `${path} is missing: npm run seeds`);
      assert.ok(readFileSync(file).equals(content), `${path} is out of date: npm run seeds`);
    }
    assert.deepEqual(staleSeeds(committedCorpus()), [], 'files that nobody defines: npm run seeds');
  });

  test('has unique names, a reason each, and at least sixty of them', () => {
    assert.ok(SEEDS.length >= 60);
    assert.equal(new Set(SEEDS.map(({ name }) => name)).size, SEEDS.length);
    for (const { name, why } of SEEDS) {
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(why, /^[^\n]{10,150}$/, name);
    }
  });

  test('holds no input twice', () => {
    const byContent = new Map<string, string>();
    for (const { target, name, bytes } of SEEDS) {
      const key = `${target} ${Buffer.from(bytes).toString('hex')}`;
      assert.equal(byContent.get(key), undefined, name);
      byContent.set(key, name);
    }
  });
});

describe('the generator', () => {
  test('writes once, and removes only what is stale in a seed folder', (context) => {
    const corpus = mkdtempSync(join(tmpdir(), 'seeds-'));
    context.after(() => {
      rmSync(corpus, { recursive: true });
    });
    const files = seedCorpus().size;
    assert.deepEqual(writeSeeds(corpus), { written: files, removed: 0 });
    assert.deepEqual(writeSeeds(corpus), { written: 0, removed: 0 });
    const folder = join(corpus, 'bounce_fuzzer');
    writeFileSync(join(folder, 'seed', 'nobody-defines-this'), '');
    writeFileSync(join(folder, 'kept'), '');
    writeFileSync(join(folder, 'seed', 's04-nothing-written'), 'changed');
    assert.deepEqual(writeSeeds(corpus), { written: 1, removed: 1 });
    assert.deepEqual(readdirSync(folder).sort(), ['kept', 'seed']);
  });
});

describe('every seed', () => {
  test('passes on the hardened driver', () => {
    for (const one of SEEDS) assert.deepEqual(execute(specOf(one), one.bytes), { kind: 'ok' }, one.name);
  });

  test('decodes to what encodes to it', () => {
    for (const one of SEEDS) {
      const spec = specOf(one);
      if (spec.form === 'raw') continue;
      const again = encodeScenario(spec.operations, decodeScenario(spec, one.bytes));
      assert.deepEqual(again, one.bytes, one.name);
    }
  });

  test('does what its name says', () => {
    const byName = new Map(SEEDS.map((one) => [one.name, one]));
    for (const [name, claims] of Object.entries(CLAIMS)) {
      const one = byName.get(name);
      assert.ok(one !== undefined, `a claim about ${name}, which is no seed`);
      const broken = brokenClaim(traceLines(one), claims);
      assert.equal(broken, null, `${name} does not show "${broken ?? ''}"`);
    }
  });
});

describe('together the seeds', () => {
  for (const target of TARGETS.filter(({ canary, form }) => !canary && form !== 'raw')) {
    test(`hold every operation of ${target.name}`, () => {
      const seeds = SEEDS.filter((one) => one.target === target.name);
      const used = new Set(seeds.flatMap(({ bytes }) => decodeScenario(target, bytes).steps.map((s) => s.operation)));
      for (const code of OPERATION_TABLES[target.operations]) {
        const operation = OPERATIONS[code];
        assert.ok(operation !== undefined && used.has(operation), operation);
      }
    });
  }

  test('run every back end with either layout', () => {
    const seen = new Set(SEEDS.map((one) => configurationOf(one)).map(({ packed, backEnd }) => `${packed} ${backEnd}`));
    for (const backEnd of BACK_END_NAMES) {
      assert.ok(seen.has(`false ${backEnd}`), `split over ${backEnd}`);
      assert.ok(seen.has(`true ${backEnd}`), `packed over ${backEnd}`);
    }
  });

  test('switch every bit of the configuration on and off', () => {
    const configs = SEEDS.map((one) => configurationOf(one));
    for (const key of ['indirect', 'eventIndex', 'context', 'callback', 'resettable', 'kicksOff'] as const) {
      for (const packed of [false, true]) {
        const values = new Set(configs.filter((config) => config.packed === packed).map((config) => config[key]));
        assert.equal(values.size, 2, `${key} of ${packed ? 'packed' : 'split'} rings`);
      }
    }
  });
});

describe('the builder', () => {
  const split = new Steps(false);
  const packed = new Steps(true);

  test('refuses what no byte means', () => {
    assert.throws(() => split.add({ out: 4 }), RangeError);
    assert.throws(() => split.add({ out: 1, first: 65 }), RangeError);
    assert.throws(() => split.add({ out: 1, context: 1, offset: 0x7f0, premapped: true, first: 4096 }), RangeError);
    assert.throws(() => split.addMany(9, { out: 1 }), RangeError);
    assert.throws(() => split.addMany(2, { in: 2 }), RangeError);
    assert.throws(() => split.get(9), RangeError);
    assert.throws(() => split.poke('desc.flags', 128, 'all-ones'), RangeError);
    assert.throws(() => split.poke('desc.flags', 0, { set: 33 }), RangeError);
    assert.throws(() => split.forgeUsed(64, 0), RangeError);
    assert.throws(() => split.forgeUsed(0, 100), RangeError);
    assert.throws(() => split.jumpUsed(0x8000), RangeError);
    assert.throws(() => split.resize(512), RangeError);
    assert.throws(() => split.deviceFill(0, 0, 65), RangeError);
  });

  test('knows which layout has which fields', () => {
    assert.throws(() => split.poke('desc.id', 0, 'all-ones'), RangeError);
    assert.throws(() => packed.poke('desc.next', 0, 'all-ones'), RangeError);
  });

  test('refuses a configuration that the target cannot have', () => {
    assert.throws(() => seedsOf('packed_ring_fuzzer')('x', 'why', { packed: false, num: 512 }, () => []), RangeError);
    assert.throws(() => seedsOf('split_ring_fuzzer')('x', 'why', { num: 3 }, () => []), RangeError);
    assert.throws(() => seedsOf('bounce_fuzzer')('x', 'why', { poolSlots: 5 }, () => []), RangeError);
  });

  test('refuses an operation that the table lacks', () => {
    assert.throws(() => seedsOf('bounce_fuzzer')('x', 'why', {}, (s) => [s.break()]), /not in the bounce table/);
  });
});
