// Markdown from text that may hold anything: what a sidecar says must not become a table, a link or an element of the page.

/** Text in a paragraph or a table cell. */
export function inline(text: string): string {
  return (
    entities(text)
      .replace(/[\\`*_{}[\]|#~]/g, '\\$&')
      .replace(/[\r\n]+/g, ' ')
      // GitHub makes mentions and issue links of these.
      .replace(/@(?=\w)/g, '@\u200B')
  );
}

/** Text as code in a paragraph or a table cell. */
export function code(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ');
  if (line === '') return '';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  // The only escape that is taken inside code in a table.
  return `${fence}${space}${line.replaceAll('|', '\\|')}${space}${fence}`;
}

/** A block of text as it is. */
export function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text.replace(/\n+$/, '')}\n${fence}\n`;
}

/** Text inside an HTML element of the page. */
export function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A table; cells are Markdown already. The first column is left, numbers are right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], left = 1): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const rule = header.map((_, index) => (index < left ? '---' : '---:'));
  return [header, rule, ...rows].map(line).join('');
}
