/** Words for people: wrapping, colour, sizes. Colour only on a terminal and never as the only sign. */
import type { Severity } from '../../core/vocabulary.ts';
import { visible } from '../../report/visible.ts';
import type { Sink, World } from './world.ts';

export { visible };

type Tone = Severity | 'strong' | 'dim';

const CODES: Readonly<Record<Tone, string>> = {
  critical: '1;31',
  high: '31',
  medium: '33',
  low: '34',
  info: '2',
  strong: '1',
  dim: '2',
};

export type Paint = (tone: Tone, text: string) => string;

/** @returns a painter for this stream: plain unless it is a terminal that may be coloured (NO_COLOR, TERM). */
export function painter(sink: Sink, env: World['env']): Paint {
  // https://no-color.org: present and not empty.
  const plain = sink.kind !== 'terminal' || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  return plain ? (_, text) => text : (tone, text) => `\u001b[${CODES[tone]}m${text}\u001b[0m`;
}

/** Lines longer than this are hard to read even on a wide terminal; a stream has no width of its own. */
const WIDTH_MAX = 110;
const WIDTH_DEFAULT = 100;
const WIDTH_MIN = 40;

/** @returns the width to wrap prose at. */
export function widthOf(sink: Sink): number {
  return Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, sink.columns ?? WIDTH_DEFAULT));
}

/** @returns `text` as lines of at most `width` characters, broken at spaces; a longer word stays whole. */
export function wrap(text: string, width: number, first = '', rest = first): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of visible(text.replace(/\s+/g, ' ').trim()).split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines;
}

/** @returns bytes in the largest decimal unit that leaves at least one digit before the point. */
export function bytesWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
