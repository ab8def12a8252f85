import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { findToolchain } from '../../../src/campaign/linux/toolchain.js';

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolchain-'));
});

after(() => {
  rmSync(folder, { recursive: true });
});

/** A folder of programs, each a shell script. */
function path(name: string, programs: Readonly<Record<string, string>>): string {
  const bin = join(folder, name);
  mkdirSync(bin);
  for (const [program, script] of Object.entries(programs)) {
    writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return bin;
}

const clang = (version: string, targets = 'wasm32 - WebAssembly 32-bit'): string =>
  `case "$1" in --version) echo "Debian clang version ${version}";; *) echo "  ${targets}";; esac`;

const environment = (pattern: RegExp): object => ({ name: 'EnvironmentError', message: pattern });

describe('toolchain', () => {
  it('takes the companions of the same version', () => {
    const tools = {
      'wasm-ld-18': '',
      'wasm-ld': '',
      'llvm-symbolizer': '',
      'llvm-dwarfdump-18': '',
      'llvm-objdump-18': '',
    };
    const bin = path('good', { 'clang-18': clang('18.1.8'), 'clang-16': clang('16.0.6'), ...tools });
    const found = findToolchain(bin);
    assert.equal(found.version, 'Debian clang version 18.1.8');
    assert.equal(found.linker, join(bin, 'wasm-ld-18'));
    assert.equal(found.symbolizer, join(bin, 'llvm-symbolizer'));
  });

  it('passes over a clang that is too old where there is another', () => {
    const tools = { 'wasm-ld': '', 'llvm-symbolizer': '', 'llvm-dwarfdump': '', 'llvm-objdump': '' };
    const bin = path('two', { clang: clang('14.0.6'), 'clang-17': clang('17.0.6'), ...tools });
    assert.equal(findToolchain(bin).clang, join(bin, 'clang-17'));
  });

  it('says what to install where there is none, or none that will do', () => {
    assert.throws(
      () => findToolchain(path('empty', {})),
      environment(/no clang is on PATH: .*apt-get install .*clang-19/),
    );
    const old = path('old', { clang: clang('14.0.6') });
    assert.throws(() => findToolchain(old), environment(/too old \(Debian clang version 14\.0\.6\)/));
    const other = path('x86', { clang: clang('19.1.7', 'x86-64 - 64-bit X86') });
    assert.throws(() => findToolchain(other), environment(/cannot compile for wasm32/));
    const bare = path('bare', { 'clang-19': clang('19.1.7') });
    assert.throws(() => findToolchain(bare), environment(/wasm-ld is not on PATH .*lld-19/));
  });
});
