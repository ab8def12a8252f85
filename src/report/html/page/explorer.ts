// The explorer of one finding: where the reader stands in its trace, and the views of that point. Every move draws all
// views anew from the trace.

import type { Trace } from '../../../verdict/trace.js';
import type { FindingData, InputData } from '../model/page-data.js';
import { unpackTrace } from '../model/packed-trace.js';
import { plainWords } from '../model/plain-words.js';
import { usedAddresses } from '../model/ring-grid.js';
import { hasData, stateAt } from '../model/trace-state.js';
import { element } from './dom.js';
import { comparison, findingHead, inputCommands, inputHead, inputNote } from './finding-head.js';
import { LedgerView } from './ledger-view.js';
import { RingView } from './ring-view.js';
import { type Place, StepList } from './step-list.js';
import { moveForKey, type Move, moved, violationPlace } from './moves.js';
import { StepTools } from './step-tools.js';
import { counted } from '../model/step-items.js';

/** What is being explored; null where the input has no trace. */
interface Shown {
  readonly input: InputData;
  readonly trace: Trace;
  readonly everUsed: ReadonlySet<number>;
  place: Place;
}

export class Explorer {
  readonly root = element('section', {
    class: 'explorer',
    attributes: { 'aria-labelledby': 'explorer', tabindex: '-1' },
  });
  private readonly head = element('div');
  private readonly inputHead = element('div');
  private readonly notes = element('div');
  private readonly story = element('div', { class: 'story' });
  private readonly disagreement = element('div');
  private readonly commands = element('div');
  private readonly words = element('div', { class: 'words', attributes: { 'aria-live': 'polite' } });
  private readonly body = element('div', { class: 'explorer-body' });
  private readonly memory = element('div', { class: 'memory' });
  private readonly tools = new StepTools((move) => {
    this.go(move);
  });
  private readonly steps = new StepList((place) => {
    this.goTo(place);
  });
  private readonly ring = new RingView();
  private readonly ledger = new LedgerView();
  private shown: Shown | null = null;
  /** Told about every move, for the address of the page. */
  onMove: (finding: FindingData, step: number) => void = () => undefined;
  private finding: FindingData | null = null;

  constructor() {
    this.memory.append(this.ring.root, this.ledger.root);
    this.story.append(this.words, this.disagreement);
    const main = element('div', { class: 'explorer-main' }, [this.notes, this.story, this.memory, this.commands]);
    this.body.append(this.steps.root, main);
    this.root.append(this.head, this.inputHead, this.tools.root, this.body);
    this.root.hidden = true;
    document.addEventListener('keydown', (event) => {
      this.key(event);
    });
  }

  /** Shows a finding: its first input, at the violation unless another step is asked for. */
  open(finding: FindingData, step: number | null): void {
    this.finding = finding;
    this.root.hidden = false;
    this.head.replaceChildren(findingHead(finding));
    const [first] = finding.inputs;
    const choices = finding.inputs.map((input) => ({
      label: inputLabel(input),
      choose: () => {
        this.openInput(input, null);
      },
    }));
    this.tools.inputs(choices);
    if (first !== undefined) this.openInput(first, step);
    else this.openNothing();
  }

  private openNothing(): void {
    this.shown = null;
    const text = 'Only the record of the campaign names this bucket: no input of it is stored.';
    this.notes.replaceChildren(element('p', { class: 'note', text }));
    for (const part of [this.inputHead, this.disagreement, this.commands]) part.replaceChildren();
    this.draw();
  }

  private openInput(input: InputData, step: number | null): void {
    this.inputHead.replaceChildren(inputHead(input));
    this.notes.replaceChildren(...inputNote(input));
    this.disagreement.replaceChildren(...(input.finding === null ? [] : [comparison(input.finding)]));
    this.commands.replaceChildren(inputCommands(input));
    this.ledger.reset();
    if (input.trace === null) this.shown = null;
    else {
      const trace = unpackTrace(input.trace);
      const asked = trace.steps.findIndex(({ number }) => number === step);
      const place = asked >= 0 ? { step: asked, event: null } : violationPlace(trace);
      this.shown = { input, trace, everUsed: usedAddresses(trace), place };
    }
    this.draw();
  }

  private go(move: Move): void {
    if (this.shown !== null) this.goTo(moved(this.shown.trace, this.shown.place, move));
  }

  private goTo(place: Place): void {
    if (this.shown === null) return;
    this.shown.place = place;
    this.draw();
    const number = this.shown.trace.steps[place.step]?.number;
    if (this.finding !== null && number !== undefined) this.onMove(this.finding, number);
  }

  /** Arrow keys, Home and End, unless they mean something where the focus is, or something else has it. */
  private key(event: KeyboardEvent): void {
    if (this.shown === null || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const focus = document.activeElement;
    if (focus instanceof HTMLSelectElement || focus instanceof HTMLInputElement) return;
    const inside = focus !== null && this.root.contains(focus);
    if (!inside && focus !== document.body) return;
    const move = moveForKey(event.key, inside);
    if (move === null) return;
    event.preventDefault();
    this.go(move);
  }

  private draw(): void {
    const { shown } = this;
    const finding = shown?.input.finding ?? null;
    this.steps.root.hidden = shown === null;
    this.body.classList.toggle('no-trace', shown === null);
    this.words.hidden = shown === null;
    this.memory.hidden = shown === null || !hasData(shown.trace);
    this.tools.update(shown === null ? null : shown.trace, shown?.place ?? { step: 0, event: null });
    if (shown === null) return;
    const { trace, place, everUsed } = shown;
    this.steps.update(trace.steps, place);
    this.drawWords(trace, place, {
      claim: this.finding?.claim ?? '',
      shape: finding?.shape ?? '',
      field: finding?.field ?? null,
    });
    if (!hasData(trace)) return;
    const count = trace.steps[place.step]?.events.length ?? 0;
    const state = stateAt(trace, { step: place.step, events: place.event === null ? count : place.event + 1 });
    const violated = state.violation === null ? null : (finding?.field ?? null);
    this.ring.update(state, everUsed, violated);
    this.ledger.update(state, state.violation?.mapping ?? null, state.ring?.packed === true);
  }

  private drawWords(trace: Trace, place: Place, told: Parameters<typeof plainWords>[2]): void {
    const step = trace.steps[place.step];
    const sentences = hasData(trace) ? plainWords(trace, place.step, told) : [];
    this.words.replaceChildren(
      element('p', { class: 'where', text: `Step ${step?.number ?? ''}: ${step?.title ?? ''}` }),
      ...sentences.map((text, index) => {
        const isViolation =
          index === sentences.length - 1 && step?.events.some(({ kind }) => kind === 'violation') === true;
        return element('p', { class: isViolation ? 'violation' : '', text });
      }),
      element('p', { class: 'configuration', text: trace.configuration }),
    );
  }
}

function inputLabel({ file, size, minimised }: InputData): string {
  const name = file.replace(/^.*[\\/]/, '');
  return `${minimised ? 'minimised' : name.slice(0, 18)}, ${counted(size, 'byte')}`;
}
