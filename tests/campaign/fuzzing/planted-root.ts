// A build whose harness does what the first byte of an input says (planted-bugs.ts), for tests that need inputs that fail.

import type { TestContext } from 'node:test';

import { findBug } from '../../../src/campaign/bugs/bug-bank.js';
import { buildBug } from '../../../src/campaign/bugs/bug-build.js';
import { plantBug, plantedHarness, temporaryFolder } from '../bugs/planted-bugs.js';

/** The compiled tree of the build. */
export function plantedRoot(context: TestContext): string {
  const bank = temporaryFolder(context);
  plantBug(bank, 'T03', plantedHarness());
  return buildBug(findBug('T03', [bank]));
}

/** An input that fails, of that length. */
export function failingInput(size: number, fill = 0): Uint8Array {
  return new Uint8Array(size).fill(fill).fill('F'.charCodeAt(0), 0, 1);
}

/** One that passes. */
export function passingInput(size: number): Uint8Array {
  return new Uint8Array(size);
}
