// The page's script: the TypeScript modules of page/ and what they import, as one classic script that a browser runs from a
// file. Modules keep their boundaries: each is a function of its exports, loaded when it is first asked for.

import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import { EnvironmentError, messageOf } from '../../campaign/errors.js';
import { projectRoot } from '../../campaign/paths.js';
import { loadCompiler } from '../../campaign/bugs/typescript-compiler.js';

const PAGE = 'src/report/html/page';
/** In the order in which they build on each other. */
const STYLES = ['page', 'tables', 'charts', 'explorer', 'steps', 'memory'] as const;

/** uPlot's licence and code, then our own. */
export interface PageCode {
  readonly style: string;
  readonly script: string;
}

let known: PageCode | undefined;

/** The same for every report. Throws EnvironmentError where a part of the page is not where it was installed. */
export function pageCode(): PageCode {
  known ??= readPageCode();
  return known;
}

function readPageCode(): PageCode {
  const uplot = dirname(require.resolve('uplot/package.json'));
  const licence = `/*! uPlot (charts)\n\n${readPart(join(uplot, 'LICENSE')).trim()}\n*/`;
  const styles = STYLES.map((name) => readPart(join(projectRoot(), PAGE, `${name}.css`)));
  return {
    style: [licence, readPart(join(uplot, 'dist', 'uPlot.min.css')), ...styles].join('\n'),
    script: [licence, readPart(join(uplot, 'dist', 'uPlot.iife.min.js')), bundle(`${PAGE}/main`)].join('\n'),
  };
}

/** `entry` and all that it imports, by paths from the project without extension. */
function bundle(entry: string): string {
  const modules = new Map<string, string>();
  const waiting = [entry];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (modules.has(id)) continue;
    const { text, imports } = transpiled(id);
    modules.set(id, text);
    waiting.push(...imports);
  }
  const table = [...modules].map(([id, text]) => `${JSON.stringify(id)}(exports, require) {\n${text}\n}`);
  return `(() => {\n'use strict';\nconst modules = {\n${table.join(',\n')}\n};\n${LOADER}load(${JSON.stringify(entry)});\n})();`;
}

const LOADER = `const loaded = {};
function load(id) {
  if (!(id in loaded)) modules[id]((loaded[id] = {}), load);
  return loaded[id];
}
`;

/** One module as a function body, its imports by id. */
function transpiled(id: string): { readonly text: string; readonly imports: readonly string[] } {
  const compiler = loadCompiler();
  const { outputText } = compiler.transpileModule(readPart(join(projectRoot(), `${id}.ts`)), {
    fileName: `${id}.ts`,
    compilerOptions: {
      target: compiler.ScriptTarget.ES2022,
      module: compiler.ModuleKind.CommonJS,
      removeComments: true,
    },
  });
  const imports: string[] = [];
  const text = outputText
    .replace(/^(?:"use strict";|Object\.defineProperty\(exports, "__esModule".*)\n/gm, '')
    .replace(/\brequire\("(\.[^"]+)\.js"\)/g, (_, path: string) => {
      const target = posix.join(posix.dirname(id), path);
      imports.push(target);
      return `require(${JSON.stringify(target)})`;
    });
  return { text: text.trim(), imports };
}

function readPart(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new EnvironmentError(`a part of the page cannot be read (${messageOf(error)}): install vringfuzz again`);
  }
}
