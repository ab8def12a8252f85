// The test runner behind `npm test`: every *.test.js below this folder, and one plain line at the end that says how many
// passed and failed. A run without tests fails, as does a file that could not be loaded or ended on its own.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Transform, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** Test files in processes of their own at a time. */
const CONCURRENCY = 2;

const TEST_FILE = '.test.js';

class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** Files that ended well and ran nothing. */
  readonly empty: string[] = [];

  get line(): string {
    const skipped = this.skipped === 0 ? '' : `, ${this.skipped} skipped`;
    return `${this.passed} passed, ${this.failed} failed${skipped}`;
  }
}

interface TestEvent {
  readonly type: string;
  readonly data?: unknown;
}

interface TestResult {
  readonly name: string;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details?: { readonly type?: string; readonly error?: { readonly failureType?: string } };
}

/** Counts tests and passes every event on. Suites count by their tests, unless the suite itself is what failed. */
function counting(tally: Tally): Transform {
  return new Transform({
    objectMode: true,
    transform(event: TestEvent, _encoding, done): void {
      if (event.type === 'test:pass') countPass(tally, event.data as TestResult);
      else if (event.type === 'test:fail') countFail(tally, event.data as TestResult);
      done(null, event);
    },
  });
}

function countPass(tally: Tally, result: TestResult): void {
  if (result.details?.type === 'suite') return;
  if (result.name.endsWith(TEST_FILE)) {
    // The runner reports a file under its own name only when no test of it was reported.
    tally.failed++;
    tally.empty.push(result.name);
  } else if (isMarked(result.skip) || isMarked(result.todo)) tally.skipped++;
  else tally.passed++;
}

function countFail(tally: Tally, result: TestResult): void {
  const { details } = result;
  if (isMarked(result.todo)) {
    tally.skipped++;
    return;
  }
  // A parent whose only fault is that a test in it failed is not counted again.
  if (details?.error?.failureType === 'subtestsFailed') return;
  tally.failed++;
}

/** Present without a reason is an empty string. */
function isMarked(mark: string | boolean | undefined): boolean {
  return mark !== undefined && mark !== false;
}

function testFilesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return testFilesBelow(path);
      return entry.name.endsWith(TEST_FILE) ? [path] : [];
    });
}

/** Writes to standard output and stays open for the last line. */
function output(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done): void {
      process.stdout.write(chunk, () => {
        done();
      });
    },
  });
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const files = testFilesBelow(__dirname).filter(
    (file) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
  );
  const tally = new Tally();
  if (files.length > 0) {
    const events = run({ files, concurrency: CONCURRENCY });
    await finished(events.pipe(counting(tally)).pipe(new spec()).pipe(output()));
  }
  process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
  for (const file of tally.empty) process.stdout.write(`no tests were run in ${file}\n`);
  process.stdout.write(`${tally.line}\n`);
}

void main();
