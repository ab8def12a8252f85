// Survival estimates against the remission times of Freireich et al. (1963), the textbook example (Cox and Oakes 1984;
// Kalbfleisch and Prentice 2002), whose figures every statistics package reproduces.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { type Observation, medianTime, plainMedian, survivalCurve } from '../../../src/campaign/bench/kaplan-meier.js';

const events = (times: readonly number[]): readonly Observation[] => times.map((time) => ({ time, event: true }));
const censored = (times: readonly number[]): readonly Observation[] => times.map((time) => ({ time, event: false }));

/** Weeks in remission with 6-mercaptopurine, and with a placebo. */
const TREATED = [
  ...events([6, 6, 6, 7, 10, 13, 16, 22, 23]),
  ...censored([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]),
];
const PLACEBO = events([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]);

function near(actual: number | null | undefined, expected: number, tolerance = 0.00005): void {
  assert.ok(typeof actual === 'number' && Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`);
}

describe('survivalCurve', () => {
  test('the treated group: times, numbers at risk and survival', () => {
    const steps = survivalCurve(TREATED);
    assert.deepEqual(
      steps.map(({ time, atRisk, events: count }) => [time, atRisk, count]),
      [
        [6, 21, 3],
        [7, 17, 1],
        [10, 15, 1],
        [13, 12, 1],
        [16, 11, 1],
        [22, 7, 1],
        [23, 6, 1],
      ],
    );
    const expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482];
    steps.forEach(({ survival }, index) => {
      near(survival, expected[index] ?? 0);
    });
  });

  test('its first interval, by hand from Greenwood: 3 / (21 * 18), log-log', () => {
    const [first] = survivalCurve(TREATED);
    near(first?.low, 0.6197);
    near(first?.high, 0.9516);
  });

  test('order does not matter, and all of them gone leaves no interval', () => {
    assert.deepEqual(survivalCurve([...TREATED].reverse()), survivalCurve(TREATED));
    const last = survivalCurve(PLACEBO).at(-1);
    assert.deepEqual([last?.survival, last?.low, last?.high], [0, null, null]);
  });

  test('nothing but censored times: no step', () => {
    assert.deepEqual(survivalCurve(censored([1, 2])), []);
    assert.deepEqual(survivalCurve([]), []);
  });
});

describe('medianTime', () => {
  test('of the treated group 23 weeks, from 13 to open', () => {
    assert.deepEqual(medianTime(TREATED), { median: 23, low: 13, high: null });
  });

  test('of the placebo group 8 weeks, from 4 to 11', () => {
    assert.deepEqual(medianTime(PLACEBO), { median: 8, low: 4, high: 11 });
  });

  test('is open where most are censored, and in the middle of a step at a half', () => {
    assert.deepEqual(medianTime([...events([1]), ...censored([5, 5])]).median, null);
    assert.equal(plainMedian([4, 1, 2, 3]), 2.5);
    assert.equal(plainMedian([3, 1, 2]), 2);
    assert.equal(plainMedian([]), null);
    // Half of them, and none after: the curve never goes below a half.
    assert.equal(medianTime([...events([1]), ...censored([5])]).median, 1);
  });
});
