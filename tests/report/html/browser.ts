// A real browser for the page's tests: the Chromium of the system, driven without a server. Where there is none the tests
// say so and are skipped; .ci/run installs one.

import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';

import { projectRoot } from '../../../src/campaign/paths.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of the first Chromium on PATH, or null. */
export function findChromium(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const name of NAMES) {
    for (const folder of folders) if (isExecutable(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** For `skip`: why the tests cannot run here, or false. */
export function withoutChromium(): string | false {
  return findChromium() === null ? `none of ${NAMES.join(', ')} on PATH: install Debian's package chromium` : false;
}

export async function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('no chromium');
  // Its sandbox needs rights that containers do not give; the page comes from this very test.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** Git ignores it: what a test shows to people. */
export function outputFolder(): string {
  const folder = join(projectRoot(), 'build', 'test-output');
  mkdirSync(folder, { recursive: true });
  return folder;
}

export interface OpenedPage {
  readonly page: Page;
  /** Console errors, exceptions, dialogs and requests for anything but the file: must stay empty. */
  readonly complaints: string[];
}

/** Opens a page that was written to a file, as a reader does; `hash` is what follows in its address. */
export async function openFile(
  browser: Browser,
  file: string,
  hash = '',
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 1000 },
    colorScheme: 'light',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const address = pathToFileURL(file).href;
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(address + hash);
  return { page, complaints };
}

export function writePage(folder: string, name: string, html: string): string {
  const file = join(folder, name);
  writeFileSync(file, html);
  return file;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
