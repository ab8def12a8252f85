// A finding for tests, with every field.

import type { Finding } from '../../../src/verdict/verdict.js';

export function sampleFinding(changes: Partial<Finding> = {}): Finding {
  return {
    oracle: 'unmap-mismatch',
    claim: 'every unmap has the size of its map',
    severity: 'high',
    shape: 'size',
    bucket: 'unmap-mismatch@split-queue.ts-detach@size',
    site: { file: 'src/driver/split-queue.ts', function: 'detach', line: 7 },
    call: 'getBuf',
    step: 2,
    expected: { dma: 0x1000, size: 8, direction: 'to device' },
    got: { dma: 0x1000, size: 4096, attributes: 1 },
    mapping: { dma: 0x1000, cpu: 0x2000, size: 8, direction: 'to device', kind: 'single', token: 3 },
    field: 'desc[2].len',
    ...changes,
  };
}
