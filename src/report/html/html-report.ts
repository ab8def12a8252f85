// The report as one HTML file that needs nothing else: no network, no other file, no server. Values from findings are
// embedded as data, and the page's policy lets no script run but its own.

import { createHash } from 'node:crypto';

import type { CrashFolder } from '../../campaign/crashes/crash-folder.js';
import type { Report } from '../report-model.js';
import { embeddedData } from './embedded-data.js';
import { pageCode } from './page-script.js';

export interface HtmlOptions {
  /** The same folder as a report. */
  readonly report: Report;
  /** Characters of embedded values, traces among them; DATA_LIMIT when absent. */
  readonly dataLimit?: number;
}

/** Keeps the file below 2 MB, code and style included. Escaped characters count more than once, hence the distance. */
export const DATA_LIMIT = 1_700_000;

/** The file's text. Throws EnvironmentError where a part of the page is missing. */
export function htmlReport(crashes: CrashFolder, options: HtmlOptions): string {
  const { report, dataLimit = DATA_LIMIT } = options;
  const { style, script } = pageCode();
  const [css, js] = [asElementText(style, 'style'), asElementText(script, 'script')];
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(js)}`,
    `style-src ${hashOf(css)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>vringfuzz report</title>
<style>${css}</style>
</head>
<body>
<noscript>This report needs JavaScript. The same as text: vringfuzz report --format markdown</noscript>
<script type="application/json" id="data">${asJsonText(embeddedData(crashes, report, dataLimit))}</script>
<script>${js}</script>
</body>
</html>
`;
}

/** JSON in which nothing can end the element or begin another one. */
export function asJsonText(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/** Our own code, in which the element's end tag can only stand in a string. */
function asElementText(code: string, element: string): string {
  // A parser turns line ends into \n before anything is hashed.
  const text = code.replaceAll('\r\n', '\n');
  return text.replaceAll(`</${element}`, `<\\/${element}`).replaceAll('<!--', '<\\!--');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
