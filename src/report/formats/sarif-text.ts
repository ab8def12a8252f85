// Text and paths in the form that SARIF wants.

/**
 * Any text as a SARIF message: braces would be placeholders (SARIF 2.1.0 section 3.11.5), and half of a surrogate pair is no
 * text for many readers. Never empty.
 */
export function plain(text: string): string {
  return text === '' ? '-' : Buffer.from(text.replace(/[{}]/g, '$&$&')).toString();
}

/** A file's path as a relative URI reference. */
export function relativeUri(path: string): string {
  return path
    .split(/[/\\]/)
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/');
}
