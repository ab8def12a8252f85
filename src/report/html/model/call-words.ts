// What a driver call did, in a sentence: made of the accesses, mappings and result that the trace has for it.

import { numberText } from './field-text.js';
import { counted, type Item, listText, ofType, type Segment } from './step-items.js';

/** One sentence for calls of the same name that follow each other. */
export function callWords(call: string, segments: readonly Segment[]): string {
  const tell = CALLS[call] ?? otherCall;
  return tell(segments, call);
}

type Tell = (segments: readonly Segment[], call: string) => string;

const CALLS: Readonly<Record<string, Tell>> = {
  maxMappingSize: (segments) => `The client asks how much one mapping may hold: ${answerText(segments)} bytes.`,
  isBroken: (segments) => `The client asks whether the queue is broken: ${answerText(segments)}.`,
  create: ([segment]) => created(segment?.items ?? [], segment?.result?.result ?? ''),
  addSgs: (segments) => added(segments),
  getBuf: (segments) => taken(segments),
  kick: (segments) => kicked(segments, 'The driver kicks'),
  kickPrepare: (segments) => asked(segments, 'The driver checks whether a kick is due', 'It is', 'It is not'),
  notify: (segments) => kicked(segments, 'The client has the device notified'),
  disableCb: (segments) => `Callbacks are switched off${writesText(itemsOf(segments))}.`,
  enableCb: (segments) => callbacks(segments, 'Callbacks are switched on'),
  enableCbDelayed: (segments) => callbacks(segments, 'Callbacks are switched on, for when most buffers are done'),
  enableCbPrepare: (segments) => `Callbacks are switched on${writesText(itemsOf(segments))}.`,
  poll: (segments) => asked(segments, 'The driver polls', 'A buffer is done', 'Nothing is done'),
  interrupt: (segments) => asked(segments, 'The device interrupts', 'There is work', 'There is no work', 'IRQ_HANDLED'),
  detachUnusedBuf: (segments) => detached(segments),
  reset: (segments) => restarted(segments, 'The client resets the queue'),
  resize: (segments) => restarted(segments, 'The client resizes the queue'),
  breakQueue: () => 'The client declares the queue broken.',
  destroy: (segments) => destroyed(itemsOf(segments)),
};

function answerText(segments: readonly Segment[]): string {
  return segments.at(-1)?.result?.result ?? '?';
}

function otherCall(segments: readonly Segment[], call: string): string {
  const results = segments.flatMap(({ result }) => (result === null ? [] : [result.result]));
  return `${call}()${results.length === 0 ? '' : ` returns ${listText(results)}`}.`;
}

function created(items: readonly Item[], result: string): string {
  const memory = ofType(items, 'coherent').reduce((sum, { cpu, size }) => sum + (cpu === null ? 0 : size), 0);
  if (result !== '0' && result !== '') return `The queue cannot be created (${result})${failures(items)}.`;
  return `The driver sets the queue up: ${counted(memory, 'byte')} of memory that it shares with the device.`;
}

function added(segments: readonly Segment[]): string {
  const taken = segments.filter(({ result }) => result !== null && result.refused !== true);
  const refused = segments.filter(({ result }) => result?.refused === true);
  const open = segments.filter(({ result }) => result === null);
  return [
    ...(taken.length > 0 ? [takenText(taken)] : []),
    ...(refused.length > 0 ? [refusedText(refused)] : []),
    ...open.map(openText),
  ].join(' ');
}

function takenText(segments: readonly Segment[]): string {
  return `For ${buffersText(tokensOf(segments))} the driver ${workText(itemsOf(segments)) || 'does nothing'}.`;
}

function refusedText(segments: readonly Segment[]): string {
  const items = itemsOf(segments);
  const errors = [...new Set(segments.map(({ result }) => result?.result.replace(/^token \d+: /, '') ?? ''))];
  const whose = capital(buffersText(tokensOf(segments)));
  return `${whose} ${segments.length === 1 ? 'is' : 'are'} not taken (${listText(errors)})${failures(items)}${endsText(items)}.`;
}

/** An add that the violation cut short. */
function openText({ items }: Segment): string {
  const token = ofType(items, 'map').find((map) => map.token > 0)?.token;
  const whose = token === undefined ? 'a buffer' : `buffer ${token}`;
  return `For ${whose} the driver ${workText(items) || 'begins an add'}${failures(items).replace(':', ', but')}${endsText(items)}.`;
}

function workText(items: readonly Item[]): string {
  return listText([mapsText(items), descriptorsText(items), publicationText(items)].filter((part) => part !== ''));
}

function mapsText(items: readonly Item[]): string {
  const maps = ofType(items, 'map').filter(({ entry }) => entry !== null);
  const tables = maps.filter(({ bytes }) => bytes !== undefined).length;
  const bytes = (direction: string): number =>
    maps
      .filter((map) => map.direction === direction && map.bytes === undefined)
      .reduce((sum, { size }) => sum + size, 0);
  const [out, input] = [bytes('TO_DEVICE'), bytes('FROM_DEVICE')];
  const parts = [
    ...(out === 0 ? [] : [`${counted(out, 'byte')} for the device to read`]),
    ...(input === 0 ? [] : [`${counted(input, 'byte')} for it to write`]),
    ...(tables === 0 ? [] : [tables === 1 ? 'an indirect table' : `${tables} indirect tables`]),
  ];
  return parts.length === 0 ? '' : `maps ${listText(parts)}`;
}

function descriptorsText(items: readonly Item[]): string {
  const indexes = ofType(items, 'store').flatMap(({ field }) => /^desc\[(\d+)\]\.addr$/.exec(field)?.[1] ?? []);
  return indexes.length === 0
    ? ''
    : `writes descriptor${indexes.length === 1 ? '' : 's'} ${listText([...new Set(indexes)])}`;
}

/** The store that makes the buffer the device's: the available index, or flags in a packed ring. */
function publicationText(items: readonly Item[]): string {
  const stores = ofType(items, 'store');
  const index = stores.filter(({ field }) => field === 'avail.idx').at(-1);
  if (index !== undefined) return `hands it over: avail.idx becomes ${numberText(index.field, index.value)}`;
  const flags = stores.filter(({ field }) => /^desc\[\d+\]\.flags$/.test(field)).at(-1);
  if (flags === undefined || stores.some(({ field }) => field.endsWith('.next'))) return '';
  return `hands it over: ${flags.field} becomes ${numberText(flags.field, flags.value)}`;
}

function taken(segments: readonly Segment[]): string {
  const back = segments.filter(({ result }) => (result?.token ?? 0) > 0);
  const nothing = segments.some(({ result }) => result?.result === 'nothing');
  const open = segments.find(({ result }) => result === null);
  const sentences: string[] = [];
  const only = back.length === 1 ? back[0] : undefined;
  if (only?.result) {
    const { token, result } = only.result;
    const length = /length (\d+)/.exec(result)?.[1] ?? '?';
    const read = completionText(only.items);
    sentences.push(
      `The driver takes a completed buffer${read}, and gives back buffer ${token ?? 0} with length ${length}${endsText(only.items)}.`,
    );
  } else if (back.length > 1) {
    sentences.push(
      `The driver takes ${back.length} completed buffers (${listText(tokensOf(back).map(String))})${endsText(itemsOf(back))}.`,
    );
  }
  if (open !== undefined)
    sentences.push(`The driver takes a completed buffer${completionText(open.items)}${endsText(open.items)}.`);
  if (nothing)
    sentences.push(
      back.length > 0
        ? 'Then it finds nothing more.'
        : `The driver looks for a completed buffer${readsText(itemsOf(segments))} and finds none that it may take.`,
    );
  return sentences.join(' ');
}

/** What the device's answer said, as the driver read it. */
function completionText(items: readonly Item[]): string {
  const loads = ofType(items, 'load');
  const id = loads.find(({ field }) => /(^used\.ring|^desc)\[\d+\]\.id$/.test(field));
  const length = loads.find(({ field }) => /(^used\.ring|^desc)\[\d+\]\.len$/.test(field));
  if (id === undefined) return readsText(items);
  const said = length === undefined ? '' : `, length ${numberText(length.field, length.value)}`;
  return `: ${id.field.replace(/\.id$/, '')} says id ${numberText(id.field, id.value)}${said}`;
}

function endsText(items: readonly Item[]): string {
  const count = ofType(items, 'unmap').length;
  return count === 0 ? '' : `; the driver unmaps ${counted(count, 'mapping')}`;
}

function kicked(segments: readonly Segment[], start: string): string {
  const items = itemsOf(segments);
  if (segments.at(-1)?.result === null) return `${start}${readsText(items)}.`;
  const sent = ofType(items, 'transport').filter(({ request }) => request === 'notify');
  const end =
    sent.length === 0
      ? ': the device does not want to be notified'
      : sent.every(({ ok }) => ok)
        ? ': the device is notified'
        : ': the notification fails, and the queue is broken';
  return `${start}${readsText(items)}${end}.`;
}

function callbacks(segments: readonly Segment[], start: string): string {
  const missed = segments.some(({ result }) => result?.result === 'false');
  return `${start}${writesText(itemsOf(segments))}${missed ? '; a buffer is done already' : ''}.`;
}

function asked(segments: readonly Segment[], start: string, yes: string, no: string, truth = 'true'): string {
  const result = segments.at(-1)?.result?.result;
  const answer = result === undefined ? '' : ` ${result === truth ? yes : no}.`;
  return `${start}${readsText(itemsOf(segments))}.${answer}`;
}

function detached(segments: readonly Segment[]): string {
  const tokens = tokensOf(segments);
  if (tokens.length === 0 && segments.every(({ result }) => result !== null)) return 'No buffer is left to take back.';
  const whose = buffersText(tokens);
  return `The client takes back ${whose === '' ? 'a buffer' : whose}${endsText(itemsOf(segments))}.`;
}

function restarted(segments: readonly Segment[], start: string): string {
  const items = itemsOf(segments);
  const given = ofType(items, 'recycled').map(({ token }) => token);
  const refused = ofType(items, 'transport').filter(({ ok }) => !ok);
  const result = segments.at(-1)?.result?.result ?? '';
  const back =
    given.length === 0 ? '' : `: ${buffersText(given)} ${given.length === 1 ? 'comes' : 'come'} back${endsText(items)}`;
  const why = refused.length === 0 ? '' : ` (the transport refuses to ${refused[0]?.request ?? ''} it)`;
  return `${start}${back}${result === '0' || result === '' ? '' : `; it ends with ${result}${why}`}.`;
}

function destroyed(items: readonly Item[]): string {
  const coherent = ofType(items, 'coherent-free').length;
  const objects = ofType(items, 'free').length;
  const parts = [
    ...(coherent === 0 ? [] : [counted(coherent, 'shared allocation')]),
    ...(objects === 0 ? [] : [counted(objects, 'heap object')]),
  ];
  return `The queue is destroyed${parts.length === 0 ? '' : `: ${listText(parts)} ${coherent + objects === 1 ? 'is' : 'are'} freed`}.`;
}

/** Why something did not work, as far as the platform refused it. */
function failures(items: readonly Item[]): string {
  const reasons = [
    ...(ofType(items, 'map').some(({ entry }) => entry === null) ? ['a map failed'] : []),
    ...(ofType(items, 'allocate').some(({ at }) => at === null) ? ['there was no heap memory'] : []),
    ...(ofType(items, 'coherent').some(({ cpu }) => cpu === null) ? ['there was no coherent memory'] : []),
  ];
  return reasons.length === 0 ? '' : `: ${listText(reasons)}`;
}

function readsText(items: readonly Item[]): string {
  const read = ofType(items, 'load').map(({ field, value }) => `${field} = ${numberText(field, value)}`);
  return read.length === 0 ? '' : ` (reads ${listText([...new Set(read)], 3)})`;
}

function writesText(items: readonly Item[]): string {
  const written = ofType(items, 'store').map(({ field, value }) => `${field} = ${numberText(field, value)}`);
  return written.length === 0 ? '' : ` (writes ${listText([...new Set(written)], 3)})`;
}

function tokensOf(segments: readonly Segment[]): readonly number[] {
  return segments.flatMap(({ result }) => (result?.token === undefined || result.token === 0 ? [] : [result.token]));
}

function buffersText(tokens: readonly number[]): string {
  return tokens.length === 0 ? '' : `buffer${tokens.length === 1 ? '' : 's'} ${listText(tokens.map(String))}`;
}

function itemsOf(segments: readonly Segment[]): readonly Item[] {
  return segments.flatMap(({ items }) => items);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
