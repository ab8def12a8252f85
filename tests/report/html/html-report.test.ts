// The report as a file: nothing from outside, nothing from a finding that could become markup or script, and no larger
// than it may be.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { loadCompiler } from '../../../src/campaign/bugs/typescript-compiler.js';
import { readCrashFolder } from '../../../src/campaign/crashes/crash-folder.js';
import { writeCrash, writeInput } from '../../../src/campaign/crashes/crash-store.js';
import { projectRoot } from '../../../src/campaign/paths.js';
import { htmlReport } from '../../../src/report/html/html-report.js';
import type { FindingData, PageData } from '../../../src/report/html/model/page-data.js';
import { plotColumns } from '../../../src/report/html/plot-columns.js';
import { temporaryFolder } from '../../campaign/bugs/planted-bugs.js';
import { sampleFinding } from '../../campaign/crashes/sample-finding.js';
import { HOSTILE, canaryFinding, plotRow, reportOf, writeSampleFolder } from '../sample-folder.js';

function reportFile(crashes: string, dataLimit?: number): string {
  const limit = dataLimit === undefined ? {} : { dataLimit };
  return htmlReport(readCrashFolder(crashes), { report: reportOf(crashes), ...limit });
}

function dataOf(html: string): PageData {
  const text = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  return JSON.parse(text) as PageData;
}

function findingOf(data: PageData, oracle: string): FindingData {
  const finding = data.findings.find((each) => each.oracle === oracle);
  assert.ok(finding, `no finding of ${oracle}`);
  return finding;
}

function emptyFolder(context: TestContext): string {
  const folder = join(temporaryFolder(context), 'crashes');
  mkdirSync(folder);
  return folder;
}

describe('htmlReport', () => {
  test('embeds what the folder holds, and nothing in it ends or begins an element', (context) => {
    const html = reportFile(writeSampleFolder(temporaryFolder(context)));
    const data = dataOf(html);
    assert.deepEqual(
      data.targets.map(({ target, plot }) => [target, plot === null]),
      [
        ['canary', true],
        ['packed_ring_fuzzer', true],
        ['split_ring_fuzzer', false],
      ],
    );
    assert.equal(findingOf(data, 'new').claim, HOSTILE);
    assert.equal(findingOf(data, 'known').issue?.reason, HOSTILE);
    assert.equal(findingOf(data, 'new').executions, 17);
    assert.deepEqual(findingOf(data, 'flaky').reproduced, { times: 4, runs: 10 });
    for (const tag of ['<script', '</script', '<style', '</style', '<body', '</body']) {
      assert.equal(html.toLowerCase().split(tag).length - 1, tag.includes('script') ? 2 : 1, tag);
    }
  });

  test('a hostile sidecar stays text', (context) => {
    const crashes = emptyFolder(context);
    const { trace, bytes } = canaryFinding();
    const evil = '</script><script>alert(1)</script><!--\u2028';
    const steps = [{ number: 0, title: evil, events: [{ kind: evil, text: evil }] }];
    const finding = sampleFinding({ claim: evil, shape: evil, expected: { [evil]: evil }, field: evil, call: evil });
    const options = { directory: crashes, target: 'canary', bytes, finding, seed: null, bug: evil };
    writeCrash({ ...options, trace: { ...trace, configuration: evil, steps } });
    const html = reportFile(crashes);
    assert.equal(html.split('</script>').length - 1, 2);
    assert.doesNotMatch(html.slice(html.indexOf('id="data"'), html.indexOf('</script>')), /[<\u2028]/);
    const [input] = findingOf(dataOf(html), 'unmap-mismatch').inputs;
    assert.ok(input);
    assert.equal(input.finding?.shape, evil);
    assert.deepEqual(input.trace?.steps[0]?.events, [[evil, evil]]);
    // What a reader pastes into a shell is one word.
    assert.ok(input.arguments.endsWith(` --bug '${evil}'`));
  });

  test('lets no script and no style run but its own, and asks for nothing', (context) => {
    const html = reportFile(emptyFolder(context));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    assert.match(
      policy,
      /^default-src 'none'; script-src '[^']*'; style-src '[^']*'; base-uri 'none'; form-action 'none'$/,
    );
    for (const element of ['script', 'style']) {
      const code = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(html)?.[1] ?? '';
      assert.ok(code.length > 1000);
      assert.ok(policy.includes(`'sha256-${createHash('sha256').update(code).digest('base64')}'`), element);
    }
    assert.doesNotMatch(html, /<(?:link|img|iframe|object|embed|base|form|script src)\b/i);
    assert.doesNotMatch(html, /@import|url\(\s*['"]?(?!data:)[a-z]+:/i);
    assert.match(
      html,
      /uPlot[\s\S]*Permission is hereby granted[\s\S]*Leon Sorokin|Leon Sorokin[\s\S]*Permission is hereby granted/,
    );
  });

  test('the minimised input stands first, and the others can be chosen', (context) => {
    const crashes = emptyFolder(context);
    const { trace, bytes, finding } = canaryFinding();
    const input = { target: 'canary', finding, trace, seed: null, bug: null };
    const { file } = writeCrash({ ...input, directory: crashes, bytes });
    writeInput(dirname(file), 'minimised', { ...input, bytes: Uint8Array.of(1, 2, 3, 4, 5) });
    const { inputs } = findingOf(dataOf(reportFile(crashes)), finding.oracle);
    assert.deepEqual(
      inputs.map(({ minimised, size }) => [minimised, size]),
      [
        [true, 5],
        [false, bytes.length],
      ],
    );
    assert.ok(inputs.every(({ note, trace: packed }) => note === null && packed !== null));
  });

  test('says why there is no grid or no trace, and which command makes one', (context) => {
    const crashes = emptyFolder(context);
    const { trace, bytes, finding } = canaryFinding();
    const input = { directory: crashes, target: 'canary', seed: null, bug: null };
    const { sidecar } = writeCrash({ ...input, bytes, finding, trace });
    const old = JSON.parse(readFileSync(sidecar, 'utf8')) as {
      trace: { steps: { events: object[]; marks: unknown }[] };
    };
    for (const step of old.trace.steps) {
      delete step.marks;
      step.events = step.events.map((event) => ({ ...event, data: undefined }));
    }
    writeFileSync(sidecar, JSON.stringify({ ...old, schema: 1 }));
    writeCrash({ ...input, bytes, finding: sampleFinding({ oracle: 'hang', bucket: 'hang.b' }), trace: null });
    const data = dataOf(reportFile(crashes));
    const [texts] = findingOf(data, finding.oracle).inputs;
    assert.match(texts?.note ?? '', /^This sidecar is of schema 1: .* npx vringfuzz minimise \S+ --target canary$/);
    assert.equal(texts?.trace?.steps.length, trace.steps.length);
    const [none] = findingOf(data, 'hang').inputs;
    assert.match(none?.note ?? '', /no trace.* npx vringfuzz minimise /);
  });

  test('leaves traces out rather than grow beyond its limit: second ones first', (context) => {
    const crashes = emptyFolder(context);
    const { trace, finding } = canaryFinding();
    for (let k = 0; k < 12; k++) {
      const bucket = `bucket-${k % 4}`;
      const bytes = Uint8Array.of(k, 1, 2);
      writeCrash({
        directory: crashes,
        target: 'canary',
        bytes,
        finding: { ...finding, bucket },
        trace,
        seed: 1,
        bug: null,
      });
    }
    const all = dataOf(reportFile(crashes));
    const one = JSON.stringify(all.findings[0]?.inputs[0]?.trace).length;
    const rest = JSON.stringify(all, (key, value: unknown) => (key === 'trace' ? null : value)).length;
    const { findings } = dataOf(reportFile(crashes, rest + 6.5 * one));
    assert.equal(findings.length, 4);
    assert.ok(findings.every(({ inputs }) => Boolean(inputs[0]?.trace)));
    const inputs = findings.flatMap((each) => each.inputs);
    const without = inputs.filter(({ trace: packed }) => packed === null);
    assert.equal(without.length, 12 - 6);
    assert.match(without[0]?.note ?? '', /left out.* npx vringfuzz describe /);
  });

  test('an empty folder has no findings and no targets', (context) => {
    const { findings, targets, problems } = dataOf(reportFile(emptyFolder(context)));
    assert.deepEqual([findings, targets, problems], [[], [], []]);
  });
});

describe('plotColumns', () => {
  test('one row is no growth', () => {
    assert.equal(plotColumns([]), null);
    assert.equal(plotColumns([plotRow(0)]), null);
    assert.equal(plotColumns([plotRow(5), plotRow(5)]), null);
  });

  test('thins out a night, and keeps the end, a short drop and the order of time', () => {
    const rows = Array.from({ length: 10_000 }, (_, k) =>
      plotRow(5 * k, { edges_found: k, execs_per_sec: k >= 5000 && k < 5100 ? 0 : 20_000 }),
    );
    const columns = plotColumns(rows);
    assert.ok(columns);
    assert.ok(columns.time.length <= 400);
    assert.deepEqual([columns.time.at(-1), columns.edges.at(-1)], [49_995, 9999]);
    assert.ok(columns.rate.includes(0));
    assert.ok(columns.time.every((time, k) => k === 0 || time > (columns.time[k - 1] ?? 0)));
    assert.ok(Object.values(columns).every((column: readonly number[]) => column.length === columns.time.length));
  });
});

test('the modules of the page have no type errors', () => {
  const compiler = loadCompiler();
  const folder = join(projectRoot(), 'src', 'report', 'html', 'page');
  const config = compiler.readConfigFile(join(folder, 'tsconfig.json'), (path) => compiler.sys.readFile(path));
  const { options, fileNames } = compiler.parseJsonConfigFileContent(config.config, compiler.sys, folder);
  assert.ok(fileNames.length > 5);
  const program = compiler.createProgram(fileNames, options);
  const complaints = compiler
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) => `${file?.fileName ?? ''}: ${compiler.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  assert.deepEqual(complaints, []);
});
