// The templates in docs/ci: they parse, every action is pinned by commit, no job may write more than it must, and every
// command line is one that vringfuzz takes.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { projectRoot } from '../../src/campaign/paths.js';
import { runCli } from '../cli/run-cli.js';

const FOLDER = join(projectRoot(), 'docs', 'ci');
const TEMPLATES = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));

function textOf(template: string): string {
  return readFileSync(join(FOLDER, template), 'utf8');
}

type Mapping = Readonly<Record<string, unknown>>;

/** The parser comes with nyc: a dependency of its own for this test alone would be too much. */
const parser = ((): { load(text: string): unknown } | null => {
  try {
    return createRequire(__filename)('js-yaml') as { load(text: string): unknown };
  } catch {
    return null;
  }
})();
const skip = parser === null ? 'no YAML parser is installed' : false;

function parsed(template: string): Mapping {
  const document = parser?.load(textOf(template));
  assert.ok(typeof document === 'object' && document !== null && !Array.isArray(document), template);
  return document as Mapping;
}

/** Every value under that key, wherever it is. */
function valuesOf(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Mapping).flatMap(([name, inner]) => [
    ...(name === key ? [inner] : []),
    ...valuesOf(inner, key),
  ]);
}

const helps = new Map<string, string>();

function helpOf(...command: readonly string[]): string {
  const key = command.join(' ');
  const help = helps.get(key) ?? runCli(...command, '--help').stdout;
  helps.set(key, help);
  return help;
}

function isCommand(name: string): boolean {
  return new RegExp(`^ {2}${name}\\b`, 'm').test(helpOf());
}

test('there are templates', () => {
  for (const name of ['github-pull-request.yml', 'github-nightly.yml', 'gitlab-ci.yml'])
    assert.ok(TEMPLATES.includes(name));
});

for (const template of TEMPLATES.filter((name) => name !== 'gitlab-ci.yml')) {
  describe(template, () => {
    test('is a workflow with jobs, each on a fixed runner with steps', { skip }, () => {
      const workflow = parsed(template);
      assert.equal(typeof workflow['name'], 'string');
      // YAML 1.1 reads the key "on" as true.
      assert.ok('on' in workflow || 'true' in workflow);
      const jobs = Object.values(workflow['jobs'] as Record<string, Mapping>);
      assert.ok(jobs.length > 0);
      for (const job of jobs) {
        assert.match(String(job['runs-on']), /^ubuntu-\d\d\.\d\d$/);
        assert.ok(Array.isArray(job['steps']) && job['steps'].length > 0);
        for (const step of job['steps'] as Mapping[]) assert.notEqual('uses' in step, 'run' in step);
      }
    });

    test('pins every action by commit, and says which version that is', { skip }, () => {
      const uses = valuesOf(parsed(template), 'uses');
      assert.ok(uses.length > 0);
      for (const action of uses) assert.match(String(action), /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
      const lines = textOf(template).match(/^.*\buses:.*$/gm) ?? [];
      assert.equal(lines.length, uses.length);
      for (const line of lines) assert.match(line, /@[0-9a-f]{40} # v\d+(\.\d+)*$/);
    });

    test('reads the code, and writes code scanning alerts at most', { skip }, () => {
      const permissions = valuesOf(parsed(template), 'permissions') as Mapping[];
      assert.equal((parsed(template)['permissions'] as Mapping)['contents'], 'read');
      for (const granted of permissions) {
        const written = Object.entries(granted).filter(([, right]) => right !== 'read' && right !== 'none');
        assert.ok(
          written.every(([scope, right]) => scope === 'security-events' && right === 'write'),
          template,
        );
      }
      const uploads = textOf(template).includes('upload-sarif');
      assert.equal(
        uploads,
        permissions.some((granted) => granted['security-events'] === 'write'),
      );
    });
  });
}

test('one commit stands for one version of an action in all templates', () => {
  const versions = new Map<string, string>();
  for (const template of TEMPLATES) {
    for (const [, repository = '', commit = ''] of textOf(template).matchAll(
      /uses: ([\w.-]+\/[\w.-]+).*?@(\w+ # \S+)/g,
    )) {
      assert.equal(versions.get(repository) ?? commit, commit, repository);
      versions.set(repository, commit);
    }
  }
  assert.ok(versions.size >= 5);
});

test('gitlab-ci.yml has a job for merge requests and one for schedules, both with the JUnit report', { skip }, () => {
  const document = parsed('gitlab-ci.yml');
  const jobs = Object.entries(document).filter(([name]) => !name.startsWith('.')) as [string, Mapping][];
  assert.deepEqual(jobs.map(([name]) => name).sort(), ['vringfuzz-merge-request', 'vringfuzz-nightly']);
  for (const [, job] of jobs) assert.equal(job['extends'], '.vringfuzz');
  assert.deepEqual(valuesOf(document['.vringfuzz'], 'junit'), ['ci-report/junit.xml']);
});

test('every result that a template picks up is one that the command says it writes', () => {
  // `report.{json,md}` is short for two names.
  const help = helpOf('ci').replace(/(\w+)\.\{([\w,]+)\}/g, (_, name: string, ends: string) =>
    ends
      .split(',')
      .map((end) => `${name}.${end}`)
      .join(' '),
  );
  assert.match(help, /default: ci-report\)/);
  const names = TEMPLATES.flatMap((template) =>
    [...textOf(template).matchAll(/ci-report\/([\w.]+)/g)].map(([, name = '']) => name),
  );
  assert.ok(names.length >= 5);
  for (const name of names) assert.ok(help.includes(name), name);
});

describe('command lines', () => {
  const lines = TEMPLATES.flatMap((template) =>
    [...textOf(template).matchAll(/npx vringfuzz (\S+)([^\n>]*)/g)].map(([line, command = '', rest = '']) => {
      return { template, line, command, rest };
    }),
  );
  assert.ok(lines.length >= 4);
  for (const { template, line, command, rest } of lines) {
    test(`${template}: ${line.trim()}`, () => {
      assert.ok(isCommand(command), `vringfuzz has no command ${command}`);
      const help = helpOf(command);
      for (const [flag] of rest.matchAll(/--[a-z-]+/g)) assert.match(help, new RegExp(`^ {2}${flag}\\b`, 'm'), flag);
      const choice = /--(?:format|tier) (\S+)/.exec(rest)?.[1];
      if (choice !== undefined) assert.ok(help.includes(choice), choice);
    });
  }
});
