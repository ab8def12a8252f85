// Lets the engine's prebuilt addon load on a glibc older than the one it was linked against.
//
// The linux builds of @jazzer.js/fuzzer ask for GLIBC_2.38 because of two symbols only, __isoc23_strtol and
// __isoc23_strtoul, and for GLIBCXX_3.4.32 because of one that nothing refers to. The loader refuses a file for its
// version names before it looks up any symbol, so a shim library cannot help. This module changes a copy of the file
// in memory: the two versions become weak, and the two symbols become strtol and strtoul of the baseline version.
// A pure function on untrusted bytes: every offset is checked, and anything unexpected is refused.

/** The image is not the addon this module knows how to change. */
export class ElfCompatError extends Error {
  constructor(message: string) {
    super(`cannot adapt the engine's addon: ${message}`);
    this.name = 'ElfCompatError';
  }
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
}

/** One Vernaux entry: a version that a library must have. */
interface NeededVersion {
  readonly library: string;
  readonly version: string;
  /** Value of the .gnu.version entries that refer to it. */
  readonly index: number;
  readonly flagsOffset: number;
}

const SECTION_DYNSYM = 11;
const SECTION_VERNEED = 0x6ffffffe;
const SECTION_VERSYM = 0x6fffffff;
const VERSION_FLAG_WEAK = 2;
const VERSION_INDEX_MASK = 0x7fff;
const SYMBOL_SIZE = 24;
const VERSION_ENTRY_SIZE = 16;
const SECTION_HEADER_SIZE = 64;

/** Versions that an older system lacks, and the only symbols that may depend on each. */
const WEAKENED: readonly { library: string; version: string; symbols: readonly string[] }[] = [
  { library: 'libc.so.6', version: 'GLIBC_2.38', symbols: ['__isoc23_strtol', '__isoc23_strtoul'] },
  { library: 'libstdc++.so.6', version: 'GLIBCXX_3.4.32', symbols: ['_ZSt21ios_base_library_initv'] },
];

/** `__isoc23_strtol` minus this prefix is `strtol`: the tail of the same string, so the table stays as it is. */
const RENAMED_PREFIX = '__isoc23_';

/** First version of glibc for an architecture (e_machine): the one every old symbol has. */
const BASELINE_VERSION: ReadonlyMap<number, string> = new Map([
  [62, 'GLIBC_2.2.5'],
  [183, 'GLIBC_2.17'],
]);

/**
 * A copy of the addon that loads from glibc 2.34 and GLIBCXX_3.4.30 on.
 * @throws ElfCompatError when the image is not a known build of the addon.
 */
export function adaptAddon(image: Buffer): Buffer {
  try {
    return adapt(image);
  } catch (error) {
    // An offset in the file that points outside of it.
    throw error instanceof RangeError ? new ElfCompatError('the file is damaged') : error;
  }
}

function adapt(image: Buffer): Buffer {
  const baseline = BASELINE_VERSION.get(checkHeader(image));
  if (baseline === undefined) {
    throw new ElfCompatError('unknown processor architecture (x64 and arm64 are known)');
  }
  const sections = readSections(image);
  const dynsym = onlySection(sections, SECTION_DYNSYM, 'SHT_DYNSYM');
  const versym = onlySection(sections, SECTION_VERSYM, 'SHT_GNU_versym');
  const verneed = onlySection(sections, SECTION_VERNEED, 'SHT_GNU_verneed');
  const needed = readNeededVersions(image, verneed, stringTable(sections, verneed));
  // libm has a version of the same name: only the C library's own entry counts.
  const libcBaseline = needed.find((entry) => entry.library === 'libc.so.6' && entry.version === baseline);
  if (libcBaseline === undefined) {
    throw new ElfCompatError(`it does not need libc.so.6 ${baseline}`);
  }

  const result = Buffer.from(image);
  const weakened = new Map<number, readonly string[]>();
  for (const { library, version, symbols } of WEAKENED) {
    for (const entry of needed.filter((each) => each.library === library && each.version === version)) {
      result.writeUInt16LE(result.readUInt16LE(entry.flagsOffset) | VERSION_FLAG_WEAK, entry.flagsOffset);
      weakened.set(entry.index, symbols);
    }
  }
  if (weakened.size === 0) {
    throw new ElfCompatError(`it needs none of ${WEAKENED.map((each) => each.version).join(', ')}`);
  }
  redirectSymbols(result, { dynsym, versym, strings: stringTable(sections, dynsym), weakened, libcBaseline });
  return result;
}

interface Redirection {
  readonly dynsym: Section;
  readonly versym: Section;
  readonly strings: Section;
  readonly weakened: ReadonlyMap<number, readonly string[]>;
  readonly libcBaseline: NeededVersion;
}

function redirectSymbols(result: Buffer, { dynsym, versym, strings, weakened, libcBaseline }: Redirection): void {
  const count = Math.floor(dynsym.size / SYMBOL_SIZE);
  if (versym.size !== count * 2) {
    throw new ElfCompatError('symbol and version tables have different lengths');
  }
  for (let index = 0; index < count; index++) {
    const versionOffset = versym.offset + index * 2;
    const allowed = weakened.get(result.readUInt16LE(versionOffset) & VERSION_INDEX_MASK);
    if (allowed === undefined) {
      continue;
    }
    const nameOffset = dynsym.offset + index * SYMBOL_SIZE;
    const name = readString(result, strings, result.readUInt32LE(nameOffset));
    if (!allowed.includes(name)) {
      // A weak version that is missing binds to nothing: a crash at the first call instead of an error here.
      throw new ElfCompatError(`its symbol ${name} needs a library version that this system lacks`);
    }
    if (name.startsWith(RENAMED_PREFIX)) {
      result.writeUInt32LE(result.readUInt32LE(nameOffset) + RENAMED_PREFIX.length, nameOffset);
      result.writeUInt16LE(libcBaseline.index, versionOffset);
    }
  }
}

/** Checks for a 64-bit little-endian ELF file and returns its e_machine. */
function checkHeader(image: Buffer): number {
  const isElf = image.length >= 64 && image.readUInt32BE(0) === 0x7f454c46;
  if (!isElf || image[4] !== 2 || image[5] !== 1) {
    throw new ElfCompatError('it is not a 64-bit little-endian ELF file');
  }
  return image.readUInt16LE(18);
}

function readSections(image: Buffer): Section[] {
  const table = Number(image.readBigUInt64LE(40));
  const entrySize = image.readUInt16LE(58);
  const count = image.readUInt16LE(60);
  if (entrySize !== SECTION_HEADER_SIZE || count === 0 || table + count * entrySize > image.length) {
    throw new ElfCompatError('its section table is damaged');
  }
  return Array.from({ length: count }, (_, index) => readSection(image, table + index * entrySize));
}

function readSection(image: Buffer, at: number): Section {
  const section = {
    type: image.readUInt32LE(at + 4),
    offset: Number(image.readBigUInt64LE(at + 24)),
    size: Number(image.readBigUInt64LE(at + 32)),
    link: image.readUInt32LE(at + 40),
    info: image.readUInt32LE(at + 44),
  };
  const isRead = [SECTION_DYNSYM, SECTION_VERNEED, SECTION_VERSYM].includes(section.type);
  if (isRead && section.offset + section.size > image.length) {
    throw new ElfCompatError('a section lies outside the file');
  }
  return section;
}

function onlySection(sections: readonly Section[], type: number, name: string): Section {
  const found = sections.filter((section) => section.type === type);
  if (found.length !== 1 || found[0] === undefined) {
    throw new ElfCompatError(`it has ${found.length} sections of type ${name}, not 1`);
  }
  return found[0];
}

function stringTable(sections: readonly Section[], user: Section): Section {
  const table = sections[user.link];
  if (table === undefined) {
    throw new ElfCompatError('a string table is missing');
  }
  return table;
}

function readString(image: Buffer, table: Section, at: number): string {
  const start = table.offset + at;
  const limit = Math.min(table.offset + table.size, image.length);
  const end = image.indexOf(0, start);
  if (start >= limit || end < 0 || end >= limit) {
    throw new ElfCompatError('a name lies outside its string table');
  }
  return image.toString('latin1', start, end);
}

/** Walks the Verneed entries (one a library) and their Vernaux entries (one a version). */
function readNeededVersions(image: Buffer, section: Section, strings: Section): NeededVersion[] {
  const needed: NeededVersion[] = [];
  if (section.info * VERSION_ENTRY_SIZE > section.size) {
    throw new ElfCompatError('its version table is damaged');
  }
  const end = section.offset + section.size;
  let at = section.offset;
  for (let remaining = section.info; remaining > 0; remaining--) {
    checkInside(at, end);
    const library = readString(image, strings, image.readUInt32LE(at + 4));
    let aux = at + image.readUInt32LE(at + 8);
    for (let versions = image.readUInt16LE(at + 2); versions > 0; versions--) {
      checkInside(aux, end);
      needed.push({
        library,
        version: readString(image, strings, image.readUInt32LE(aux + 8)),
        index: image.readUInt16LE(aux + 6),
        flagsOffset: aux + 4,
      });
      aux += image.readUInt32LE(aux + 12);
    }
    at += image.readUInt32LE(at + 12);
  }
  return needed;
}

function checkInside(at: number, end: number): void {
  if (at + VERSION_ENTRY_SIZE > end) {
    throw new ElfCompatError('its version table is damaged');
  }
}
