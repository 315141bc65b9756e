/** The messages of a log as its format tells them: which lines each spans, its fields, its instant, what it names. */

import type { ParsedMessage } from '../contract/files.ts';
import { Breath } from '../core/breath.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { LINES_BYTES_MAX } from '../core/limits.ts';
import type { LineLevel } from '../core/line-level.ts';
import type { Entity, Severity, SourceFile } from '../core/vocabulary.ts';
import { logFormat } from '../formats/definitions.ts';
import { type EventLines, eventLines } from '../formats/event-lines.ts';
import { parseEvent } from '../formats/parse-event.ts';
import { LineWindow } from './line-window.ts';
import { LineClock, type LineTime, timeOfLine } from './timed-lines.ts';

/** By LINE_SEVERITY. */
const SEVERITIES: readonly (Severity | null)[] = [null, 'info', 'medium', 'high'];
const OF_LEVEL: Readonly<Record<LineLevel, Severity | null>> = {
  none: null,
  info: 'info',
  warning: 'medium',
  error: 'high',
};

/**
 * @returns the messages that begin in lines `from .. from + count - 1`, the first one also when it began before them;
 *   fewer when they hold more than LINES_BYTES_MAX of text.
 */
export async function parsedMessages(
  reader: BundleReader,
  file: SourceFile,
  from: number,
  count: number,
): Promise<readonly ParsedMessage[]> {
  const window = new LineWindow(reader, file.id);
  const clock = new LineClock(reader, file);
  const levels = reader.severitiesOf(file.id, from, count);
  const breath = new Breath();
  const messages: ParsedMessage[] = [];
  const taken = new Set<number>();
  let size = 0;
  for (let line = from; line < from + count && size < LINES_BYTES_MAX; line++) {
    await breath.taken();
    const text = window.at(line);
    if (text === null) break;
    const time = clock.timeOf(line, text);
    if (taken.has(line)) continue;
    const event = eventAt(file.format, line, line === from ? 'may have begun before' : 'begins here', window);
    if (event.first < from && line > from) continue;
    for (const one of event.lines) taken.add(one);
    const lines = event.lines.flatMap((one) => window.at(one) ?? []);
    const first = lines[0] ?? text;
    const at = event.first === line ? time : timeOfLine(reader, file, event.first, first);
    const message = parsed(file.format, event, lines, at, levels?.get(event.first) ?? null);
    messages.push(message);
    size += lines.reduce((sum, one) => sum + one.length, 0);
  }
  return messages;
}

/**
 * A line that no message before it has taken begins one, or stands alone: to look back for the begin of each line of a
 * trace that has none would take a second a page. Partial lines are looked at in any case, for others stand between them.
 */
function eventAt(
  format: string,
  line: number,
  place: 'may have begun before' | 'begins here',
  window: LineWindow,
): EventLines {
  const rule = logFormat(format)?.lines;
  const anywhere = place === 'may have begun before' || rule === 'cri-partials' || rule === 'docker-partials';
  return eventLines(format, line, anywhere ? window.at : (number) => (number < line ? null : window.at(number)));
}

function parsed(
  format: string,
  event: EventLines,
  lines: readonly string[],
  { time, timeBasis }: LineTime,
  level: LineLevel | null,
): ParsedMessage {
  const read = parseEvent(format, lines);
  return {
    line: event.first,
    lines: event.last - event.first + 1,
    time,
    timeBasis,
    severity: level === null ? (SEVERITIES[read.severity] ?? null) : OF_LEVEL[level],
    level: read.level,
    component: read.component,
    host: read.host,
    pid: read.pid,
    source: read.source,
    message: read.message,
    entities: distinct(read.entities),
  };
}

function distinct(entities: readonly Entity[]): readonly Entity[] {
  const seen = new Map<string, Entity>();
  for (const { kind, name } of entities) seen.set(`${kind} ${name}`, { kind, name });
  return [...seen.values()];
}
