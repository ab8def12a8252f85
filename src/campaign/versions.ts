// Which versions took part: written into sidecars and shown by --version.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from './paths.js';
import type { SidecarVersions } from './crashes/sidecar.js';

/** Read from package.json: the engine is pinned there, and asking the engine itself would load it. */
export function versions(): SidecarVersions {
  const manifest = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  return {
    vringfuzz: manifest.version,
    node: process.versions.node,
    engine: manifest.dependencies?.['@jazzer.js/core'] ?? null,
  };
}

/** Where vringfuzz is described, as package.json names it; null when it names nothing. */
export function homepage(): string | null {
  const manifest = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    readonly homepage?: string;
  };
  return manifest.homepage ?? null;
}
