// The page: reads what the report's writer embedded, and shows overview, findings and the explorer of one finding. The
// address after # names finding and step, so that a place can be kept and passed on.

import type { FindingData, PageData } from '../model/page-data.js';
import { campaignsSection } from './campaigns.js';
import { element, heading } from './dom.js';
import { Explorer } from './explorer.js';
import { FindingsTable } from './findings.js';
import { themeButton } from './theme.js';
import { dateText } from './words.js';

function embedded(): PageData {
  return JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;
}

function pageHeader({ version, folder, updatedAt }: PageData): HTMLElement {
  const about = [folder, ...(updatedAt === null ? [] : [`as of ${dateText(updatedAt)}`]), `vringfuzz ${version}`].join(
    ' · ',
  );
  return element('header', { class: 'page' }, [
    element('h1', { text: 'vringfuzz report' }),
    element('p', { class: 'about', text: about }),
    themeButton(),
  ]);
}

function problemsSection({ problems }: PageData): readonly HTMLElement[] {
  if (problems.length === 0) return [];
  const items = problems.map(({ file, message }) =>
    element('li', {}, [element('code', { text: file }), element('span', { text: ` ${message}` })]),
  );
  const count = problems.length === 1 ? '1 file' : `${problems.length} files`;
  return [
    element('section', { attributes: { 'aria-labelledby': 'problems' } }, [
      heading(2, `Not used: ${count}`, 'problems'),
      element('ul', { class: 'problems' }, items),
    ]),
  ];
}

function pageFooter(): HTMLElement {
  return element('footer', { text: 'Charts by uPlot (MIT licence, in the source of this page).' });
}

/** `#target/bucket@3`: the finding and the number of its step. */
function addressOf(finding: FindingData, step: number | null): string {
  const name = `${encodeURIComponent(finding.target)}/${encodeURIComponent(finding.bucket)}`;
  return `#${name}${step === null ? '' : `@${step}`}`;
}

function fromAddress(
  findings: readonly FindingData[],
): { readonly finding: FindingData; readonly step: number | null } | null {
  const [name = '', step] = window.location.hash.split('@');
  const finding = findings.find((each) => addressOf(each, null) === name);
  return finding === undefined ? null : { finding, step: step === undefined ? null : Number(step) };
}

function start(): void {
  const data = embedded();
  const explorer = new Explorer();
  let address = '';
  const keep = (finding: FindingData, step: number | null): void => {
    address = addressOf(finding, step);
    window.location.replace(address);
  };
  const show = (finding: FindingData, step: number | null): void => {
    table.choose(finding);
    explorer.open(finding, step);
  };
  const table = new FindingsTable(data, (finding) => {
    show(finding, null);
    keep(finding, null);
    explorer.root.focus({ preventScroll: true });
    explorer.root.scrollIntoView({ block: 'start' });
  });
  explorer.onMove = keep;
  document.body.append(
    pageHeader(data),
    element('main', {}, [campaignsSection(data), table.root, explorer.root, ...problemsSection(data)]),
    pageFooter(),
  );
  const place = fromAddress(data.findings);
  const [first] = data.findings;
  if (place !== null) show(place.finding, place.step);
  else if (first !== undefined) show(first, null);
  window.addEventListener('hashchange', () => {
    if (window.location.hash === address) return;
    const next = fromAddress(data.findings);
    if (next !== null) show(next.finding, next.step);
  });
}

start();
