// `node --require` this file, in tests only: the wrappers of an OSS-Fuzz build start the engine's own command line, which
// loads its addon as it is. On OSS-Fuzz's Ubuntu 24.04 that works. On an older system the loader refuses the addon; our
// launcher adapts it there, but the wrappers know no launcher. So the tests adapt it the same way, from outside, and what
// they run is the wrapper as it is on every system.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { adaptAddon } from '../../src/campaign/engine/elf-compat.js';

type NativeLoader = (module: NodeJS.Module, filename: string) => void;

const loaders = (Module as unknown as { _extensions: Record<string, NativeLoader> })._extensions;
const stock = loaders['.node'];

loaders['.node'] = (module, filename) => {
  try {
    stock?.(module, filename);
  } catch (error) {
    const refused = /version [`'"][^'"]+['"] not found/.test((error as Error).message);
    if (!refused || !/^fuzzer-linux-/.test(basename(filename))) throw error;
    const folder = mkdtempSync(join(tmpdir(), 'vringfuzz-addon-'));
    try {
      const copy = join(folder, 'fuzzer.node');
      writeFileSync(copy, adaptAddon(readFileSync(filename)), { mode: 0o700 });
      process.dlopen(module, copy);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
};
