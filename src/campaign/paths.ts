// Where things are: the project, its compiled tree, and the folders that runs read and write.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

import { EnvironmentError } from './errors.js';

const PACKAGE_NAME = 'vringfuzz';

let knownProjectRoot: string | undefined;

/** The nearest folder above this file that holds the package.json of vringfuzz. */
export function projectRoot(): string {
  knownProjectRoot ??= findProjectRoot(__dirname);
  return knownProjectRoot;
}

/** The compiled tree that holds `src/` and `fuzz/`: `dist`, or the build of one bug. */
export function compiledRoot(): string {
  return __filename.endsWith('.ts') ? join(projectRoot(), 'dist') : resolve(__dirname, '..', '..');
}

/** Where results go: the project, or the working directory when vringfuzz is installed as a dependency. */
export function workRoot(): string {
  const installed = projectRoot().includes(`${sep}node_modules${sep}`);
  return installed ? process.cwd() : projectRoot();
}

/** Default folder of findings. */
export function crashesFolder(): string {
  return join(workRoot(), 'crashes');
}

/** Folder of the committed corpora (`<target>/seed`, `<target>/regression`): what runs read and never write. */
export function committedCorpus(): string {
  return join(projectRoot(), 'corpus');
}

/** Default folder under which each target keeps what the engine found. */
export function corpusFolder(): string {
  return join(workRoot(), 'corpus');
}

function findProjectRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (isProject(join(folder, 'package.json'))) {
      return folder;
    }
    if (dirname(folder) === folder) {
      throw new EnvironmentError(`no package.json of ${PACKAGE_NAME} above ${from}`);
    }
  }
}

function isProject(file: string): boolean {
  if (!existsSync(file)) {
    return false;
  }
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'name' in manifest && manifest.name === PACKAGE_NAME;
  } catch {
    return false;
  }
}
