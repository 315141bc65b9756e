/**
 * Which lines of a file are one event, given one of them: by the rule of the file's format.
 *
 *   E0501 12:00:00.123456       1 panic.go:1] Observed a panic      until-next: up to the next line that
 *   goroutine 1 [running]:                                           begins as klog does
 *
 *   2024-05-01T12:00:00.1Z stdout P first half,                     cri-partials: P lines and the F line of
 *   2024-05-01T12:00:00.1Z stderr F another stream                   the same stream, others between them
 *   2024-05-01T12:00:00.1Z stdout F  second half
 *
 *   type=SYSCALL msg=audit(1364481363.243:24287): ...               audit-serial: the same number in parentheses
 *   type=CWD msg=audit(1364481363.243:24287): ...
 */
import { beginsEvent, type LogFormat, logFormat } from './definitions.ts';
import { readLine } from './event-fields.ts';

/** Lines before and behind the one given that are looked at: a Go panic with all its goroutines has about a thousand. */
export const EVENT_LINES_BACK_MAX = 2_000;
export const EVENT_LINES_AHEAD_MAX = 2_000;

export interface EventLines {
  /** Numbers from 1, both inclusive. */
  readonly first: number;
  readonly last: number;
  /** The event's own lines in order: between first and last there may be lines of another stream. */
  readonly lines: readonly number[];
  /** `cut`: it may begin or end farther away than is looked. */
  readonly extent: 'whole' | 'cut';
}

/** @returns the line with this number (from 1) without its ending, or null beyond the file. */
export type LineAt = (number: number) => string | null;

/**
 * @param format id of the file's format; an id that is not known makes every line an event.
 * @param line number of a line of the event, from 1.
 */
export function eventLines(format: string, line: number, lineAt: LineAt): EventLines {
  const known = logFormat(format);
  const own = lineAt(line);
  if (known === undefined || own === null) return alone(line);
  switch (known.lines) {
    case 'one':
      return alone(line);
    case 'indented':
      return run(line, lineAt, (text) => !/^[ \t]/.test(text), own);
    case 'until-next':
      // Programs share a file: what begins as any of them does is no rest of a message.
      return run(line, lineAt, beginsEvent, own);
    case 'audit-serial':
      return serial(line, lineAt, own);
    case 'cri-partials':
    case 'docker-partials':
      return partials(known, line, lineAt, own);
  }
}

function alone(line: number): EventLines {
  return { first: line, last: line, lines: [line], extent: 'whole' };
}

function between(first: number, last: number, extent: EventLines['extent']): EventLines {
  return { first, last, lines: Array.from({ length: last - first + 1 }, (_, index) => first + index), extent };
}

/** From the nearest line that begins an event to the one before the next. Without a beginning the line stands alone. */
function run(line: number, lineAt: LineAt, begins: (text: string) => boolean, own: string): EventLines {
  let first = line;
  let text: string | null = own;
  while (text !== null && !begins(text) && line - first < EVENT_LINES_BACK_MAX) {
    first -= 1;
    text = first < 1 ? null : lineAt(first);
  }
  if (text === null) return alone(line);
  if (!begins(text)) return { ...alone(line), extent: 'cut' };
  let last = line;
  let next = lineAt(last + 1);
  while (next !== null && !begins(next) && last - line < EVENT_LINES_AHEAD_MAX) {
    last += 1;
    next = lineAt(last + 1);
  }
  return between(first, last, next === null || begins(next) ? 'whole' : 'cut');
}

const SERIAL = /msg=(audit\(\d{1,12}\.\d{3}:\d{1,20}\)):/;

function serial(line: number, lineAt: LineAt, own: string): EventLines {
  const wanted = SERIAL.exec(own.slice(0, 512))?.[1];
  if (wanted === undefined) return alone(line);
  const same = (number: number) => {
    const text = number < 1 ? null : lineAt(number);
    return text !== null && SERIAL.exec(text.slice(0, 512))?.[1] === wanted;
  };
  let first = line;
  while (line - first < EVENT_LINES_BACK_MAX && same(first - 1)) first -= 1;
  let last = line;
  while (last - line < EVENT_LINES_AHEAD_MAX && same(last + 1)) last += 1;
  return between(first, last, same(first - 1) || same(last + 1) ? 'cut' : 'whole');
}

function partials(format: LogFormat, line: number, lineAt: LineAt, own: string): EventLines {
  const read = readLine(format, own);
  if (read === null) return alone(line);
  const { stream } = read.part;
  const back: number[] = [];
  let extent: EventLines['extent'] = 'whole';
  for (let at = line - 1; ; at--) {
    const text = at < 1 ? null : lineAt(at);
    const before = text === null ? null : readLine(format, text);
    if (text === null || (before?.part.stream === stream && before.flag !== 'P')) break;
    if (line - at > EVENT_LINES_BACK_MAX) {
      extent = 'cut';
      break;
    }
    if (before?.part.stream === stream) back.push(at);
  }
  const ahead: number[] = [];
  let open = read.flag === 'P';
  for (let at = line + 1; open; at++) {
    const text = lineAt(at);
    if (text === null || at - line > EVENT_LINES_AHEAD_MAX) {
      extent = 'cut';
      break;
    }
    const next = readLine(format, text);
    if (next === null || next.part.stream !== stream) continue;
    ahead.push(at);
    open = next.flag === 'P';
  }
  const lines = [...back.reverse(), line, ...ahead];
  return { first: lines[0] as number, last: lines.at(-1) as number, lines, extent };
}
