// The published schemas, compiled.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { projectRoot } from '../../../src/campaign/paths.js';

const FOLDER = join(projectRoot(), 'docs', 'schemas');
const FIXTURES = join(projectRoot(), 'tests', 'report', 'formats', 'fixtures');

/** Names of docs/schemas/, such as `report-1`. */
export function schemaNames(): readonly string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.schema\.json$/, ''));
}

export function schemaText(name: string): string {
  return readFileSync(join(FOLDER, `${name}.schema.json`), 'utf8');
}

const known = new Map<string, ValidateFunction>();

/** A published schema; in strict mode, which refuses keywords that mean nothing. */
export function compiled(name: string): ValidateFunction {
  const validate = known.get(name) ?? compile(name);
  known.set(name, validate);
  return validate;
}

function compile(name: string): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
  addFormats(ajv);
  return ajv.compile(JSON.parse(schemaText(name)) as object);
}

/** Fields of a document that its schema does not describe: those would be promised to nobody. */
export function undescribed(name: string, document: object): readonly string[] {
  const { properties } = JSON.parse(schemaText(name)) as { properties: object };
  return Object.keys(document).filter((field) => !(field in properties));
}

/** The schema of SARIF 2.1.0. It is of draft 4, whose `id` has another name since; what else changed it does not use. */
export function sarifSchema(): ValidateFunction {
  const text = readFileSync(join(FIXTURES, 'sarif-2.1.0.schema.json'), 'utf8');
  const { id: $id, $schema: _draft, ...rest } = JSON.parse(text) as { id: string; $schema: string };
  // Its pattern for languages is none with the flag u.
  const ajv = new Ajv2020({ allErrors: true, strict: false, unicodeRegExp: false });
  addFormats(ajv);
  return ajv.compile({ ...rest, $id });
}

/** What is wrong, one line each; empty for a valid value. */
export function complaints(validate: ValidateFunction, value: unknown): readonly string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`;
  });
}
