// The overview: what each target's campaigns came to, and how they grew.

import type { CampaignData, PageData, TargetData } from '../model/page-data.js';
import { Charts } from './charts.js';
import { element, heading } from './dom.js';
import { type Column, SortableTable } from './sortable-table.js';
import { dateText, durationText, grouped } from './words.js';

export function campaignsSection(data: PageData): HTMLElement {
  const section = element('section', { attributes: { 'aria-labelledby': 'campaigns' } }, [
    heading(2, 'Campaigns', 'campaigns'),
  ]);
  const { targets } = data;
  if (targets.length === 0) {
    section.append(element('p', { class: 'empty', text: `No target has been fuzzed into ${data.folder} yet.` }));
    return section;
  }
  const table = new SortableTable({ caption: 'Campaigns by target', columns: COLUMNS, rows: targets });
  section.append(
    element('div', { class: 'scroll' }, [table.root]),
    element('p', { class: 'totals', text: totals(targets) }),
  );
  const plotted = targets.filter(({ plot }) => plot !== null);
  if (plotted.length > 0) section.append(growth(plotted));
  else
    section.append(
      element('p', { class: 'hint', text: 'No growth over time: there is no plot_data of two rows or more.' }),
    );
  return section;
}

/** A number of the campaign, or a dash where there was none. */
function figure(
  label: string,
  value: (campaign: CampaignData) => number,
  text: (value: number) => string = grouped,
): Column<TargetData> {
  return {
    label,
    cell: ({ campaign }) => (campaign === null ? '–' : text(value(campaign))),
    key: ({ campaign }) => (campaign === null ? -1 : value(campaign)),
    numeric: true,
  };
}

const COLUMNS: readonly Column<TargetData>[] = [
  { label: 'target', cell: nameOf, key: ({ target }) => target },
  figure('time', ({ seconds }) => seconds, durationText),
  figure('executions', ({ executions }) => executions),
  figure('per second', ({ executions, seconds }) => (seconds > 0 ? executions / seconds : 0)),
  figure('edges', ({ edges }) => edges),
  figure('states', ({ states }) => states),
  figure('features', ({ features }) => features),
  {
    label: 'corpus',
    cell: ({ corpus, campaign }) => grouped(corpus ?? campaign?.corpus ?? 0),
    key: ({ corpus, campaign }) => corpus ?? campaign?.corpus ?? 0,
    numeric: true,
  },
  figure(
    'stability',
    ({ stability }) => stability ?? -1,
    (share) => (share < 0 ? '–' : `${(100 * share).toFixed(1)} %`),
  ),
  figure(
    'last new',
    ({ seconds, lastNewSeconds }) => seconds - lastNewSeconds,
    (ago) => `${durationText(ago)} ago`,
  ),
  { label: 'buckets', cell: ({ findings }) => grouped(findings), key: ({ findings }) => findings, numeric: true },
  { label: 'next execution finds something new', cell: ({ campaign }) => campaign?.discovery ?? '–' },
];

function nameOf({ target, campaign }: TargetData): HTMLElement {
  const name = element('span', { class: 'name', text: target });
  if (campaign?.bug) name.append(element('span', { class: 'tag', text: `bug ${campaign.bug}` }));
  if (campaign !== null) name.title = `${dateText(campaign.startedAt)} to ${dateText(campaign.updatedAt)}`;
  return name;
}

function totals(targets: readonly TargetData[]): string {
  const sum = (value: (target: TargetData) => number): number => targets.reduce((all, each) => all + value(each), 0);
  const executions = sum(({ campaign }) => campaign?.executions ?? 0);
  const seconds = sum(({ campaign }) => campaign?.seconds ?? 0);
  const buckets = sum(({ findings }) => findings);
  return [
    `${targets.length} ${targets.length === 1 ? 'target' : 'targets'}`,
    `${grouped(executions)} executions in ${durationText(seconds)} of fuzzing`,
    `${grouped(buckets)} ${buckets === 1 ? 'bucket' : 'buckets'}`,
  ].join(' · ');
}

/** The charts of one target at a time. */
function growth(targets: readonly TargetData[]): HTMLElement {
  const charts = new Charts();
  const names = targets.map(({ target }) => element('option', { text: target, attributes: { value: target } }));
  const select = element('select', { attributes: { id: 'growth-of' } }, names);
  const show = (): void => {
    const plot = targets.find(({ target }) => target === select.value)?.plot;
    if (plot) charts.show(plot);
  };
  select.addEventListener('change', show);
  // The charts take their width from where they stand.
  requestAnimationFrame(show);
  const label = element('label', { text: 'Growth of ', attributes: { for: 'growth-of' } });
  return element('div', { class: 'growth' }, [element('div', { class: 'choice' }, [label, select]), charts.root]);
}
