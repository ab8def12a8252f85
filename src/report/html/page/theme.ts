// Light and dark: the system's choice until the reader makes another one.

import { element } from './dom.js';

type Theme = 'light' | 'dark';

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const listeners: (() => void)[] = [];
let chosen: Theme | null = null;

/** Told after every change: what is drawn, not styled, has to be drawn again. */
export function onThemeChange(listener: () => void): void {
  listeners.push(listener);
}

/** A colour of the style sheet, as it is now. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The button that switches; it also makes the page follow the system. */
export function themeButton(): HTMLButtonElement {
  const toggle = element('button', { class: 'theme', attributes: { type: 'button' } });
  const show = (): void => {
    const theme = current();
    document.documentElement.dataset['theme'] = theme;
    toggle.textContent = theme === 'dark' ? 'Light' : 'Dark';
    toggle.setAttribute('aria-label', `Switch to ${theme === 'dark' ? 'light' : 'dark'} colours`);
    for (const listener of listeners) listener();
  };
  toggle.addEventListener('click', () => {
    chosen = current() === 'dark' ? 'light' : 'dark';
    show();
  });
  dark.addEventListener('change', show);
  show();
  return toggle;
}

function current(): Theme {
  return chosen ?? (dark.matches ? 'dark' : 'light');
}
