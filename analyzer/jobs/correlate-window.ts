/** The window of a correlation: from where to where, why, and what was left out of it. */
import type { BundleReader } from '../core/case-reader.ts';
import { grouped } from '../core/grouped.ts';
import type { WindowStatement } from '../core/timeline.ts';
import { spokenSpan } from '../correlate/rank.ts';
import { isoInstant, type Span, spokenRange } from '../correlate/window.ts';
import { type SeenWindow, STEP_EVENTS_MAX } from './correlate-lines.ts';
import type { CorrelateQuestion } from './correlate-question.ts';

/** What has a time in the bundles that are asked about, and what has not. */
export interface CaseTimes {
  /** From the first instant to behind the last; null when no line has one. */
  readonly whole: Span | null;
  /** Lines of files of which some line has an instant, and lines of the other text files. */
  readonly dated: number;
  readonly undated: number;
}

export function caseTimes(readers: readonly BundleReader[]): CaseTimes {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let dated = 0;
  let undated = 0;
  for (const file of readers.flatMap((reader) => reader.files())) {
    if (file.aliasOf !== null || file.format === 'binary') continue;
    if (file.firstTime === null || file.lastTime === null) {
      undated += file.lines;
      continue;
    }
    dated += file.lines;
    from = Math.min(from, Date.parse(file.firstTime));
    to = Math.max(to, Date.parse(file.lastTime) + 1);
  }
  return { whole: from < to ? { from, to } : null, dated, undated };
}

/** @param pivot ms since 1970. @returns the window: as given, an open end as far from the pivot as `windowMs`. */
export function pivotWindow({ from, to, windowMs }: CorrelateQuestion, pivot: number): Span {
  return { from: from ?? pivot - windowMs, to: to ?? pivot + windowMs + 1 };
}

interface Windowed {
  /** null without a pivot. */
  readonly span: Span | null;
  readonly question: CorrelateQuestion;
  readonly times: CaseTimes;
  readonly seen: WindowSeen | null;
}

interface WindowSeen extends Pick<SeenWindow, 'lines' | 'left' | 'unfolded' | 'cutIds'> {
  /** Messages of different shapes, each once. */
  readonly kinds: number;
  /** ms since 1970. */
  readonly pivot: number;
}

export function windowWords({ span, question, times, seen }: Windowed): WindowStatement {
  const because = isGiven(question) ? 'given' : 'pivot';
  const { dated, undated } = times;
  const inside = seen?.lines ?? 0;
  const counts = { inside, outside: Math.max(0, dated - inside), undated };
  if (span === null || seen === null) {
    return { from: null, to: null, because, sentence: 'No window: there is nothing to correlate around.', ...counts };
  }
  const from = isoInstant(span.from);
  const to = isoInstant(span.to);
  return { from, to, because, sentence: sentenceOf(span, question, counts, seen), ...counts };
}

function isGiven({ from, to }: CorrelateQuestion): boolean {
  return from !== null || to !== null;
}

function sentenceOf(
  span: Span,
  question: CorrelateQuestion,
  { inside, outside, undated }: Pick<WindowStatement, 'inside' | 'outside' | 'undated'>,
  seen: WindowSeen,
): string {
  const why = isGiven(question) ? 'The window as given' : `${spokenSpan(question.windowMs)} before and after the pivot`;
  const parts = [
    `${why}, ${spokenRange(span)}: ${inside === 0 ? 'no line' : `${counted(inside, 'line')} in ${counted(seen.kinds, 'kind')} of message`}.`,
    ...(seen.pivot >= span.from && seen.pivot < span.to ? [] : ['The pivot is outside of it.']),
    `${counted(outside, 'more line')} ${outside === 1 ? 'is' : 'are'} in files with times, ${grouped(undated)} in files without; events and chains are looked for inside alone.`,
  ];
  const { left, unfolded, cutIds } = seen;
  if (left !== null) {
    parts.push(
      `It holds more than is read at once: everything within ${spokenSpan(left.readWithinMs)} of the pivot was read, ${counted(left.blocks, 'block')} of text beyond were not, and count as outside.`,
    );
  }
  if (unfolded > 0)
    parts.push(`${counted(unfolded, 'message')} of further kinds ${unfolded === 1 ? 'was' : 'were'} left out.`);
  if (cutIds.size > 0) {
    parts.push(
      `Chains were looked for in at most ${grouped(STEP_EVENTS_MAX)} lines of each rule and node, those in the text nearest to the pivot; of some rules there are more.`,
    );
  }
  return parts.join(' ');
}

/** @returns why a window holds nothing. */
export function emptySentence(span: Span, { whole, undated }: CaseTimes): string {
  if (whole === null) return `No line has a time: ${counted(undated, 'line')} cannot be placed.`;
  const where = `No line has a time from ${spokenRange(span)}.`;
  if (span.to <= whole.from || span.from >= whole.to)
    return `${where} The window is outside of what was captured: lines have times from ${spokenRange(whole)}.`;
  return `${where} Lines have times from ${spokenRange(whole)}.`;
}

/** 1 -> `1 line`, 1204 -> `1,204 lines`. */
function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
