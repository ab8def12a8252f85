// `vringfuzz replay --inspect-brk` with Node's own command-line debugger on the other end.

import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { compiledRoot } from '../../src/campaign/paths.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { isRefused, runCli } from './run-cli.js';

/** Five times `add` of one piece: the canary's fourth unmap, in the teardown after them, is wrong. */
const INPUT = Buffer.from([32, 1, 0, 0, ...Array.from({ length: 5 }, () => [0, 9, 0, 0]).flat()]);

/** A process whose output can be waited for. */
class Talker {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<unknown>;
  output = '';

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, args);
    this.ended = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        this.output += chunk;
        this.child.emit('said');
      });
    }
  }

  async saying(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (this.child.exitCode !== null) assert.fail(`ended without ${String(pattern)}:\n${this.output}`);
      await Promise.race([once(this.child, 'said'), this.ended]);
    }
  }
}

describe('replay --inspect-brk', () => {
  // What is waited for may never be said: then the test fails instead of hanging.
  test('waits, stops where the step of the finding starts, and goes on', { timeout: 120_000 }, async (context) => {
    const file = join(temporaryFolder(context), 'x');
    writeFileSync(file, INPUT);
    const main = join(compiledRoot(), 'src', 'cli', 'main.js');
    const replay = new Talker([
      main,
      'replay',
      file,
      '--target',
      'canary',
      '--inspect-brk',
      '--inspect-port',
      '127.0.0.1:0',
    ]);
    context.after(() => replay.child.kill('SIGKILL'));
    const [, port = ''] = await replay.saying(/waiting for a debugger at ws:\/\/127\.0\.0\.1:(\d+)/);
    await replay.saying(
      /stops at the start of step 6 \(teardown: .*\); the finding is in detach, src\/driver\/split-queue\.ts:\d+/,
    );
    assert.ok(!replay.output.includes('unmap-mismatch  '), 'nothing is told before the debugger has come');
    const client = new Talker(['inspect', `127.0.0.1:${port}`]);
    context.after(() => client.child.kill('SIGKILL'));
    await client.saying(/break in .*debug-replay\.js/);
    client.child.stdin.write('bt\n');
    await client.saying(/#1 (?:run|teardown) .*runner\.js/);
    client.child.stdin.write('cont\n');
    await replay.saying(/^finding {2}.*unmap-mismatch/m);
    client.child.stdin.write('.exit\n');
    const [code] = (await replay.ended) as [number];
    assert.equal(code, 77);
  });

  test('takes one input, and an address', (context) => {
    const folder = temporaryFolder(context);
    for (const name of ['a', 'b']) writeFileSync(join(folder, name), INPUT);
    const two = runCli('replay', folder, '--target', 'canary', '--inspect-brk');
    assert.ok(isRefused(two, /--inspect-brk takes one input/), JSON.stringify(two));
    for (const [wrong, message] of [
      [['--inspect-brk', '--inspect-port', 'nowhere'], /\[host:\]port/],
      [['--inspect-brk', '--inspect-port', '70000'], /\[host:\]port/],
      [['--inspect-port', '0'], /--inspect-port is for --inspect-brk/],
    ] as const) {
      const run = runCli('replay', join(folder, 'a'), '--target', 'canary', ...wrong);
      assert.ok(isRefused(run, message), JSON.stringify(run));
    }
  });
});
