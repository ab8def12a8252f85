// What a user of Jazzer.js would write: a plain target, without tuning, hooks and state feedback.

import { meteredExecute } from './metered-execute.js';

const { run } = meteredExecute();

export function fuzz(data: Buffer): void {
  run(data);
}
