// The story that a target prints when nobody else tells it, and that no line of it is taken for something else by tools
// that read the whole output.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { standaloneReport } from '../../../src/campaign/integration/standalone-report.js';
import { committedCorpus } from '../../../src/campaign/paths.js';
import { ORACLES } from '../../../src/oracle/registry.js';
import { targetByName } from '../../../src/target/targets.js';
import { executeTraced } from '../../../src/world/execute.js';
import { sampleFinding } from '../crashes/sample-finding.js';

/**
 * Beginnings and parts of lines that ClusterFuzz or CASR read as a crash of another kind: a failed assertion, a sanitizer,
 * a panic, a frame of native code; CASR starts at the first `Error:`.
 */
const MISLEADING =
  /Error:|^\s*(assert(ion)? fail(ure|ed)|panic): |assertion .* failed|Sanitizer|runtime error:|^\s*#\d+ |Fatal error|KASAN|kernel BUG|signal/i;

describe('standaloneReport', () => {
  test('tells all steps, and the events of the one in which it happened', () => {
    const event = (text: string): { kind: string; text: string } => ({ kind: 'load', text });
    const trace = {
      configuration: 'split ring of 4',
      steps: [
        { number: 1, title: 'client adds', events: [event('early')] },
        { number: 2, title: 'client takes', events: [event('late')] },
      ],
      hash: '0',
    };
    const text = standaloneReport({ target: 'bounce_fuzzer', finding: { ...sampleFinding(), step: 2 }, trace });
    assert.match(text, /\n {3}1 {2}client adds\n {3}2 {2}client takes\n {8}load {6}late\n/);
    assert.doesNotMatch(text, /early\n/);
    assert.match(text, /npx vringfuzz describe FILE --target bounce_fuzzer\n$/);
  });

  test('does without a trace', () => {
    const text = standaloneReport({ target: 'canary', finding: sampleFinding(), trace: null });
    assert.match(text, /^\ntarget +canary\n+FINDING /);
  });

  test('misleads no tool, whatever the oracle and the events', () => {
    const target = targetByName('split_ring_fuzzer') ?? assert.fail();
    const folder = join(committedCorpus(), target.name, 'seed');
    const traces = readdirSync(folder).map((name) => executeTraced(target, readFileSync(join(folder, name))).trace);
    const stories = ORACLES.map(({ id, claim }, index) => {
      const finding = { ...sampleFinding(), oracle: id, claim, step: 2 };
      return standaloneReport({ target: target.name, finding, trace: traces[index % traces.length] ?? null });
    });
    const lines = stories.join('\n').split('\n');
    assert.ok(lines.length > 500);
    assert.deepEqual(
      lines.filter((line) => MISLEADING.test(line)),
      [],
    );
  });
});
