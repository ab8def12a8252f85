// XML written by hand: elements as values, so that nothing is ever left open or unescaped.

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (XmlElement | string)[];
}

export function element(
  name: string,
  attributes: XmlElement['attributes'],
  children: XmlElement['children'] = [],
): XmlElement {
  return { name, attributes, children };
}

/** A document of that root, indented; elements that hold text keep it as it is. */
export function xmlDocument(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementText(root, '')}`;
}

function elementText({ name, attributes, children }: XmlElement, indent: string): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${attributeText(String(value))}"`);
  const open = `${indent}<${name}${pairs.join('')}`;
  if (children.length === 0) return `${open}/>\n`;
  if (children.some((child) => typeof child === 'string')) {
    const text = children
      .map((child) => (typeof child === 'string' ? escaped(child) : elementText(child, '')))
      .join('');
    return `${open}>${text}</${name}>\n`;
  }
  const inner = children.map((child) => elementText(child as XmlElement, `${indent}  `)).join('');
  return `${open}>\n${inner}${indent}</${name}>\n`;
}

/** Line breaks in attributes would be read as spaces. */
function attributeText(text: string): string {
  return escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

/** What XML 1.0 forbids (control characters, lone surrogates) becomes U+FFFD. */
function escaped(text: string): string {
  return Buffer.from(text)
    .toString()
    .replace(FORBIDDEN, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
