/** The span of time that a picture shows, and its axis. Pure; instants are ms since 1970, widths are pixels. */

/** `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Ten columns of the finest kind, which is a second. */
export const SPAN_MIN_MS = 10_000;

/** @returns the span moved and cut so that it lies in the whole; never shorter than SPAN_MIN_MS. */
export function within(span: Span, whole: Span): Span {
  const room = Math.max(SPAN_MIN_MS, whole.to - whole.from);
  const length = Math.min(room, Math.max(SPAN_MIN_MS, span.to - span.from));
  const from = Math.min(Math.max(span.from, whole.from), whole.from + room - length);
  return { from: Math.round(from), to: Math.round(from + length) };
}

/** @param factor below 1 shows less. @returns the span with `at` still at its place. */
export function zoomed(view: Span, at: number, factor: number, whole: Span): Span {
  const length = view.to - view.from;
  const longer = Math.min(whole.to - whole.from, Math.max(SPAN_MIN_MS, length * factor));
  const share = length === 0 ? 0.5 : Math.min(1, Math.max(0, (at - view.from) / length));
  const from = at - share * longer;
  return within({ from, to: from + longer }, whole);
}

/** @param share of the span's own length; negative is earlier. */
export function panned(view: Span, share: number, whole: Span): Span {
  const by = (view.to - view.from) * share;
  return within({ from: view.from + by, to: view.to + by }, whole);
}

/** @returns the span with as much again around it: what lies in it stands in the middle half. */
export function framed({ from, to }: Span): Span {
  const margin = Math.max(SPAN_MIN_MS, to - from) / 2;
  return { from: from - margin, to: to + margin };
}

export function xOf(at: number, view: Span, width: number): number {
  return ((at - view.from) / (view.to - view.from)) * width;
}

export function instantAt(x: number, view: Span, width: number): number {
  return view.from + (Math.min(width, Math.max(0, x)) / Math.max(1, width)) * (view.to - view.from);
}

export interface Tick {
  readonly at: number;
  readonly label: string;
  /** `day`: the first instant of a day. */
  readonly kind: 'time' | 'day';
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 90, 180, 365, 1_825, 3_650, 36_500].map((days) => days * DAY),
];
/** Between two labels of the axis. */
const LABEL_PX = 76;
/** Two clocks a thousand years apart still have an axis. */
const TICKS_MAX = 200;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @returns e.g. "17 Jun"; with its year where days of several years stand beside each other. */
function dayLabel(at: Date, step: number): string {
  const day = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
  return step >= 90 * DAY ? `${day} ${at.getUTCFullYear()}` : day;
}

/** @returns the labels of the axis, in UTC, at round instants and with room between them. */
export function axisTicks(view: Span, width: number): readonly Tick[] {
  const fits = Math.max(1, Math.floor(width / LABEL_PX));
  const least = (view.to - view.from) / fits;
  const step = STEPS.find((one) => one >= least) ?? (STEPS.at(-1) as number);
  const ticks: Tick[] = [];
  for (let at = Math.ceil(view.from / step) * step; at < view.to && ticks.length < TICKS_MAX; at += step) {
    const date = new Date(at);
    const isDay = at % DAY === 0;
    const clock = date.toISOString().slice(11, step >= MINUTE ? 16 : 19);
    ticks.push({ at, label: isDay ? dayLabel(date, step) : clock, kind: isDay ? 'day' : 'time' });
  }
  return ticks;
}

/** @returns midnights (UTC) inside of the span, unless there are too many to tell apart. */
export function dayChanges(view: Span, width: number): readonly number[] {
  const first = Math.ceil(view.from / DAY) * DAY;
  const days = Math.floor((view.to - first) / DAY) + 1;
  if (days > width / 24) return [];
  return Array.from({ length: Math.max(0, days) }, (_, nth) => first + nth * DAY).filter((at) => at < view.to);
}

/** @returns the span without what is too small to matter at its length: to the second, and to the minute above an hour. */
export function roundSpan({ from, to }: Span): Span {
  const unit = to - from > HOUR ? MINUTE : SECOND;
  return { from: Math.floor(from / unit) * unit, to: Math.ceil(to / unit) * unit };
}

/** @returns the width of a column in words, e.g. "10 s", "20 min", "6 h", "2 days". */
export function bucketLabel(ms: number): string {
  if (ms < MINUTE) return `${ms / SECOND} s`;
  if (ms < HOUR) return `${ms / MINUTE} min`;
  if (ms < DAY) return `${ms / HOUR} h`;
  return ms === DAY ? 'day' : `${ms / DAY} days`;
}

/**
 * @returns how far from the pivot, e.g. "-32.2 s", "+1:30 min", "+22:05 min", "-3:05 h", "+2 d 4 h", "0 s".
 */
export function distanceLabel(ms: number): string {
  if (ms === 0) return '0 s';
  const sign = ms < 0 ? '-' : '+';
  const away = Math.abs(ms);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (away < SECOND) return `${sign}${Math.round(away)} ms`;
  if (away < MINUTE) return `${sign}${(Math.floor(away / 100) / 10).toFixed(1)} s`;
  if (away < HOUR) return `${sign}${Math.floor(away / MINUTE)}:${two((away % MINUTE) / SECOND)} min`;
  if (away < DAY) return `${sign}${Math.floor(away / HOUR)}:${two((away % HOUR) / MINUTE)} h`;
  return `${sign}${Math.floor(away / DAY)} d ${Math.floor((away % DAY) / HOUR)} h`;
}
