// The survival plot: well-formed, self-contained, one falling staircase an engine.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { survivalPanels } from '../../../src/report/bench/survival-panels.js';
import { survivalPlot } from '../../../src/report/bench/survival-plot.js';
import { elements, readXml } from '../formats/xml-reader.js';
import { sampleData, trialLine } from './sample-bench.js';

/** Numbers of a path of M, H and V, by letter. */
function numbers(path: string, letter: string): number[] {
  return [...path.matchAll(new RegExp(`${letter}([\\d.]+)`, 'g'))].map((match) => Number(match[1]));
}

describe('survivalPanels', () => {
  test('compare engines over the bugs that all of them ran', () => {
    const data = sampleData();
    const [panel, ...rest] = survivalPanels(data);
    assert.equal(panel?.title, '2 bugs, without seeds, 60 s a trial');
    assert.deepEqual(
      panel.lines.map(({ engine, trials }) => [engine, trials]),
      [
        ['vringfuzz', 6],
        ['jsfuzz', 6],
      ],
    );
    assert.deepEqual(rest, []);
  });

  test('where ours ran more bugs there is one more panel; each condition has its own', () => {
    const { trials, ...data } = sampleData();
    const fewer = trials.filter(({ engine, bug }) => engine === 'vringfuzz' || bug === 'fast');
    const seeded = trialLine({ engine: 'vringfuzz', bug: 'fast', trial: 1, seconds: 1, corpus: 'committed' });
    assert.deepEqual(
      survivalPanels({ ...data, trials: [...fewer, seeded] }).map(({ title, lines }) => [
        title.slice(0, 12),
        lines.length,
      ]),
      [
        ['1 bug, from ', 1],
        ['1 bug, witho', 2],
        ['2 bugs, with', 1],
      ],
    );
  });
});

describe('survivalPlot', () => {
  const svg = survivalPlot(survivalPanels(sampleData()));
  const root = readXml(svg);

  test('is well-formed and refers to nothing', () => {
    assert.equal(root.name, 'svg');
    assert.ok(!/href|url\(|<script|<style/.test(svg));
    const texts = elements(root, 'text').map(({ text }) => text);
    for (const text of ['2 bugs, without seeds, 60 s a trial', 'vringfuzz', 'jsfuzz', '60', '50 %']) {
      assert.ok(texts.includes(text), text);
    }
    assert.ok(texts.includes('6 trials, 16.7 % not exposed'));
  });

  test('each line goes right and down only, to where the trials ended', () => {
    const lines = elements(root, 'path').filter(({ attributes }) => attributes.get('stroke-width') === '2');
    assert.equal(lines.length, 2);
    for (const { attributes } of lines) {
      const path = attributes.get('d') ?? '';
      for (const letter of ['H', 'V']) {
        const values = numbers(path, letter);
        assert.deepEqual(
          values,
          [...values].sort((a, b) => a - b),
          `${letter} of ${path}`,
        );
      }
    }
    const heights = lines.map(({ attributes }) => numbers(attributes.get('d') ?? '', 'V').at(-1) ?? 0);
    assert.ok((heights[0] ?? 0) > (heights[1] ?? 0), 'ours ends lower');
  });
});
