// Failures that no oracle saw, in the shape of a finding, so that their inputs are stored and shown like all others.

import type { Finding } from '../../verdict/verdict.js';

/** The harness itself failed on this input. */
export function harnessBugFinding(message: string): Finding {
  return engineFinding('harness-bug', `the harness does not fail: ${message}`);
}

/** One execution did not end within the engine's time limit. */
export function hangFinding(seconds: number): Finding {
  return engineFinding('hang', `an execution ends within ${String(seconds)} s`);
}

/** The process needed more memory than its limit, although the world is pooled. */
export function memoryFinding(): Finding {
  return engineFinding('out-of-memory', 'a run stays within the memory limit of the engine');
}

function engineFinding(name: string, claim: string): Finding {
  return {
    oracle: name,
    claim,
    severity: 'medium',
    shape: name,
    bucket: name,
    site: { file: 'unknown', function: 'unknown' },
    call: 'unknown',
    step: 0,
    expected: {},
    got: {},
  };
}
