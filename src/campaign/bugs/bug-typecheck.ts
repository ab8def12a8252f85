// Checks a bug's patch with the full compiler: a bug that only compiles because types are stripped is not one that a
// driver's author could have written. Slow (a whole program); for tests.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type ts from 'typescript';

import type { Bug } from './bug-definition.js';
import { patchedSources } from './bug-patch.js';
import { projectRoot } from '../paths.js';
import { loadCompiler, projectOptions } from './typescript-compiler.js';

/** The compiler's complaints about the patched sources and all that they reach, one a line; empty when there are none. */
export function typecheckBug(bug: Bug): string {
  const compiler = loadCompiler();
  const root = projectRoot();
  const patched = new Map(patchedSources(bug).map(({ path, text }) => [resolve(root, path), text]));
  const options: ts.CompilerOptions = { ...projectOptions(compiler), noEmit: true };
  const host = compiler.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  host.readFile = (path) => patched.get(resolve(path)) ?? readFile(path);
  host.fileExists = (path) => patched.has(resolve(path)) || existsSync(path);

  // The function under test and everything that a patch can break without touching it.
  const entries = [join(root, 'src', 'world', 'execute.ts'), ...patched.keys()];
  const program = compiler.createProgram(entries, options, host);
  const diagnostics = compiler.getPreEmitDiagnostics(program);
  return compiler
    .formatDiagnostics(diagnostics, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
    })
    .trim();
}
