// Elements by hand. Text only ever becomes a text node, so that nothing from a file can become markup.

export interface Properties {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onClick?: () => void;
}

export type Child = Node | string;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  children: readonly Child[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  const { class: names, text, title, attributes, onClick } = properties;
  if (names !== undefined && names !== '') made.className = names;
  if (text !== undefined) made.textContent = text;
  if (title !== undefined && title !== '') made.title = title;
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
  if (onClick !== undefined) made.addEventListener('click', onClick);
  made.append(...children);
  return made;
}

/** A button that says what it does, also where only a sign fits on it. */
export function button(sign: string, label: string, onClick: () => void): HTMLButtonElement {
  const attributes: Record<string, string> = { type: 'button' };
  if (sign !== label) attributes['aria-label'] = label;
  return element('button', { text: sign, title: sign === label ? '' : label, attributes, onClick });
}

/** A link where the address is one of the web, else its text. */
export function link(address: string): HTMLElement {
  if (!/^https?:\/\//.test(address)) return element('span', { text: address });
  return element('a', { text: address, attributes: { href: address, rel: 'noopener noreferrer', target: '_blank' } });
}

export function heading(level: 2 | 3, text: string, id?: string): HTMLElement {
  return element(level === 2 ? 'h2' : 'h3', { text, ...(id === undefined ? {} : { attributes: { id } }) });
}
