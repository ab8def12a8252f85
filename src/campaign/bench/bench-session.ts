// Where and with what a benchmark ran: figures mean little without it.

import { cpus, release, totalmem, type as systemName } from 'node:os';

import { INPUT_FORMAT } from '../corpus/input-format.js';
import { versions } from '../versions.js';
import { DATA_SCHEMA, type Machine, type Session } from './bench-data.js';
import { type EngineName, engineVersion } from './engines.js';

/** Throws EnvironmentError where one of the engines is not installed. */
export function newSession(session: number, engines: readonly EngineName[], jobs: number): Session {
  const named = engines.flatMap((engine) => {
    const version = engineVersion(engine);
    return version === null || engine === 'vringfuzz' ? [] : [[engine, version] as const];
  });
  const { vringfuzz, node, engine } = versions();
  return {
    kind: 'session',
    schema: DATA_SCHEMA,
    session,
    startedAt: new Date().toISOString(),
    machine: machine(),
    jobs,
    versions: { vringfuzz, node, ...(engine === null ? {} : { 'jazzer.js': engine }), ...Object.fromEntries(named) },
    inputFormat: INPUT_FORMAT,
  };
}

function machine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    // The version alone: what a distribution or a host appends says nothing about speed.
    system: `${systemName()} ${release().replace(/-.*/, '')}`,
  };
}
