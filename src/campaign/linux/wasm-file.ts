// The little that is needed of the WebAssembly binary format: where the code is, and the file without its debug sections.

const HEADER_SIZE = 8;
const CODE_SECTION = 10;
const CUSTOM_SECTION = 0;

interface Section {
  readonly id: number;
  /** Where its id byte is, where its content begins, and where the next section does. */
  readonly start: number;
  readonly content: number;
  readonly end: number;
  /** Of a custom section. */
  readonly name: string;
}

/** Offset in the file that addresses of debug information are relative to. */
export function codeOffset(wasm: Uint8Array): number {
  const code = sectionsOf(wasm).find(({ id }) => id === CODE_SECTION);
  if (code === undefined) throw new RangeError('the module has no code');
  return code.content;
}

/** The module without debug information. What is left keeps its offsets: those sections stand behind all others. */
export function withoutDebug(wasm: Uint8Array): Uint8Array {
  const kept = sectionsOf(wasm).filter(({ id, name }) => id !== CUSTOM_SECTION || !name.startsWith('.debug_'));
  return Buffer.concat([wasm.subarray(0, HEADER_SIZE), ...kept.map(({ start, end }) => wasm.subarray(start, end))]);
}

function sectionsOf(wasm: Uint8Array): readonly Section[] {
  const sections: Section[] = [];
  for (let at = HEADER_SIZE; at < wasm.length;) {
    const size = unsigned(wasm, at + 1);
    const end = size.next + size.value;
    const id = wasm[at] ?? 0;
    sections.push({ id, start: at, content: size.next, end, name: id === CUSTOM_SECTION ? text(wasm, size.next) : '' });
    at = end;
  }
  return sections;
}

function text(wasm: Uint8Array, at: number): string {
  const length = unsigned(wasm, at);
  return Buffer.from(wasm.subarray(length.next, length.next + length.value)).toString('utf8');
}

/** An unsigned LEB128 number. */
function unsigned(wasm: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = wasm[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if ((byte & 0x80) === 0) return { value, next: at };
  }
}
