/** The window of an answer about time: which span it is about, why, and in plain words what it leaves out. */
import { grouped } from '../core/grouped.ts';
import type { WindowStatement } from '../core/timeline.ts';
import { spokenInstant } from '../time/calendar.ts';

/** The incident time and so much before and after it (05-time: time window rule). */
const INCIDENT_WINDOW_MS = 300_000;

/** Milliseconds since 1970, `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface WindowGiven {
  readonly from: number | null;
  readonly to: number | null;
  readonly incident: number | null;
}

export interface ChosenWindow {
  /** null: nothing in scope has an instant, and no window was given that has both ends. */
  readonly span: Span | null;
  readonly because: WindowStatement['because'];
}

/**
 * An explicit range as given, an open end of it where the lines end; else around the incident; else everything that has
 * an instant.
 * @param whole from the first instant in scope to behind the last; null when nothing has one.
 */
export function chooseWindow(given: WindowGiven, whole: Span | null): ChosenWindow {
  if (given.from !== null || given.to !== null) {
    const from = given.from ?? whole?.from ?? null;
    const to = given.to ?? whole?.to ?? null;
    if (from === null || to === null) return { span: null, because: 'given' };
    // An open end on the other side of the lines: the window is outside of them.
    if (to <= from) return { span: given.from === null ? { from: to, to } : { from, to: from }, because: 'given' };
    return { span: { from, to }, because: 'given' };
  }
  if (given.incident !== null) {
    const { incident } = given;
    return {
      span: { from: incident - INCIDENT_WINDOW_MS, to: incident + INCIDENT_WINDOW_MS + 1 },
      because: 'incident',
    };
  }
  return { span: whole, because: 'whole' };
}

export interface WindowCounts {
  readonly inside: number;
  readonly outside: number;
  readonly undated: number;
  /** Lines of files that are copies of others: each is counted where it was read first. */
  readonly copied: number;
}

/** @param counted `to 10 s`: lines at the ends are told by buckets that reach over them. */
export function windowStatement(
  { span, because }: ChosenWindow,
  whole: Span | null,
  counts: WindowCounts,
  counted: 'exactly' | 'to 10 s',
): WindowStatement {
  const { inside, outside, undated } = counts;
  return {
    from: span === null ? null : isoInstant(span.from),
    to: span === null ? null : isoInstant(span.to),
    because,
    sentence: sentenceOf({ span, because }, whole, counts, counted),
    inside,
    outside,
    undated,
  };
}

function sentenceOf(
  { span, because }: ChosenWindow,
  whole: Span | null,
  { inside, outside, undated, copied }: WindowCounts,
  counted: 'exactly' | 'to 10 s',
): string {
  const again = copied === 0 ? '' : ` ${linesWord(copied)} of copied files ${be(copied)} not counted again.`;
  if (whole === null) {
    return undated === 0
      ? 'There is no line to show.'
      : `No line has a time: ${linesWord(undated)} cannot be placed.${again}`;
  }
  const noTime =
    undated === 0
      ? ''
      : ` ${linesWord(undated)} ${undated === 1 ? 'has' : 'have'} no time and ${be(undated)} not shown.`;
  const without = `${noTime}${again}`;
  const all = `${spokenRange(whole)}`;
  if (span === null || because === 'whole')
    return `Everything that has a time, ${all}: ${linesWord(inside)}.${without}`;
  const why = because === 'incident' ? 'Five minutes before and after the incident' : 'The window as given';
  const where = `${why}, ${rangeWords(span, whole)}:`;
  if (inside === 0) return `${where} no line. There are ${linesWord(outside)} from ${all}.${without}`;
  const edges = counted === 'exactly' ? '' : ' Lines at its ends are counted to 10 seconds.';
  const left = outside === 0 ? 'none outside of it' : `${grouped(outside)} outside of it`;
  return `${where} ${linesWord(inside)}, ${left}.${edges}${without}`;
}

/** An open end on the other side of the lines leaves one instant of a window. */
function rangeWords(span: Span, whole: Span): string {
  if (span.to > span.from) return spokenRange(span);
  return span.from >= whole.to ? `from ${spoken(span.from)} on` : `before ${spoken(span.from)}`;
}

/** @returns `2024-05-01 12:00:00 to 2024-05-01 13:00:00 UTC`. */
export function spokenRange({ from, to }: Span): string {
  return `${spoken(from).replace(/ UTC$/, '')} to ${spoken(to)}`;
}

/** ECMA-262, 21.4.1.1: a Date holds no time beyond. */
const DATE_MAX_MS = 8.64e15;

function spoken(time: number): string {
  return spokenInstant(within(time));
}

/** @returns an ISO instant, the nearest there is for a time that no date holds. */
export function isoInstant(time: number): string {
  return new Date(within(time)).toISOString();
}

function within(time: number): number {
  return Math.max(-DATE_MAX_MS, Math.min(DATE_MAX_MS, time));
}

function linesWord(count: number): string {
  return count === 1 ? '1 line' : `${grouped(count)} lines`;
}

function be(count: number): string {
  return count === 1 ? 'is' : 'are';
}
