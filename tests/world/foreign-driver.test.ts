// Drivers from outside: what the seam adds changes no verdict, what they lack is left out, and what they do wrong is told as
// theirs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { COHERENT_BASE, DATA_BASE, HEAP_BASE } from '../../src/memory/layout.js';
import type { DriverPlatform, DriverQueue, ForeignDriver } from '../../src/platform/driver-module.js';
import type { Platform } from '../../src/platform/platform.js';
import type { Completion } from '../../src/platform/ring-driver.js';
import { SplitQueue } from '../../src/driver/split-queue.js';
import { encodeConfiguration } from '../../src/scenario/configuration.js';
import { operationByte, type Operation } from '../../src/scenario/operations.js';
import { TARGETS, targetByName } from '../../src/target/targets.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import type { Finding, Verdict } from '../../src/verdict/verdict.js';
import { execute, executeCounted, executeTraced } from '../../src/world/execute.js';
import { SeenFindings } from '../../src/world/seen-findings.js';
import { type OwnDriverOptions, ownDriver } from './own-driver-module.js';
import { seedInputs, seededInputs, verdictLine } from './seeded-inputs.js';

const OWN = TARGETS.filter(({ canary }) => !canary);
const SPLIT = targetByName('split_ring_fuzzer') as TargetSpec;

/** A scenario of the split ring target. */
function scenario(...steps: readonly (readonly [Operation, number, number, number])[]): Uint8Array {
  const records = steps.flatMap(([name, a, b, c]) => [operationByte('ring', name), a, b, c]);
  return Uint8Array.from([...encodeConfiguration({ num: 4, backEnd: 'direct' }), ...records]);
}

/** Two buffers, each added, completed and taken. */
const SERVED = scenario(
  ['add', 1, 0, 0],
  ['add', 1, 0, 0],
  ['complete', 0, 0, 1],
  ['complete', 0, 0, 1],
  ['get', 3, 0, 0],
);

/** Our own split queue with some of its calls replaced. */
function changed(
  change: (queue: DriverQueue, platform: DriverPlatform) => Partial<DriverQueue>,
  options: OwnDriverOptions = {},
): ForeignDriver {
  const own = ownDriver({ semantics: 'specification', features: { layouts: ['split'] }, ...options });
  return {
    ...own,
    module: {
      ...own.module,
      createQueues(platform, onInterrupt) {
        const { split } = own.module.createQueues(platform, onInterrupt);
        assert.ok(split !== undefined);
        return { split: Object.assign(split, change(originalsOf(split), platform)) };
      },
    },
  };
}

/** The queue's own calls, whatever is put in front of them later. */
function originalsOf(queue: DriverQueue): DriverQueue {
  return new Proxy(queue, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(Object.getPrototypeOf(target) as object, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : Reflect.get(target, name);
    },
  });
}

/** Every fourth seed: enough to come to every operation in every layout. */
function someSeeds(target: TargetSpec): readonly Uint8Array[] {
  return seedInputs(target).filter((_, k) => k % 4 === 0);
}

function findingOf(verdict: Verdict): Finding {
  assert.equal(verdict.kind, 'finding', JSON.stringify(verdict));
  return verdict.finding;
}

describe('our own driver, brought from outside', () => {
  const variants: readonly OwnDriverOptions[] = [
    {},
    { byItself: true },
    { semantics: 'specification' },
    { semantics: 'specification', byItself: true },
  ];
  for (const options of variants) {
    test(`fires nothing: ${JSON.stringify(options)}`, () => {
      const driver = ownDriver(options);
      for (const target of OWN) {
        for (const bytes of [...seededInputs(50, 7), ...someSeeds(target)]) {
          assert.equal(verdictLine(execute(target, bytes, { driver })), 'ok', target.name);
        }
      }
    });
  }

  test('does the same in every step, whether its accesses go through the platform or are told of', () => {
    const [through, byItself] = [ownDriver(), ownDriver({ byItself: true })];
    for (const target of OWN) {
      for (const bytes of seededInputs(10, 11)) {
        const due = executeTraced(target, bytes).trace;
        assert.equal(executeTraced(target, bytes, { driver: through }).trace.hash, due.hash);
        const told = executeTraced(target, bytes, { driver: byItself }).trace;
        assert.deepEqual(
          told.steps.map(({ events }) => events.map(({ text }) => text).sort()),
          due.steps.map(({ events }) => events.map(({ text }) => text).sort()),
        );
      }
    }
  });

  test('has a world of its own: executions of two drivers in turn do not touch each other', () => {
    const drivers = [ownDriver(), ownDriver({ byItself: true }), ownDriver({ features: { indirect: false } })];
    const inputs = seededInputs(25, 3);
    const alone = drivers.map((driver) => inputs.map((bytes) => executeTraced(SPLIT, bytes, { driver }).trace.hash));
    for (const [k, bytes] of inputs.entries()) {
      for (const [d, driver] of drivers.entries()) {
        assert.equal(executeTraced(SPLIT, bytes, { driver }).trace.hash, alone[d]?.[k]);
      }
    }
  });
});

describe('a driver that cannot do everything', () => {
  const lacking = {
    layouts: ['split'],
    ...{ indirect: false, eventIndex: false, inOrder: [], context: false, premapped: false },
    ...{ reset: false, resize: false, withoutDmaApi: false, withoutCallback: false },
  } as const;

  test('runs every input without what it lacks', () => {
    const driver = ownDriver({ features: lacking });
    for (const target of OWN) {
      for (const bytes of [...seededInputs(20, 5), ...someSeeds(target)]) {
        const { verdict, trace } = executeTraced(target, bytes, { driver });
        assert.equal(verdictLine(verdict), 'ok', target.name);
        if (target.form !== 'differential') {
          assert.match(trace.configuration, /^split ring of \d+, .*no queue reset/);
          assert.doesNotMatch(trace.configuration, /indirect|event index|in order|contexts|no callback|back end none/);
        }
        const text = JSON.stringify(trace.steps);
        assert.doesNotMatch(text, /re(set|size)\(\)/);
      }
    }
  });
});

test('a resize that is left out after a reset is no second look at the reset', () => {
  // In between the device writes each field in turn, avail.idx among them, which no reset leaves behind.
  const driver = ownDriver({ features: { resize: false } });
  for (let field = 0; field < 256; field++) {
    const bytes = scenario(['add', 1, 0, 0], ['reset', 0, 0, 0], ['poke', field, 1, 0], ['resize', 1, 0, 0]);
    assert.equal(verdictLine(execute(SPLIT, bytes, { driver })), 'ok', `field ${field}`);
  }
});

describe('accesses that are told of', () => {
  /** What `act` does in getBuf, before the driver's own work. */
  const inGet = (act: (platform: DriverPlatform) => void): Finding => {
    const driver = changed(
      (queue, platform) => ({
        getBuf(): Completion | null {
          act(platform);
          return queue.getBuf();
        },
      }),
      { byItself: true },
    );
    return findingOf(execute(SPLIT, SERVED, { driver }));
  };

  test('loads: of a field that the driver may not read, twice of one that it may', () => {
    assert.equal(
      inGet(({ access }) => {
        access.load(COHERENT_BASE, 2);
      }).oracle,
      'untrusted-read',
    );
    // used.idx of a ring of 4, aligned to 4.
    const usedIdx = COHERENT_BASE + 64 + 16 + 2;
    assert.equal(
      inGet(({ access }) => {
        access.load(usedIdx, 2);
        access.load(usedIdx, 2);
      }).oracle,
      'double-fetch',
    );
    assert.equal(
      inGet(({ access }) => {
        access.load(HEAP_BASE + 0x1f000, 4);
      }).oracle,
      'out-of-bounds',
    );
    assert.equal(
      inGet(({ access }) => {
        access.load(DATA_BASE, 4);
      }).oracle,
      'out-of-bounds',
    );
  });

  test('stores: to a field of the device, beside everything, as a range', () => {
    const usedIdx = COHERENT_BASE + 64 + 16 + 2;
    assert.equal(
      inGet(({ access }) => {
        access.store(usedIdx, 2);
      }).oracle,
      'ring-publish',
    );
    assert.equal(
      inGet(({ access }) => {
        access.store(DATA_BASE, 4);
      }).oracle,
      'out-of-bounds',
    );
    assert.equal(
      inGet(({ access }) => {
        access.stored(access.sharedEnd - 4096, 64);
      }).oracle,
      'out-of-bounds',
    );
  });

  test('what a sanitizer of the driver saw', () => {
    assert.equal(
      inGet(({ access }) => {
        access.badAccess('out-of-bounds', 'load', -1, 4);
      }).oracle,
      'out-of-bounds',
    );
    assert.equal(
      inGet(({ access }) => {
        access.badAccess('use-after-free', 'store', 5, 4);
      }).oracle,
      'heap',
    );
  });

  test('nothing of addresses outside of guest memory', () => {
    const driver = changed(
      (queue, { access }) => ({
        getBuf(): Completion | null {
          access.load(-64, 4);
          access.store(1 << 28, 4);
          return queue.getBuf();
        },
      }),
      { byItself: true },
    );
    assert.equal(verdictLine(execute(SPLIT, SERVED, { driver })), 'ok');
  });
});

describe('what a driver does otherwise by the specification', () => {
  const bothWays = (change: Parameters<typeof changed>[0], bytes: Uint8Array): readonly [string, string] => {
    const line = (semantics: 'specification' | 'linux'): string =>
      verdictLine(execute(SPLIT, bytes, { driver: changed(change, { semantics }) })).split('.')[0] ?? '';
    return [line('specification'), line('linux')];
  };

  test('another errno, a kick too many, a length that is cut', () => {
    const full = scenario(['add-many', 255, 0, 0]);
    const otherErrno = (queue: DriverQueue): Partial<DriverQueue> => ({
      addSgs: (...given) => Math.max(-1, queue.addSgs(...given)),
    });
    assert.deepEqual(bothWays(otherErrno, full), ['ok', 'errno']);
    const kicks = scenario(['want-kicks', 1, 0, 0], ['add', 1, 0, 0], ['kick-prepare', 0, 0, 0]);
    const alwaysKicks = (queue: DriverQueue): Partial<DriverQueue> => ({
      kickPrepare: () => queue.kickPrepare() || true,
    });
    assert.deepEqual(bothWays(alwaysKicks, kicks), ['ok', 'notification']);
    const forged = scenario(['add', 9, 0, 0], ['forge-used', 0, 255, 3], ['get', 3, 0, 0]);
    const gotten: number[] = [];
    const cutsLengths = (queue: DriverQueue): Partial<DriverQueue> => ({
      getBuf(): Completion | null {
        const completion = queue.getBuf();
        if (completion === null) return null;
        gotten.push(completion.length);
        const { lengthTrust, ...rest } = completion;
        return lengthTrust === 0 ? rest : { ...rest, length: 0 };
      },
    });
    assert.equal(
      bothWays(cutsLengths, scenario(['add', 9, 0, 0], ['forge-used', 0, 255, 3], ['get', 3, 0, 0]))[0],
      'ok',
    );
    assert.ok(forged.length > 0 && gotten.some((length) => length > 0), 'no length was ever cut');
  });

  test('detach in another order; but never a buffer twice', () => {
    const detached = scenario(['add', 1, 0, 0], ['add', 1, 0, 0], ['detach-all', 0, 0, 0]);
    const inverted = (queue: DriverQueue): Partial<DriverQueue> => {
      const kept: number[] = [];
      return {
        detachUnusedBuf(): number {
          const token = kept.pop() ?? queue.detachUnusedBuf();
          return token === 1 ? 2 : token === 2 ? 1 : token;
        },
      };
    };
    // The tokens are swapped, but the mappings that end are those of the other buffer: seen by another oracle.
    assert.deepEqual(bothWays(inverted, detached), ['mapping-leak', 'token']);
    const twice = (queue: DriverQueue): Partial<DriverQueue> => ({
      detachUnusedBuf: () => (queue.detachUnusedBuf() === 0 ? 0 : 1),
    });
    assert.equal(bothWays(twice, detached)[0], 'token');
  });

  test('used.idx kept from an earlier call', () => {
    class KeepsUsedIdx extends SplitQueue {
      private kept = 0;
      protected override moreUsed(): boolean {
        const { lastUsedIdx } = this as unknown as { readonly lastUsedIdx: number };
        if (((this.kept - lastUsedIdx) & 0xffff) - 1 < this.num && this.kept !== lastUsedIdx) return true;
        this.kept = (this as unknown as { ring: { deviceUsedIdx(): number } }).ring.deviceUsedIdx();
        return this.kept !== lastUsedIdx;
      }
      override create(config: Parameters<SplitQueue['create']>[0]): number {
        this.kept = 0;
        return super.create(config);
      }
    }
    const own = ownDriver({ features: { layouts: ['split'], inOrder: [], reset: false, resize: false } });
    const createQueues = (platform: Platform, onInterrupt: () => void): { split: SplitQueue } => ({
      split: new KeepsUsedIdx(platform, onInterrupt),
    });
    const driver: ForeignDriver = { ...own, module: { ...own.module, createQueues } };
    assert.equal(verdictLine(execute(SPLIT, SERVED, { driver })), 'ok');
    const loads = executeTraced(SPLIT, SERVED, { driver }).trace.steps.flatMap(({ events }) => events);
    const reads = loads.filter(({ text }) => text.includes('used.idx') && text.includes('reads'));
    assert.ok(reads.length > 0 && reads.length < 4, `${reads.length} reads of used.idx for two buffers`);
  });
});

describe('what is wrong with a driver', () => {
  test('an exception in its code is its own, and found again by the same bucket', () => {
    const thrown = changed(() => ({
      getBuf(): Completion | null {
        const nobody = null as unknown as { token: number };
        return { token: nobody.token, length: 0, ctx: 0 };
      },
    }));
    const driver = {
      ...thrown,
      frames: (): readonly { file: string; function: string }[] => [{ file: 'mine.c', function: 'take' }],
    };
    const finding = findingOf(execute(SPLIT, SERVED, { driver }));
    assert.deepEqual([finding.oracle, finding.bucket], ['panic', 'panic.mine-take.exception-typeerror']);
    assert.deepEqual(finding.driver, driver.identity);
    const seen = new SeenFindings(() => undefined);
    assert.equal(executeCounted(SPLIT, SERVED, seen, { driver }).kind, 'finding');
    assert.deepEqual(executeCounted(SPLIT, SERVED, seen, { driver }), { kind: 'repeat', bucket: finding.bucket });
  });

  test('a finding that its code catches is one all the same', () => {
    const driver = changed(
      (queue, { access }) => ({
        getBuf(): Completion | null {
          try {
            access.load(COHERENT_BASE, 2);
          } catch {
            // Nothing happened.
          }
          return queue.getBuf();
        },
      }),
      { byItself: true },
    );
    assert.equal(findingOf(execute(SPLIT, SERVED, { driver })).oracle, 'untrusted-read');
    // Nothing of it is left for the next execution.
    assert.equal(verdictLine(execute(SPLIT, SERVED, { driver: ownDriver() })), 'ok');
  });

  test('a helper is not to blame', () => {
    const broken = changed((queue) => ({ kick: () => (queue.kick(), queue.kick()) }));
    const driver: ForeignDriver = {
      ...broken,
      frames: (stack) =>
        stack.includes('sharedLoad')
          ? [
              { file: 'a.c', function: 'read', helper: true },
              { file: 'a.c', function: 'kick_it', line: 7 },
            ]
          : [],
    };
    const finding = findingOf(
      execute(SPLIT, scenario(['add', 1, 0, 0], ['kick', 0, 0, 0], ['kick', 0, 0, 0]), { driver }),
    );
    assert.deepEqual([finding.oracle, finding.site], ['double-fetch', { file: 'a.c', function: 'kick_it', line: 7 }]);
  });

  test('an answer of no use is the fault of the module, which is named', () => {
    const driver = changed(() => ({ getBuf: () => undefined as unknown as null }));
    const verdict = execute(SPLIT, SERVED, { driver });
    assert.match(verdictLine(verdict), /^harness-bug driver own: getBuf\(\) gave undefined/);
  });
});
