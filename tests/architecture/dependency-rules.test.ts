// Each rule of .dependency-cruiser.cjs is broken once, in a small project of its own: a rule that cannot fail is none.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { projectRoot } from '../../src/campaign/paths.js';

/** Files with the imports that break a rule; the last import of each line breaks the rule named beside it. */
const VIOLATIONS: readonly (readonly [file: string, imports: string, rule: string])[] = [
  ['src/spec/layout.ts', '../platform/platform.js', 'spec-imports-nothing'],
  ['src/platform/dma-api.ts', '../memory/layout.js', 'platform-is-interfaces'],
  ['src/driver/split-queue.ts', '../dma/swiotlb.js', 'driver-knows-the-platform-only'],
  ['src/linux/machine.ts', '../world/world.js', 'linux-is-a-driver'],
  ['src/device/honest.ts', '../memory/guest-heap.js', 'device-has-the-device-view'],
  ['src/device/hostile.ts', '../driver/split-queue.js', 'device-has-the-device-view'],
  ['src/dma/iommu.ts', '../oracle/free-list.js', 'dma-does-not-judge'],
  ['src/memory/guest-memory.ts', '../oracle/free-list.js', 'memory-does-not-judge'],
  ['src/oracle/token.ts', '../device/honest.js', 'oracle-sees-behaviour-only'],
  ['src/oracle/length.ts', '../scenario/decode.js', 'oracle-sees-behaviour-only'],
  ['src/world/run.ts', 'node:fs', 'below-execute-is-pure'],
  ['src/world/world.ts', '../campaign/paths.js', 'below-execute-is-pure'],
  ['src/scenario/encode.ts', 'node:crypto', 'below-execute-is-pure'],
  ['src/verdict/text.ts', 'picocolors', 'below-execute-is-pure'],
  ['src/report/text.ts', '../world/world.js', 'report-reads-values'],
  ['src/report/html.ts', '../cli/main.js', 'nothing-imports-cli'],
  ['src/campaign/minimise.ts', '@jazzer.js/core', 'engine-stays-in-its-place'],
  ['src/campaign/triage.ts', '../../fuzz/tune.js', 'src-does-not-import-fuzz'],
  ['src/campaign/bench.ts', 'fast-check', 'other-engines-stay-in-the-benchmark'],
  ['src/campaign/merge.ts', './merge-helper.js', ''],
  ['src/campaign/merge-helper.ts', './merge.js', 'no-cycles'],
  ['src/campaign/corpus.ts', './nowhere.js', 'no-unresolvable'],
  ['src/campaign/run.ts', './index.js', 'no-barrel-files'],
  ['src/report/index.ts', './text.js', 'no-barrel-files-from'],
];

/** Files that are imported and break nothing. */
const INNOCENT = [
  'src/platform/platform.ts',
  'src/memory/layout.ts',
  'src/memory/guest-heap.ts',
  'src/dma/swiotlb.ts',
  'src/oracle/free-list.ts',
  'src/scenario/decode.ts',
  'src/campaign/paths.ts',
  'src/campaign/index.ts',
  'src/cli/main.ts',
  'fuzz/tune.ts',
];

interface CruiseResult {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

test('every dependency rule can fail, and only where it should', (context) => {
  // Below the project: that is where node_modules is found.
  const builds = join(projectRoot(), 'build');
  mkdirSync(builds, { recursive: true });
  const folder = mkdtempSync(join(builds, 'rules-'));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  write('package.json', '{ "dependencies": { "@jazzer.js/core": "4.0.0", "fast-check": "4.10.2" } }');
  write('tsconfig.json', '{ "compilerOptions": { "module": "commonjs" } }');
  for (const file of INNOCENT) write(file, 'export {};\n');
  for (const [file, imported] of VIOLATIONS) write(file, `import '${imported}';\n`);
  write('src/world/execute.ts', "import './world.js';\nimport './run.js';\n");

  const { violations, ruleSetUsed } = cruise(folder).summary;
  const found = new Set(violations.map(({ from, rule }) => `${from} ${rule.name}`));
  for (const [file, , rule] of VIOLATIONS) {
    if (rule !== '') assert.ok(found.has(`${file} ${rule}`), `${rule} misses ${file}`);
  }
  const reached = violations.filter(({ rule }) => rule.name === 'execute-is-pure').map(({ to }) => to);
  assert.deepEqual(reached.sort(), ['fs', 'src/campaign/paths.ts']);

  const broken = new Set(violations.map(({ rule }) => rule.name));
  assert.deepEqual([...broken].sort(), ruleSetUsed.forbidden.map((rule) => rule.name).sort());
  const innocent = violations.filter(({ from }) => INNOCENT.includes(from));
  assert.deepEqual(innocent, []);
});

function cruise(folder: string): CruiseResult {
  const bin = join(projectRoot(), 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const config = join(projectRoot(), '.dependency-cruiser.cjs');
  const args = [bin, 'src', 'fuzz', '--config', config, '--output-type', 'json'];
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.notEqual(run.stdout, '', run.stderr);
  return JSON.parse(run.stdout) as CruiseResult;
}
