// The target in the worker process of jsfuzz. Its main process is between this one and the benchmark.

import { meteredExecute } from './metered-execute.js';

const { run } = meteredExecute();

export function fuzz(data: Buffer): void {
  run(data);
}
