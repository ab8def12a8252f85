// What minimising made of an input, as text.

import { type Colours, PLAIN } from './colours.js';

export interface InputSize {
  readonly bytes: number;
  /** Null where the target's inputs have no steps. */
  readonly steps: number | null;
}

export interface MinimisedDocument {
  readonly file: string;
  readonly target: string;
  readonly bug: string | null;
  /** Null where the input fails on nothing. */
  readonly bucket: string | null;
  readonly before: InputSize;
  readonly after: InputSize | null;
  /** Executions made. */
  readonly trials: number;
  /** False where time or executions ran out before nothing could be taken away any more. */
  readonly complete: boolean;
  readonly seconds: number;
  /** Null where nothing was stored. */
  readonly stored: string | null;
}

/** Two lines and a path. */
export function minimisedText(document: MinimisedDocument, colours: Colours = PLAIN): string {
  const { file, bucket, before, after } = document;
  if (bucket === null || after === null) return `${colours.yellow('ok')}  ${file}  fails on nothing\n`;
  const end = document.complete ? '' : ', cut short';
  const effort = `${document.trials} executions, ${document.seconds.toFixed(1)} s${end}`;
  const stored = document.stored === null ? 'not stored' : `stored as ${document.stored}`;
  return (
    `${colours.green('minimised')}  ${file}  ${bucket}\n` +
    `    ${sizeText(before)} -> ${sizeText(after)}  (${effort})\n    ${stored}\n`
  );
}

function sizeText({ bytes, steps }: InputSize): string {
  const size = `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return steps === null ? size : `${steps} ${steps === 1 ? 'step' : 'steps'}, ${size}`;
}
