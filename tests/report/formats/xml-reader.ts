// A strict reader for the part of XML 1.0 that the JUnit report uses: throws on anything that is not well-formed, so that a
// test which reads a report with it has checked it.

export interface XmlNode {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

export function readXml(document: string): XmlNode {
  return new Reader(document).document();
}

/** All elements of that name, in document order. */
export function elements(node: XmlNode, name: string): readonly XmlNode[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elements(child, name)]);
}

const DECLARATION = /<\?xml version="1\.0" encoding="UTF-8"\?>\n/y;
const NAME = /[A-Za-z_][\w.-]*/y;
const SPACE = /[ \n]+/y;
const ATTRIBUTE_VALUE = /"([^<"]*)"/y;
const TEXT = /[^<]+/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** Section 2.2, Char. */
const CHARACTERS = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

class Reader {
  private at = 0;

  constructor(private readonly source: string) {
    if (!CHARACTERS.test(source)) throw new Error('a character that XML 1.0 does not allow');
  }

  document(): XmlNode {
    this.expect(DECLARATION);
    const root = this.element();
    this.take(SPACE);
    if (this.at !== this.source.length) throw this.error('something after the root');
    return root;
  }

  private element(): XmlNode {
    this.literal('<');
    const name = this.expect(NAME);
    const attributes = new Map<string, string>();
    while (this.take(SPACE) !== null && this.source[this.at] !== '>' && this.source[this.at] !== '/') {
      const key = this.expect(NAME);
      this.literal('=');
      if (attributes.has(key)) throw this.error(`attribute ${key} twice`);
      attributes.set(key, unescaped(this.expect(ATTRIBUTE_VALUE).slice(1, -1).replaceAll('\n', ' ')));
    }
    if (this.source[this.at] === '/') {
      this.literal('/>');
      return { name, attributes, children: [], text: '' };
    }
    this.literal('>');
    const children: XmlNode[] = [];
    let text = '';
    while (!this.source.startsWith('</', this.at)) {
      if (this.source[this.at] === '<') children.push(this.element());
      else text += unescaped(this.expect(TEXT));
    }
    this.literal(`</${name}>`);
    return { name, attributes, children, text };
  }

  private literal(text: string): void {
    if (!this.source.startsWith(text, this.at)) throw this.error(`expected ${text}`);
    this.at += text.length;
  }

  private expect(pattern: RegExp): string {
    return this.take(pattern) ?? this.fail(pattern);
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.source);
    if (match === null) return null;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private fail(pattern: RegExp): never {
    throw this.error(`expected ${pattern.source}`);
  }

  private error(message: string): Error {
    return new Error(`${message} at ${this.at}: ${JSON.stringify(this.source.slice(this.at, this.at + 40))}`);
  }
}

/** `&` only ever begins a reference, and `]]>` never stands in text (section 2.4). */
function unescaped(text: string): string {
  if (text.includes(']]>')) throw new Error(']]> in text');
  return text.replace(/&([^;&]*);?/g, (reference, name: string) => {
    const number = /^#(\d+)$/.exec(name)?.[1];
    const value = number === undefined ? ENTITIES[name] : String.fromCodePoint(Number(number));
    if (value === undefined || !reference.endsWith(';')) throw new Error(`no such reference: ${reference}`);
    return value;
  });
}
