// The steps of a finding as a SARIF code flow: one location a step and one an event, each pointing at the driver file that is
// judged, because a step of a scenario has no source line of its own.

import type { CodeFlow, PhysicalLocation, ThreadFlowLocation } from 'sarif';

import type { Trace, TraceEvent } from '../../verdict/trace.js';
import { plain } from './sarif-text.js';

/** The most locations of one result that GitHub shows; a file with more than 10,000 in one result is refused. */
const MOST_LOCATIONS = 1000;

export interface FlowPlace {
  /** The driver file, for all that happens before. */
  readonly file: PhysicalLocation;
  /** The line at which the claim was violated. */
  readonly site: PhysicalLocation;
}

/** How many more locations the file may have; code flows take from it. */
export interface FlowBudget {
  left: number;
}

/** The flow of a trace. When it is longer than may be, the earliest events are left out, and the flow's message says so. */
export function codeFlow(trace: Trace, place: FlowPlace, budget: FlowBudget): CodeFlow {
  const steps = trace.steps.slice(-MOST_LOCATIONS);
  const total = steps.reduce((sum, { events }) => sum + events.length, 0);
  const room = Math.max(0, Math.min(MOST_LOCATIONS, budget.left) - steps.length);
  let skip = Math.max(0, total - room);
  const locations: ThreadFlowLocation[] = [];
  for (const step of steps) {
    locations.push(located(`step ${step.number}: ${step.title}`, place.file, { importance: 'important' }));
    for (const event of step.events.slice(Math.min(skip, step.events.length)))
      locations.push(eventLocation(event, place));
    skip = Math.max(0, skip - step.events.length);
  }
  budget.left -= locations.length;
  const left = trace.steps.length - steps.length;
  const shortened = [
    ...(left > 0 ? [`the first ${left} steps are left out`] : []),
    ...(total > room ? [`the first ${total - room} of ${total} events are left out`] : []),
  ];
  const note = shortened.length === 0 ? '' : `; ${shortened.join('; ')}: vringfuzz describe prints all`;
  return {
    message: { text: plain(`${trace.configuration}${note}`) },
    threadFlows: [{ locations: locations.map((location, index) => ({ ...location, executionOrder: index + 1 })) }],
  };
}

function eventLocation({ kind, text }: TraceEvent, { file, site }: FlowPlace): ThreadFlowLocation {
  if (kind === 'violation') {
    return located(`violation: ${text}`, site, { nestingLevel: 1, importance: 'essential', kinds: ['danger'] });
  }
  const kinds = KINDS[kind];
  const more = kinds === undefined ? {} : { kinds: [...kinds] };
  return located(`${kind}: ${text}`, file, { nestingLevel: 1, importance: 'unimportant', ...more });
}

/** The specification's words for some of ours: what the device writes is what a taint analysis would call a source. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  call: ['call'],
  device: ['taint'],
  map: ['acquire', 'resource'],
  unmap: ['release', 'resource'],
};

function located(
  text: string,
  physicalLocation: PhysicalLocation,
  more: Pick<ThreadFlowLocation, 'nestingLevel' | 'importance' | 'kinds'>,
): ThreadFlowLocation {
  return { location: { physicalLocation, message: { text: plain(text) } }, nestingLevel: 0, ...more };
}
