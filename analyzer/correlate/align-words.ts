/** What is known of clocks, in plain sentences. */
import type { ClockAlignment } from '../core/timeline.ts';
import { shiftText } from '../time/zones.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
/** Closer is called the same: the anchors themselves are no better. */
const SAME_MS = 50;

/** @param ms any sign. @returns `0.4 s`, `90 s`, `12 min 30 s`, `3.2 h`, `41 days`, `99.5 years`. */
export function spokenSpan(ms: number): string {
  const size = Math.abs(ms);
  if (size < 9_950) return `${(size / 1000).toFixed(1)} s`;
  const seconds = Math.round(size / 1000);
  if (seconds < 300) return `${seconds} s`;
  if (seconds < 7_200) {
    const rest = seconds % 60;
    return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
  }
  if (size < 2 * DAY_MS) return `${(size / 3_600_000).toFixed(1)} h`;
  if (size < 2 * YEAR_MS) return `${Math.round(size / DAY_MS)} days`;
  return `${(size / YEAR_MS).toFixed(1)} years`;
}

/** @param reference name of the clock that is compared with. @returns `90 s ahead of ip-10-0-1-12`, `the same as ...`. */
function offsetWords(offsetMs: number, reference: string): string {
  if (Math.abs(offsetMs) < SAME_MS) return `the same as ${reference}`;
  return `${spokenSpan(offsetMs)} ${offsetMs > 0 ? 'ahead of' : 'behind'} ${reference}`;
}

/** What the sentence of one clock is made of. */
export interface ClockWords {
  readonly clock:
    | { readonly outcome: 'reference' }
    | { readonly outcome: 'aligned'; readonly offsetMs: number }
    | { readonly outcome: 'refused'; readonly because: string };
  readonly reference: string;
  /** How many of each kind. */
  readonly answers: number;
  readonly changes: number;
  readonly spreadMs: number | null;
  /** As `+90s`; null: none was given. */
  readonly shift: string | null;
  /** Whether any other clock is told against the reference. */
  readonly others: 'some' | 'none';
}

/** @returns `90 s ahead of the API server, by 12 anchors (5 answers of the API server, 7 shared changes), spread 0.4 s`. */
export function clockSentence(words: ClockWords): string {
  const { clock, reference, answers, changes, spreadMs, shift, others } = words;
  const moved = shift === null ? '' : `; moved by ${shift} by hand`;
  if (clock.outcome === 'reference') {
    const told =
      others === 'some' ? 'the reference: the others are told against it' : 'no other clock can be told against it';
    return `${told}${moved}`;
  }
  if (clock.outcome === 'refused') return `cannot be aligned: ${clock.because}${moved}`;
  const kinds = [
    ...(answers === 0 ? [] : [`${answers} answers of the API server`]),
    ...(changes === 0 ? [] : [`${changes} shared changes`]),
  ].map((words) => words.replace(/^1 (answer|shared change)s/, '1 $1'));
  const by = `by ${answers + changes} anchors (${kinds.join(', ')})`;
  const coarse = changes === 0 ? '; answers tell whole seconds' : '';
  return `${offsetWords(clock.offsetMs, reference)}, ${by}, spread ${spokenSpan(spreadMs ?? 0)}${coarse}${moved}`;
}

/** @param name how a bundle is called. @returns what is known of all clocks of a case, and which were moved by hand. */
export function clocksSentence(
  nodes: readonly ClockAlignment[],
  reference: string,
  name: (node: ClockAlignment) => string,
): string {
  const moved = nodes.filter(({ shiftMs }) => shiftMs !== 0);
  const shifts = listed(moved.map((node) => `${name(node)} by ${shiftText(node.shiftMs)}`));
  const measured = measuredSentence(nodes, reference, name);
  return moved.length === 0 ? measured : `${measured} Moved by hand since: ${shifts}.`;
}

function measuredSentence(
  nodes: readonly ClockAlignment[],
  reference: string,
  name: (node: ClockAlignment) => string,
): string {
  if (nodes.length === 0) return 'There is no bundle in this case.';
  const [first] = nodes;
  if (nodes.length === 1 && first?.outcome === 'reference')
    return 'One bundle: there is no other clock to hold its clock against.';
  const refused = nodes.filter(({ outcome }) => outcome === 'refused');
  const aligned = nodes.filter(({ outcome }) => outcome === 'aligned');
  const farthest = aligned.toSorted((one, two) => Math.abs(two.offsetMs ?? 0) - Math.abs(one.offsetMs ?? 0))[0];
  const known =
    farthest === undefined
      ? ''
      : `${counted(aligned.length)} aligned with ${reference}${
          Math.abs(farthest.offsetMs ?? 0) < SAME_MS
            ? ' and the same'
            : `; the farthest, ${name(farthest)}, is ${offsetWords(farthest.offsetMs ?? 0, 'it')}`
        }.`;
  if (refused.length === 0) return capital(known);
  const names = listed(refused.map(name));
  const unknown = `The ${refused.length === 1 ? 'clock' : 'clocks'} of ${names} cannot be aligned: what happened first there and on other nodes is not known.`;
  return known === '' ? unknown : `${capital(known)} ${unknown}`;
}

const NAMES_MAX = 5;

function listed(names: readonly string[]): string {
  const shown = names.length > NAMES_MAX ? [...names.slice(0, NAMES_MAX), `${names.length - NAMES_MAX} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function counted(count: number): string {
  return count === 1 ? '1 clock is' : `${count} clocks are`;
}

function capital(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
