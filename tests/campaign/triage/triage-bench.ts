// Triage without a driver: harnesses that are functions of the input, and a crashes folder to run it on.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import type { Builds } from '../../../src/campaign/bugs/builds.js';
import { writeCrash } from '../../../src/campaign/crashes/crash-store.js';
import type { Harness } from '../../../src/campaign/harness.js';
import { type TriageRun, type TriageRunOptions, runTriage } from '../../../src/campaign/triage/run-triage.js';
import { TARGETS } from '../../../src/target/targets.js';
import type { Finding, Verdict } from '../../../src/verdict/verdict.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';
import { sampleFinding } from '../crashes/sample-finding.js';

export const TARGET = 'split_ring_fuzzer';
export const NOW = new Date('2026-05-01T12:00:00Z');

/** What an input comes to; `run` counts the executions of all inputs. */
export type Driver = (text: string, run: number) => Verdict;

export const OK: Verdict = { kind: 'ok' };

/** A finding whose bucket says its name; the first letter decides the severity. */
export function findingIn(bucket: string): Finding {
  const severity = bucket.startsWith('low') ? 'low' : 'critical';
  return sampleFinding({ bucket, severity, oracle: 'unmap-mismatch', call: 'getBuf', step: 1 });
}

export function found(bucket: string): Verdict {
  return { kind: 'finding', finding: findingIn(bucket) };
}

/** Inputs name the bucket that they end in: `a..` ends in `bucket-a`; those in capitals pass. */
export const byFirstLetter: Driver = (text) => (/^[a-z]/.test(text) ? found(`bucket-${text.charAt(0)}`) : OK);

/** One harness for every build; bug `gone` is in no bank. */
export function buildsOf(driver: Driver): Builds {
  let runs = 0;
  const execute: Harness['execute'] = (_target, bytes) => driver(Buffer.from(bytes).toString('latin1'), runs++);
  const harness: Harness = {
    targets: TARGETS,
    execute,
    executeTraced: (target, bytes, options) => {
      const verdict = execute(target, bytes, options);
      return { verdict, trace: { configuration: 'c', steps: [{ number: 1, title: 's', events: [] }], hash: '0' } };
    },
  };
  const builds = {
    forInput: (bug: string | null) => ({ harness, bug: bug === 'gone' ? null : bug }),
    renew: () => undefined,
  };
  return builds as unknown as Builds;
}

export class TriageBench {
  readonly crashes: string;

  constructor(context: TestContext) {
    this.crashes = join(temporaryFolder(context), 'crashes');
    mkdirSync(this.crashes);
  }

  /** Stores a crash as a campaign does; its path. */
  crash(text: string, bucket: string, bug: string | null = null): string {
    const bytes = Buffer.from(text, 'latin1');
    const common = { directory: this.crashes, target: TARGET, trace: null, seed: 1 };
    return writeCrash({ ...common, bytes, finding: findingIn(bucket), bug }).file;
  }

  /** Writes any file below the crashes folder; its path. */
  file(path: string, text: string): string {
    const file = join(this.crashes, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  triage(driver: Driver, options: Partial<TriageRunOptions> = {}): TriageRun {
    return runTriage({
      paths: [],
      crashes: this.crashes,
      target: undefined,
      // Only where the test wrote none: it is one file.
      knownIssues: options.knownIssues ?? this.known(),
      builds: buildsOf(driver),
      times: 10,
      hangLimit: 1000,
      now: NOW,
      commandArguments: [],
      ...options,
    });
  }

  /** A file of known issues beside the folder; its path. */
  known(...issues: readonly { readonly bucket: string; readonly expires: string }[]): string {
    const file = join(this.crashes, '..', 'known-issues.json');
    const all = issues.map((issue) => ({ reason: 'r', issue: 'https://example.org/1', ...issue }));
    writeFileSync(file, JSON.stringify({ schema: 1, issues: all }));
    return file;
  }

  /** Every file below the folder with its content. */
  snapshot(): ReadonlyMap<string, string> {
    const names = readdirSync(this.crashes, { recursive: true, withFileTypes: true });
    return new Map(
      names
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
        .map((file) => [file, readFileSync(file, 'latin1')]),
    );
  }
}

/** Bucket, status and number of inputs of each row. */
export function rowsOf(run: TriageRun): readonly (readonly [string, string, number])[] {
  return run.buckets.map(({ bucket, status, inputs }) => [bucket, status, inputs.length]);
}

export function sha1(text: string): string {
  return createHash('sha1').update(Buffer.from(text, 'latin1')).digest('hex');
}
