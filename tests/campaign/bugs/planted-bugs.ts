// Bugs for tests, written to a temporary folder: their patches are made from the sources as they are, so that no change
// to the driver can break a test of the bug bank.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { createTwoFilesPatch } from 'diff';

import { projectRoot } from '../../../src/campaign/paths.js';

/** A folder that lasts as long as the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vringfuzz-test-'));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Writes `<bank>/<id>/` with a patch, and with bug.json as it should be unless `definition` changes it. */
export function plantBug(
  bank: string,
  id: string,
  patch: string,
  definition: Readonly<Record<string, unknown>> = {},
): string {
  const folder = join(bank, id);
  mkdirSync(folder, { recursive: true });
  const bug = {
    id,
    title: `test bug ${id}`,
    origin: 'tests',
    year: 2024,
    area: 'tests',
    oracles: ['unmap-mismatch'],
    target: 'split_ring_fuzzer',
    seed: 'seed',
    ...definition,
  };
  writeFileSync(join(folder, 'bug.json'), JSON.stringify(bug));
  writeFileSync(join(folder, 'bug.patch'), patch);
  return folder;
}

/** A patch that makes `edit` of a source file, such as `src/spec/errno.ts`. */
export function patchOf(path: string, edit: (text: string) => string): string {
  const text = readFileSync(join(projectRoot(), path), 'utf8');
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, text, edit(text));
}

/**
 * The text of a harness whose first input byte says what happens: `F` a finding, `B` a harness bug, `T` an exception, `H`
 * no end, `R` another trace every time; else ok. Once it was stopped half-way, every later execution is a harness bug.
 */
export function plantedHarness(): string {
  return patchOf('src/world/execute.ts', () => HARNESS);
}

export const PLANTED_BUCKET = 'unmap-mismatch@split-queue.ts-detach@size';

const HARNESS = `
import type { TargetSpec } from '../../target/target-spec.js';

let executions = 0;
let running = false;

export const STATE_FEEDBACK_SIZE = 4096;

export function execute(target: TargetSpec, bytes: Uint8Array): unknown {
  return executeTraced(target, bytes).verdict;
}

export function executeTraced(target: TargetSpec, bytes: Uint8Array): { verdict: unknown; trace: unknown } {
  executions++;
  const kind = String.fromCharCode(bytes[0] ?? 0);
  const trace = {
    configuration: target.name + ' num=4',
    steps: [{ number: 1, title: 'getBuf', events: [{ kind: 'unmap', text: 'dma 0x1000 size 8' }] }],
    hash: (kind === 'R' ? executions % 2 : 0).toString(16).padStart(16, '0'),
  };
  if (running) return { verdict: { kind: 'harness-bug', message: 'used after a stop', stack: 'stale' }, trace };
  running = true;
  if (kind === 'H') for (;;);
  running = false;
  if (kind === 'T') throw new Error('planted exception');
  if (kind === 'B') return { verdict: { kind: 'harness-bug', message: 'planted', stack: 'planted stack' }, trace };
  return { verdict: kind === 'F' ? { kind: 'finding', finding: FINDING } : { kind: 'ok' }, trace };
}

const FINDING = {
  oracle: 'unmap-mismatch',
  claim: 'every unmap has the size of its map',
  severity: 'high',
  shape: 'size',
  bucket: '${PLANTED_BUCKET}',
  site: { file: 'src/driver/split-queue.ts', function: 'detach', line: 7 },
  call: 'getBuf',
  step: 1,
  expected: { dma: 4096, size: 8 },
  got: { dma: 4096, size: 4096 },
  mapping: { dma: 4096, cpu: 8192, size: 8, direction: 'to device', kind: 'single', token: 3 },
  field: 'desc[2].len',
};
`;
