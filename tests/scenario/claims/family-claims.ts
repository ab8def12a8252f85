// Claims about seeds that come in families, one a place or an order.

import type { Claims } from './claim.js';

/** Families whose claims follow from their numbers. */
export function familyClaims(): Claims {
  const claims: Record<string, string[]> = {};
  for (const layout of ['split', 'packed']) {
    const error = layout === 'split' ? '-ENOMEM' : '-EIO';
    for (let k = 1; k <= 5; k++) {
      // Buffer 1 is mapped before; each map that works shows no failure, then k - 1 are undone.
      const undone = Array.from({ length: k - 1 }, () => 'unmap');
      const mapped = Array.from({ length: k - 1 }, () => 'map map.. -> ');
      claims[`${layout}-direct-map-${k}-fails`] = [
        'token 1: 0',
        ...mapped,
        'map map..fails',
        ...undone,
        '!unmap',
        `token 2: ${error}`,
        'token 3: 0',
      ];
    }
    for (const k of [1, 3, 4]) {
      const undone = Array.from({ length: k - 1 }, () => 'unmap');
      const failed = k === 4 ? 'map 48 bytes..fails' : 'map map..fails';
      const end = layout === 'split' ? ['token 1: -ENOMEM'] : ['token 1: 0'];
      claims[`${layout}-indirect-map-${k}-fails`] = [failed, ...undone, 'kfree', ...end];
    }
    claims[`${layout}-disable-fails`] = [
      'reset() = -EIO',
      'resize() = -EIO',
      'getBuf() = token 1',
      'resize() = 0',
      'getBuf() = token 2',
    ];
    claims[`${layout}-enable-fails`] = [
      'reset() = -EBUSY',
      '-EIO',
      'resize() = -EBUSY',
      '-EIO',
      'getBuf() = nothing',
      'reset() = 0',
      'getBuf() = token 4',
    ];
    claims[`${layout}-resize-no-state`] = [
      'kmalloc(512) fails',
      'resize() = -ENOMEM',
      'getBuf() = token 2',
      'resize() = 0',
      'getBuf() = token 3',
    ];
    claims[`${layout}-resize-everything-fails`] = [
      'fails',
      'resize() = -EBUSY',
      'getBuf() = nothing',
      'reset() = 0',
      'getBuf() = token 2',
    ];
    claims[`${layout}-premapped-map-fails`] = ['fails', 'unmap', 'map', 'fails'];
    claims[`${layout}-creation-fails-no-state`] = ['fails', 'create() = -ENOMEM'];
    claims[`${layout}-creation-fails-no-area`] = ['fails', 'create() = -ENOMEM'];
    claims[`${layout}-none-cannot-fail`] = [
      '!map 8',
      'token 1: 0',
      'token 2: 0',
      'kmalloc(64) fails',
      'token 3: 0',
      'getBuf() = token 3',
    ];
  }
  for (let area = 1; area <= 3; area++) {
    claims[`packed-resize-no-area-${area}`] = [
      'resize()',
      ...Array.from({ length: area - 1 }, () => 'coherent'),
      'fails',
      ...Array.from({ length: area - 1 }, () => 'freed'),
      'resize() = -ENOMEM',
      'resize() = 0',
      'getBuf() = token 3',
    ];
  }
  for (let k = 1; k <= 5; k++) {
    // Slot 7 has been written when the third map works, slot 6 when the second does; before that its flags are stale.
    let rewritten = ['device writes desc[6].flags = 0xffff', 'addSgs()'];
    if (k === 3) rewritten = ['map map 2 bytes', 'device writes desc[6].addr'];
    if (k > 3) rewritten = ['driver writes desc[7].flags', 'device writes desc[7].addr', 'device writes desc[7].flags'];
    claims[`packed-near-the-end-map-${k}-fails`] = [
      'getBuf() = token 6',
      ...rewritten,
      'map map..fails',
      ...Array.from({ length: k - 1 }, () => 'unmap'),
      '!unmap',
      'token 7: -EIO',
      'driver writes desc[6].flags = 0x80',
      'token 8: 0',
    ];
  }
  for (let free = 1; free <= 5; free++) {
    const singles = 6 - free;
    claims[`packed-fallback-with-${free}-free`] = [
      'map 64 bytes..fails',
      'kfree',
      `token ${singles + 1}: ${free < 4 ? '-ENOSPC' : '0'}`,
    ];
  }
  for (const order of ['012', '021', '102', '120', '201', '210']) {
    claims[`v04-next-on-single-order-${order}`] = [
      'device writes desc[2].flags = 0x1',
      `getBuf() = token ${Number(order[0]) + 1}`,
      'token 4: 0',
      // The buffer added in between is the last one pending.
      `getBuf() = token ${Number(order[1]) + 1}`,
      'reset() = 0',
    ];
  }
  return claims;
}
