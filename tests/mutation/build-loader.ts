// Loads the modules of a compiled tree again and again, each time as if for the first time. Files are read and compiled
// once; what is repeated is running them, which costs a tenth of what forgetting them in require.cache does.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve, sep } from 'node:path';
import { compileFunction } from 'node:vm';

interface LoadedModule {
  exports: unknown;
}

type Factory = (
  exports: unknown,
  require: (request: string) => unknown,
  module: LoadedModule,
  filename: string,
  dirname: string,
) => void;

export class BuildLoader {
  private readonly factories = new Map<string, Factory>();
  private readonly modules = new Map<string, LoadedModule>();
  private readonly root: string;
  private readonly requireForeign: (request: string) => unknown;

  /** `substitutes`: what modules of the tree get for these names instead of the real thing. */
  constructor(
    root: string,
    private readonly substitutes: ReadonlyMap<string, unknown>,
  ) {
    this.root = resolve(root);
    this.requireForeign = createRequire(this.root + sep);
  }

  /** The exports of a module, by its path below the root. */
  load(path: string): unknown {
    return this.moduleAt(resolve(this.root, path)).exports;
  }

  /** The next load of each module runs it anew. */
  forget(): void {
    this.modules.clear();
  }

  private moduleAt(file: string): LoadedModule {
    const known = this.modules.get(file);
    if (known !== undefined) return known;
    const module: LoadedModule = { exports: {} };
    this.modules.set(file, module);
    const folder = dirname(file);
    const require = (request: string): unknown => this.required(folder, request);
    this.factory(file)(module.exports, require, module, file, folder);
    return module;
  }

  private required(folder: string, request: string): unknown {
    if (request.startsWith('.')) return this.moduleAt(resolve(folder, request)).exports;
    return this.substitutes.has(request) ? this.substitutes.get(request) : this.requireForeign(request);
  }

  private factory(file: string): Factory {
    const known = this.factories.get(file);
    if (known !== undefined) return known;
    const names = ['exports', 'require', 'module', '__filename', '__dirname'];
    const factory = compileFunction(readFileSync(file, 'utf8'), names, { filename: file }) as Factory;
    this.factories.set(file, factory);
    return factory;
  }
}
