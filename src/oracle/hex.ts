// Addresses and raw field values as traces show them.

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
