// Commands to paste.

/** One word of a command line, quoted where a shell would take it apart. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** How to look at a stored input again; with the driver from outside that it is a finding of. */
export function replayCommand(file: string, driver?: { readonly source: string }): string {
  return `npx vringfuzz replay ${shellWord(file)}${driver === undefined ? '' : ` --driver ${shellWord(driver.source)}`}`;
}

/** Arguments as one line to paste. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
