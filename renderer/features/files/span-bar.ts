/** Where in time files lie: one scale for all of them, and the bars on it. Pure. */
import { counted, shortInstant } from '../../model/format.ts';
import type { TimeWindow } from '../../model/time-window.ts';

export interface Span {
  /** ms since 1970, end exclusive. */
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

export interface Scale {
  readonly from: number;
  readonly to: number;
}

/** Percent of the scale's width. */
export interface BarPart {
  readonly left: number;
  readonly width: number;
}

export interface Bar {
  readonly parts: readonly BarPart[];
  /** Lines that lie before or after the scale. */
  readonly beyond: 'none' | 'before' | 'after' | 'both';
}

/** A few lines with a clock that was wrong must not press everything else into one pixel. */
const STRAY_SHARE = 0.005;
/** A line of a bar can be seen. */
const WIDTH_MIN = 1.5;

/** @returns the window of time, where it is open the time of all files; null when no file has a time. */
export function scaleOf(files: readonly (readonly Span[])[], window: TimeWindow | null): Scale | null {
  const spans = files.flat();
  if (spans.length === 0) return null;
  const whole = { from: least(spans, 'from'), to: most(spans, 'to') };
  const core = withoutStrays(spans);
  const all = core !== null && core.to - core.from < (whole.to - whole.from) / 2 ? core : whole;
  const from = window?.from ?? all.from;
  const to = window?.to ?? all.to;
  return to > from ? { from, to } : { from, to: from + 1 };
}

/** @returns the parts of the scale where the file has lines. */
export function barOf(spans: readonly Span[], scale: Scale): Bar {
  const width = scale.to - scale.from;
  const parts: BarPart[] = [];
  for (const { from, to } of spans) {
    if (to <= scale.from || from >= scale.to) continue;
    const start = Math.max(from, scale.from);
    const share = Math.max(WIDTH_MIN, ((Math.min(to, scale.to) - start) / width) * 100);
    const left = Math.min(100 - share, ((start - scale.from) / width) * 100);
    const last = parts.at(-1);
    if (last !== undefined && left <= last.left + last.width)
      parts[parts.length - 1] = { left: last.left, width: Math.max(last.width, left + share - last.left) };
    else parts.push({ left, width: share });
  }
  const before = spans.some(({ from }) => from < scale.from);
  const after = spans.some(({ to }) => to > scale.to);
  return { parts, beyond: before ? (after ? 'both' : 'before') : after ? 'after' : 'none' };
}

/** @returns e.g. "14 Oct 06:58:03 to 14 Oct 11:01:44 UTC, 2 gaps, the longest 3 h 5 min"; what a bar says to who cannot see it. */
export function spansSay(spans: readonly Span[]): string {
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return 'no time';
  const iso = (ms: number) => shortInstant(new Date(ms).toISOString());
  const gaps = spans.slice(1).map((span, index) => span.from - (spans[index]?.to ?? span.from));
  const longest = Math.max(0, ...gaps);
  const said = gaps.length === 0 ? 'no gaps' : `${counted(gaps.length, 'gap')}, the longest ${duration(longest)}`;
  return `${iso(first.from)} to ${iso(last.to)} UTC, ${said}`;
}

/** @returns e.g. "40 s", "12 min", "3 h 5 min", "2 days 4 h". */
export function duration(ms: number): string {
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ] as const;
  const at = units.findIndex(([size]) => ms >= size);
  if (at < 0) return '0 s';
  const word = ([size, unit]: (typeof units)[number], value: number) => {
    const amount = Math.floor(value / size);
    return unit === 'day' ? counted(amount, 'day') : `${amount} ${unit}`;
  };
  const unit = units[at] ?? units[3];
  const next = units[at + 1];
  const rest = ms % unit[0];
  return next === undefined || rest < next[0] || unit[1] === 'min'
    ? word(unit, ms)
    : `${word(unit, ms)} ${word(next, rest)}`;
}

function withoutStrays(spans: readonly Span[]): Scale | null {
  const spare = spans.reduce((sum, { lines }) => sum + lines, 0) * STRAY_SHARE;
  const kept = (order: readonly Span[]) => {
    let dropped = 0;
    return order.find(({ lines }) => {
      dropped += lines;
      return dropped > spare;
    });
  };
  const first = kept([...spans].sort((a, b) => a.from - b.from));
  const last = kept([...spans].sort((a, b) => b.to - a.to));
  return first === undefined || last === undefined || last.to <= first.from ? null : { from: first.from, to: last.to };
}

const least = (spans: readonly Span[], edge: 'from') => spans.reduce((low, one) => Math.min(low, one[edge]), Infinity);
const most = (spans: readonly Span[], edge: 'to') => spans.reduce((high, one) => Math.max(high, one[edge]), -Infinity);
