// Stored inputs mean the same under other Node majors. Needs them: VRINGFUZZ_NODES lists node programs, separated as in
// PATH; docs/reproducing.md says where to get them and which were tried.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';

const NODES = (process.env['VRINGFUZZ_NODES'] ?? '').split(delimiter).filter((node) => node !== '');
const SKIP = 'set VRINGFUZZ_NODES to other node programs, such as /opt/node22/bin/node:/opt/node24/bin/node';

function outcomes(node: string): readonly string[] {
  const output = execFileSync(node, [join(__dirname, 'stored-outcomes.js')], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return output.trimEnd().split('\n');
}

describe('the committed corpus and the seeds of the bug bank', () => {
  if (NODES.length === 0) test('come to the same under other Nodes', { skip: SKIP }, () => undefined);
  let first: readonly string[] | undefined;
  for (const node of NODES) {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    test(`come to the same under ${version} as under ${process.version}`, (context) => {
      first ??= outcomes(process.execPath);
      const other = outcomes(node);
      assert.ok(first.length > 400, `${first.length} outcomes`);
      assert.deepEqual(
        other.filter((line, index) => line !== first?.[index]),
        [],
      );
      assert.equal(other.length, first.length);
      context.diagnostic(`${other.length} inputs alike`);
    });
  }
});
