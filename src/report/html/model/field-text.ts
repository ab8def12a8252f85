// Values of ring fields as people read them: addresses in hex, what counts things in decimal, flags in the words of the
// specification. A number that no honest party would write there is shown in hex, so that it stands out.

import {
  EVENT_F_DESC,
  EVENT_F_DISABLE,
  EVENT_F_ENABLE,
  EVENT_WRAP_BIT,
  PACKED_F_AVAIL,
  PACKED_F_USED,
} from '../../../spec/packed-layout.js';
import {
  AVAIL_F_NO_INTERRUPT,
  DESC_F_INDIRECT,
  DESC_F_NEXT,
  DESC_F_WRITE,
  USED_F_NO_NOTIFY,
} from '../../../spec/split-layout.js';

/** From here on a count is shown in hex. */
const LARGE = 0x10000n;

/** The value of a field with that label, such as `addr` or `idx`. */
export function fieldText(label: string, value: bigint): string {
  if (label === 'addr' || (value >= LARGE && label !== 'len')) return hexText(value);
  if (label === 'flags' || label === 'off_wrap') return hexText(value);
  return label === 'len' && value >= 0x1000000n ? hexText(value) : String(value);
}

/** The same for a number, as events carry it. */
export function numberText(field: string, value: number): string {
  return fieldText(field.replace(/^.*\./, '').replace(/\[\d*\]/, ''), BigInt(Math.trunc(value)));
}

export function hexText(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

/** What the bits of a flags or off_wrap field mean; empty for other fields. `name` is that of the layout. */
export function flagsText(name: string, packed: boolean, value: bigint): string {
  const bits = Number(value & 0xffffn);
  switch (name) {
    case 'desc[].flags':
      return descriptorFlags(bits, packed);
    case 'avail.flags':
      return bits & AVAIL_F_NO_INTERRUPT ? 'no interrupt' : '';
    case 'used.flags':
      return bits & USED_F_NO_NOTIFY ? 'no notify' : '';
    case 'driver_event.flags':
    case 'device_event.flags':
      return EVENT_NAMES.get(bits) ?? 'reserved value';
    case 'driver_event.off_wrap':
    case 'device_event.off_wrap':
      return `offset ${bits & 0x7fff}, wrap ${bits >> EVENT_WRAP_BIT}`;
    default:
      return '';
  }
}

const EVENT_NAMES: ReadonlyMap<number, string> = new Map([
  [EVENT_F_ENABLE, 'enable'],
  [EVENT_F_DISABLE, 'disable'],
  [EVENT_F_DESC, 'desc'],
]);

function descriptorFlags(bits: number, packed: boolean): string {
  const names = [
    bits & DESC_F_NEXT ? 'next' : '',
    bits & DESC_F_WRITE ? 'write' : '',
    bits & DESC_F_INDIRECT ? 'indirect' : '',
    ...(packed ? [bits & PACKED_F_AVAIL ? 'avail' : '', bits & PACKED_F_USED ? 'used' : ''] : []),
  ];
  return names.filter((name) => name !== '').join(' ');
}
