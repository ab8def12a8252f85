// Checks, in the order in which things build on each other, that fuzzing works on this machine: from the version of
// node to a planted failure that the engine must find. Temporary folders only, apart from the probe of the results'.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { readSidecar, writeCrash } from './crashes/crash-store.js';
import { type EngineOutcome, EngineProcess } from './engine/engine-process.js';
import type { FindingEvent, RunEvent } from './engine/run-context.js';
import { messageOf } from './errors.js';
import { checkWritable, makeTemporaryFolder } from './folders.js';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about a failure; empty when there is none. */
  readonly advice: string;
}

export interface DoctorOptions {
  /** Compiled tree with `src/` and `fuzz/`. */
  readonly root: string;
  /** Folder of findings. */
  readonly crashes: string;
}

const OLDEST_NODE = 20;
/** Far fewer than the driver has: less means that the instrumentation missed its files. */
const FEWEST_EDGES = 100;
const CANARY_SECONDS = 10;
/** Any will do: it makes the doctor's runs the same each time. */
const SEED = 1;

/** Every check, in order; those that need a failed one fail as well. */
export async function diagnose({ root, crashes }: DoctorOptions): Promise<readonly Check[]> {
  const probe = await shortRun({ root, target: 'split_ring_fuzzer', runs: 1 });
  const canary = await shortRun({ root, target: 'canary', seconds: CANARY_SECONDS });
  const ready = eventOf(probe.outcome, 'ready');
  return [
    nodeCheck(process.versions.node),
    engineCheck(probe.outcome),
    instrumentationCheck(ready),
    feedbackCheck(ready),
    canaryCheck(canary),
    crashesCheck(crashes),
  ];
}

interface ShortRun {
  readonly outcome: EngineOutcome;
  /** Whether a finding was stored with a readable sidecar. */
  readonly stored: boolean;
  readonly seconds: number;
}

async function shortRun(run: { root: string; target: string; runs?: number; seconds?: number }): Promise<ShortRun> {
  const folder = makeTemporaryFolder('doctor');
  const startedAt = Date.now();
  try {
    const crashes = join(folder, 'crashes');
    const corpus = join(folder, 'corpus');
    mkdirSync(corpus);
    const context = { stopAfter: 1, notNew: [], smallest: {} };
    const outcome = await new EngineProcess({ ...run, corpus: [corpus], seed: SEED, maxLength: 132, context }).run();
    const seconds = (Date.now() - startedAt) / 1000;
    return { outcome, stored: canStore(eventOf(outcome, 'finding'), crashes, run.target), seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Stores a finding as a campaign does, and reads it back. */
function canStore(event: FindingEvent | null, directory: string, target: string): boolean {
  if (event === null) return false;
  const { finding, input } = event;
  const bytes = Buffer.from(input, 'base64');
  const { sidecar } = writeCrash({ directory, target, bytes, finding, trace: null, seed: SEED, bug: null });
  return readSidecar(sidecar).bucket === finding.bucket;
}

function nodeCheck(version: string): Check {
  const ok = Number(version.split('.')[0]) >= OLDEST_NODE;
  return {
    name: 'node',
    ok,
    detail: `version ${version}`,
    advice: ok ? '' : `install node ${String(OLDEST_NODE)} or newer`,
  };
}

function engineCheck(outcome: EngineOutcome): Check {
  const addon = eventOf(outcome, 'addon');
  const name = 'engine';
  if (outcome.end.kind === 'failed' || addon === null) {
    const detail = outcome.end.kind === 'failed' ? outcome.end.message : 'it did not load its addon';
    return { name, ok: false, detail, advice: 'run npm ci; the engine needs glibc 2.34 or newer, macOS or Windows' };
  }
  const how = addon.variant === 'stock' ? 'stock addon' : 'addon adapted in memory to an older glibc';
  return { name, ok: true, detail: how, advice: '' };
}

function instrumentationCheck(ready: Extract<RunEvent, { kind: 'ready' }> | null): Check {
  const edges = ready?.edges ?? 0;
  const ok = edges >= FEWEST_EDGES;
  const detail = `${String(edges)} edges of the driver${ready?.tuned === false ? ', untuned: slow' : ''}`;
  return {
    name: 'instrumentation',
    ok,
    detail,
    advice: ok ? '' : `at least ${String(FEWEST_EDGES)} are expected: run npm run build`,
  };
}

function feedbackCheck(ready: Extract<RunEvent, { kind: 'ready' }> | null): Check {
  const ok = ready?.stateFeedback === true;
  const advice = ok ? '' : 'use the version of @jazzer.js/core that package.json names: run npm ci';
  return { name: 'state feedback', ok, detail: ok ? 'registered' : 'not registered', advice };
}

function canaryCheck({ outcome, stored, seconds }: ShortRun): Check {
  const name = 'canary';
  const found = eventOf(outcome, 'finding') !== null;
  if (found && stored) {
    return {
      name,
      ok: true,
      detail: `found after ${String(outcome.executions)} executions, ${seconds.toFixed(1)} s`,
      advice: '',
    };
  }
  const detail = found ? 'found but not stored' : `not found (${outcome.end.kind})`;
  return { name, ok: false, detail, advice: 'findings would be missed: fix the checks above, then report this' };
}

function crashesCheck(folder: string): Check {
  try {
    checkWritable(folder);
    return { name: 'crashes folder', ok: true, detail: folder, advice: '' };
  } catch (error) {
    return { name: 'crashes folder', ok: false, detail: messageOf(error), advice: 'name another one with --crashes' };
  }
}

function eventOf<K extends RunEvent['kind']>(outcome: EngineOutcome, kind: K): Extract<RunEvent, { kind: K }> | null {
  return outcome.events.find((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind) ?? null;
}
