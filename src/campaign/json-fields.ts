// Hand-written checks for JSON files that people and other tools write (bug.json, crash sidecars). Each reader names the
// field that is wrong; the caller adds the file and what to do about it.

export type JsonObject = Readonly<Record<string, unknown>>;

/** What is wrong with a field; caught by the reader of the file, never shown as it is. */
export class FieldError extends Error {}

/** Parses `text` as one JSON object. Throws FieldError. */
export function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FieldError(`not valid JSON (${(error as SyntaxError).message})`);
  }
  return asObject(value, 'the document');
}

export function objectField(object: JsonObject, name: string): JsonObject {
  return asObject(object[name], `"${name}"`);
}

export function stringField(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value !== 'string' || value === '') throw new FieldError(`"${name}" must be a non-empty string`);
  return value;
}

/** A string that may be empty. */
export function textField(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value !== 'string') throw new FieldError(`"${name}" must be a string`);
  return value;
}

export function integerField(object: JsonObject, name: string): number {
  const value = object[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new FieldError(`"${name}" must be an integer`);
  return value;
}

export function numberField(object: JsonObject, name: string): number {
  const value = object[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new FieldError(`"${name}" must be a number`);
  return value;
}

export function booleanField(object: JsonObject, name: string): boolean {
  const value = object[name];
  if (typeof value !== 'boolean') throw new FieldError(`"${name}" must be true or false`);
  return value;
}

export function stringListField(object: JsonObject, name: string): readonly string[] {
  const value = object[name];
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string')) {
    throw new FieldError(`"${name}" must be a non-empty list of strings`);
  }
  return value;
}

export function objectListField(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name];
  if (!Array.isArray(value)) throw new FieldError(`"${name}" must be a list`);
  return value.map((item, index) => asObject(item, `"${name}[${index}]"`));
}

/** A field whose value must be one of `choices`. */
export function choiceField<T extends string>(object: JsonObject, name: string, choices: readonly T[]): T {
  const value = choices.find((choice) => choice === object[name]);
  if (value === undefined) throw new FieldError(`"${name}" must be one of ${choices.join(', ')}`);
  return value;
}

/** `read`'s value, or null where the field is null or absent. */
export function nullable<T>(object: JsonObject, name: string, read: (object: JsonObject, name: string) => T): T | null {
  return object[name] === null || object[name] === undefined ? null : read(object, name);
}

function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FieldError(`${what} must be an object`);
  }
  return value as JsonObject;
}
