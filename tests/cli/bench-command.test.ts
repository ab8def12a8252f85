// `vringfuzz bench` as its users run it: every engine for real on a planted bug, what it writes, going on after a stop, and
// bugs that cannot be measured.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { readBenchData } from '../../src/campaign/bench/bench-data.js';
import { ENGINES } from '../../src/campaign/bench/engines.js';
import { compiledRoot, projectRoot } from '../../src/campaign/paths.js';
import { patchOf, plantBug, temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { compiled, complaints, undescribed } from '../report/formats/schemas.js';
import { elements, readXml } from '../report/formats/xml-reader.js';
import { isRefused, runCli } from './run-cli.js';

/** Every engine finds it within some hundred executions. */
const EASY = 'V08';

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param interrupt sends Ctrl-C when the text appears on standard error. */
async function bench(args: readonly string[], interrupt?: RegExp): Promise<Run> {
  const child = spawn(process.execPath, [join(compiledRoot(), 'src', 'cli', 'main.js'), 'bench', ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    const before = interrupt?.test(stderr) === true;
    stderr += chunk.toString();
    if (!before && interrupt?.test(stderr) === true) child.kill('SIGINT');
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

interface Document {
  readonly sessions: readonly { readonly versions: Readonly<Record<string, string>> }[];
  readonly conditions: readonly {
    readonly results: readonly { readonly engine: string; readonly triggered: number; readonly reached: number }[];
  }[];
  readonly killMatrix: { readonly rows: readonly { readonly bug: string; readonly alone: string | null }[] } | null;
  readonly problems: readonly string[];
}

describe('bench', () => {
  test('every engine, in earnest: JSON, data, going on, and the pages', async (context) => {
    const folder = join(temporaryFolder(context), 'data');
    const base = ['--bug', EASY, '--no-seeds', '--time-limit', '20s', '--out', folder];
    const first = await bench([...base, '--engine', ENGINES.join(','), '--trials', '1', '--json']);
    assert.equal(first.status, 0, first.stderr);
    const document = JSON.parse(first.stdout) as Document;
    assert.deepEqual(complaints(compiled('bench-1'), document), []);
    assert.deepEqual(undescribed('bench-1', document), []);
    assert.deepEqual(
      document.conditions[0]?.results.map(({ engine, triggered, reached }) => [engine, triggered, reached]),
      ENGINES.map((engine) => [engine, 1, 1]),
    );
    assert.equal(document.sessions[0]?.versions['fast-check'], '4.10.2');
    assert.deepEqual(
      document.killMatrix?.rows.map(({ bug, alone }) => [bug, alone]),
      [[EASY, 'errno']],
    );
    const { trials } = readBenchData(folder);
    for (const { engine, reached, triggered, startSeconds, last } of trials) {
      assert.ok(startSeconds > 0 && reached !== null && triggered !== null, engine);
      assert.deepEqual([triggered.oracle, triggered.expected], ['errno', true], engine);
      assert.ok(reached.executions <= triggered.executions && reached.seconds <= triggered.seconds, engine);
      assert.deepEqual([last.executions, last.seconds], [triggered.executions, triggered.seconds], engine);
    }

    // The same command does nothing again; a second trial is added, and the first one is the same in the same number.
    const second = await bench([...base, '--engine', 'random', '--trials', '2', '--no-matrix']);
    assert.match(second.stderr, /1 trials; 1 are done already/);
    assert.match(second.stdout, /^V08 +random +2\/2 +2\/2 /m);
    const elsewhere = join(folder, '..', 'again');
    await bench([...base.slice(0, -1), elsewhere, '--engine', 'random', '--engine', 'fast-check', '--trials', '1']);
    for (const again of readBenchData(elsewhere).trials) {
      const before = trials.find(({ engine }) => engine === again.engine);
      assert.equal(again.triggered?.executions, before?.triggered?.executions, again.engine);
      assert.equal(again.triggered?.input, before?.triggered?.input, again.engine);
    }

    const pages = join(folder, '..', 'pages');
    const written = runCli('bench', '--write-docs', folder, '--out', pages);
    assert.equal(written.status, 0, written.stderr);
    assert.deepEqual(readdirSync(pages).sort(), ['benchmark.md', 'benchmark.svg', 'kill-matrix.md']);
    const page = readFileSync(join(pages, 'benchmark.md'), 'utf8');
    for (const engine of ENGINES) assert.match(page, new RegExp(`\\| \`V08\`[^|]*\\| ${engine} \\| errno \\|`));
    const plot = readXml(readFileSync(join(pages, 'benchmark.svg'), 'utf8'));
    assert.equal(
      elements(plot, 'path').filter(({ attributes }) => attributes.has('stroke-width')).length,
      ENGINES.length,
    );
    assert.match(readFileSync(join(pages, 'kill-matrix.md'), 'utf8'), /\| `V08` \| \d+ \| \*\*errno\*\* \|/);
  });

  test('from the committed seeds, without the one that shows the bug', async (context) => {
    const folder = join(temporaryFolder(context), 'data');
    const base = [
      '--bug',
      'used-flag-only',
      '--trials',
      '1',
      '--time-limit',
      '1s',
      '--engine',
      'random',
      '--no-matrix',
    ];
    const { status, stderr } = await bench([...base, '--out', folder]);
    assert.equal(status, 0, stderr);
    await bench([...base, '--silent-seeds', '--out', folder]);
    const { bugs, trials } = readBenchData(folder);
    const bug = bugs.get('used-flag-only');
    assert.ok(bug !== undefined && bug.committed > 10 && bug.showing < bug.committed);
    assert.deepEqual(
      trials.map(({ corpus }) => corpus),
      ['committed', 'silent'],
    );
    const [committed, silent] = trials;
    if (bug.showing > 0) assert.ok((committed?.triggered?.executions ?? Infinity) <= bug.committed);
    assert.ok((silent?.last.executions ?? 0) > bug.committed - bug.showing, 'no seed shows it at once');
  });

  test('Ctrl-C prints what there is, keeps it, and the same command goes on', async (context) => {
    const folder = join(temporaryFolder(context), 'data');
    const args = ['--bug', EASY, '--no-seeds', '--engine', 'random', '--no-matrix', '--out', folder, '--trials'];
    const stopped = await bench([...args, '400'], /: 2\/400 /);
    assert.equal(stopped.status, 0, stopped.stderr);
    assert.match(stopped.stderr, /stopped; the trials so far are in/);
    const done = readBenchData(folder).trials.length;
    assert.ok(done >= 2 && done < 400);
    assert.match(stopped.stdout, new RegExp(`^V08 +random +${done}/${done} `, 'm'));
    const after = await bench([...args, String(done)]);
    assert.match(after.stderr, new RegExp(`: 0 trials; ${done} are done already`));
  });
});

describe('bench: bugs that cannot be measured', () => {
  test('are named and left out; the rest is measured; exit code 2', async (context) => {
    const bank = temporaryFolder(context);
    const good = join(bank, 'good');
    cpSync(join(projectRoot(), 'bugs', EASY), good, { recursive: true });
    const definition = JSON.parse(readFileSync(join(good, 'bug.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(good, 'bug.json'), JSON.stringify({ ...definition, id: 'good' }));
    const patch = readFileSync(join(good, 'bug.patch'), 'utf8');
    const planted: readonly (readonly [id: string, patch: string, change: Readonly<Record<string, unknown>>])[] = [
      ['bad-patch', patch.replace(/^-.*;$/m, '-    nothing like it;'), {}],
      ['no-diff', 'not a diff\n', {}],
      ['missing-field', patch, { origin: undefined }],
      ['unknown-field', patch, { orcales: ['heap'] }],
      ['outside', patchOf('fuzz/empty.ts', (text) => `${text}// More.\n`), {}],
      ['types', patchOf('src/spec/errno.ts', (text) => `${text}export const WRONG: number = 'text';\n`), {}],
      ['no-seed', patch, { seed: 'nowhere' }],
    ];
    for (const [id, text, change] of planted) {
      const folder = plantBug(bank, id, text, change);
      if (id !== 'no-seed') cpSync(join(good, 'seed'), join(folder, 'seed'));
    }
    const ids = ['good', ...planted.map(([id]) => id)].flatMap((id) => ['--bug', id]);
    const args = [...ids, '--bugs', bank, '--engine', 'random', '--trials', '1', '--time-limit', '5s', '--no-matrix'];
    const { status, stdout, stderr } = await bench([...args, '--json', '--out', join(bank, 'data')]);
    assert.equal(status, 2, stderr);
    const { problems, conditions } = JSON.parse(stdout) as Document;
    assert.equal(conditions[0]?.results.length, 1, 'the good one is measured');
    for (const message of [
      /bad-patch: patch does not apply/,
      /no-diff.*changes no file/,
      /missing-field.*"origin"/,
      /unknown-field.*"orcales" \(did you mean oracles\?\)/,
      /outside: the patch changes fuzz\/empty\.ts; the benchmark takes patches of src\/ only/,
      /types: the patch does not compile: .*not assignable/,
      /no-seed: no seed at/,
    ]) {
      assert.equal(problems.filter((problem) => message.test(problem)).length, 1, message.source);
      assert.match(stderr, message);
    }
    assert.equal(problems.length, planted.length);
  });

  test('wrong use: one line, exit code 2, and nothing is written', (context) => {
    const folder = join(temporaryFolder(context), 'data');
    const refused = (message: RegExp, ...args: readonly string[]): void => {
      const run = runCli('bench', '--out', folder, ...args);
      assert.ok(isRefused(run, message), `${args.join(' ')}: ${run.stderr}`);
    };
    refused(/unknown engine jazer-stock \(did you mean jazzer-stock\?\)/, '--engine', 'random,jazer-stock');
    refused(/--trials.*whole number from 1/, '--trials', '0');
    refused(/--trials 1001 is too many/, '--trials', '1001');
    refused(/not a duration: 0s/, '--time-limit', '0s');
    refused(/--jobs/, '--jobs', '0');
    refused(/exclude each other/, '--no-seeds', '--silent-seeds');
    refused(/is not a folder of bugs/, '--bugs', join(folder, 'nowhere'));
    refused(/unknown bug V4 \(did you mean/, '--bug', 'V4');
    refused(/holds no trials\.jsonl/, '--write-docs', folder);
    assert.ok(!existsSync(join(folder, 'trials.jsonl')));
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, '');
    const unwritable = runCli('bench', '--out', folder, '--bug', EASY);
    assert.equal(unwritable.status, 1);
    assert.match(unwritable.stderr, /^vringfuzz: cannot write .*\n$/);
  });
});
