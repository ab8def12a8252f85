// The text of a stack as V8 itself writes it: whoever maps stacks to sources (the engine, the command line) has other words
// for frames of compiled code, without the offsets in it.

const formatting = Error as { prepareStackTrace?: unknown };

/** As it is where somebody has read `error.stack` before: V8 makes the text once. */
export function rawStackOf(error: Error): string {
  const format = formatting.prepareStackTrace;
  formatting.prepareStackTrace = undefined;
  try {
    return error.stack ?? '';
  } finally {
    formatting.prepareStackTrace = format;
  }
}
