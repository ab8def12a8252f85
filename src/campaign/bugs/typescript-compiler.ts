// The TypeScript compiler, loaded only when something has to be compiled: it takes a quarter of a second to load.

import { join } from 'node:path';

import type ts from 'typescript';

import type { PatchedFile } from './bug-patch.js';
import { UsageError } from '../errors.js';
import { projectRoot } from '../paths.js';

type Compiler = typeof ts;

export function loadCompiler(): Compiler {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a static import would load it for every command
  return require('typescript') as Compiler;
}

/** Without loading the compiler. */
export function compilerVersion(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- JSON
  return (require('typescript/package.json') as { readonly version: string }).version;
}

/** The project's compiler options. */
export function projectOptions(compiler: Compiler): ts.CompilerOptions {
  const root = projectRoot();
  const config = compiler.readConfigFile(join(root, 'tsconfig.json'), (path) => compiler.sys.readFile(path));
  const { compilerOptions } = (config.config ?? {}) as { readonly compilerOptions?: object };
  return compiler.convertCompilerOptionsFromJson(compilerOptions ?? {}, root).options;
}

/**
 * The JavaScript and source map of one source, by paths relative to the compiled tree. Types are not checked. Throws
 * UsageError, which starts with `owner`, for text that does not parse.
 */
export function transpile(source: PatchedFile, owner: string): readonly PatchedFile[] {
  const compiler = loadCompiler();
  // Without the folders: they are about where files lie, and the patched text lies nowhere.
  const { rootDir: _rootDir, outDir: _outDir, ...options } = projectOptions(compiler);
  const output = compiler.transpileModule(source.text, {
    fileName: source.path,
    reportDiagnostics: true,
    compilerOptions: { ...options, sourceMap: true, inlineSources: true },
  });
  const [problem] = output.diagnostics ?? [];
  if (problem !== undefined) {
    const message = compiler.flattenDiagnosticMessageText(problem.messageText, ' ');
    throw new UsageError(`${owner}: ${source.path} does not parse once it is patched: ${message}`);
  }
  const path = source.path.replace(/\.ts$/, '.js');
  return [
    { path, text: output.outputText },
    { path: `${path}.map`, text: output.sourceMapText ?? '' },
  ];
}
