// Every way in which an execution can fail, in the shape of a finding, so that all are grouped, stored and shown alike.

import type { Finding } from '../../verdict/verdict.js';
import { hangFinding, harnessBugFinding } from '../crashes/harness-bug.js';
import type { ReplayResult } from './replay.js';

/** The finding that a replay came to; null where nothing failed. `limit` is the time that made it a hang, in milliseconds. */
export function failureOf(result: ReplayResult, limit: number): Finding | null {
  switch (result.verdict) {
    case 'ok':
      return null;
    case 'hang':
      return hangFinding(Math.round(limit / 1000));
    case 'harness-bug':
      return harnessBugFinding(result.problem?.message ?? '');
    case 'finding':
      return result.finding;
  }
}
