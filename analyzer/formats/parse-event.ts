/**
 * One event: its fields, what wraps it, and what it names. Samples:
 *
 *   2024-05-01T12:00:00.123456789Z stderr F E0501 12:00:00.123456       1 proxier.go:1433] "Sync failed"
 *     CRI around klog: the stream is of the outer, level and message are of the inner one
 *   May  1 12:00:00 ip-10-0-1-2 kubelet[1234]: E0501 12:00:00.123456    1234 pod_workers.go:1300] "Error syncing pod"
 *     journal around klog: host, unit and pid of the outer, source file of the inner one
 */
import { type LogFormat, logFormat, logFormats } from './definitions.ts';
import { entitiesOf, type FoundEntity } from './entities.ts';
import { type EventPart, plainPart, type ReadLine, readLine } from './event-fields.ts';
import { type LineSeverity, lineSeverity } from './severity.ts';

/** The fields of outer and inner together; stamp, host, component, pid and stream of the outer one where it has them. */
export interface ParsedEvent extends EventPart {
  readonly severity: LineSeverity;
  /** The lines after the first that are no parts of one message. */
  readonly continuation: readonly string[];
  readonly wrapped: { readonly outer: EventPart; readonly inner: EventPart } | null;
  /** `line` counts the lines given, from 0. */
  readonly entities: readonly (FoundEntity & { readonly line: number })[];
}

/** Entities kept of one event: a list of all pods of a node names hundreds. */
const EVENT_ENTITIES_MAX = 256;

/** Text of joined partial lines that is kept as the message; the lines themselves are all there. */
const MESSAGE_CHARS_MAX = 4 * 1024 * 1024;

/**
 * @param format id of the file's format; a line that does not fit it is read by whatever format it does fit.
 * @param lines the lines of one event (see eventLines), without line endings. Never throws.
 */
export function parseEvent(format: string, lines: readonly string[]): ParsedEvent {
  const first = lines[0] ?? '';
  const [outerFormat, read] = readAny(format, first);
  if (outerFormat === null || read === null) {
    return { ...plainPart(first), severity: severityOf(first), ...rest(lines, 1), wrapped: null };
  }
  const { message, parts } = joined(outerFormat, read, lines);
  const outer: EventPart = { ...read.part, message };
  const inner = outerFormat.wraps === 'yes' ? innerOf(message) : null;
  const whole = inner === null ? outer : merged(outer, inner);
  return {
    ...whole,
    severity: severityOf(parts > 1 ? message : first),
    ...rest(lines, parts),
    wrapped: inner === null ? null : { outer, inner },
  };
}

function readAny(format: string, line: string): readonly [LogFormat | null, ReadLine | null] {
  const own = logFormat(format);
  if (own !== undefined) {
    const read = readLine(own, line);
    if (read !== null) return [own, read];
  }
  for (const other of logFormats().values()) {
    const read = readLine(other, line);
    if (read !== null) return [other, read];
  }
  return [null, null];
}

/** Formats that wrap others are not looked for inside one: nothing on a node nests deeper. */
function innerOf(message: string): EventPart | null {
  for (const format of logFormats().values()) {
    if (format.wraps === 'yes') continue;
    const read = readLine(format, message);
    if (read !== null) return read.part;
  }
  return null;
}

/** The message of a runtime's partial lines is one: `parts` of the lines given belong to it. */
function joined(
  format: LogFormat,
  first: ReadLine,
  lines: readonly string[],
): { readonly message: string; readonly parts: number } {
  if (format.lines !== 'cri-partials' && format.lines !== 'docker-partials') {
    return { message: first.part.message, parts: 1 };
  }
  const messages = [first.part.message];
  let size = first.part.message.length;
  let open = first.flag === 'P';
  let parts = 1;
  while (open && parts < lines.length && size < MESSAGE_CHARS_MAX) {
    const next = readLine(format, lines[parts] as string);
    if (next === null || next.part.stream !== first.part.stream) break;
    messages.push(next.part.message);
    size += next.part.message.length;
    open = next.flag === 'P';
    parts += 1;
  }
  return { message: messages.join(''), parts };
}

function merged(outer: EventPart, inner: EventPart): EventPart {
  return {
    format: outer.format,
    stampText: outer.stampText ?? inner.stampText,
    level: inner.level ?? outer.level,
    component: outer.component ?? inner.component,
    host: outer.host ?? inner.host,
    pid: outer.pid ?? inner.pid,
    stream: outer.stream ?? inner.stream,
    source: inner.source ?? outer.source,
    message: inner.message,
  };
}

function severityOf(line: string): LineSeverity {
  // A level stands near the front; see LOOK_AT_BYTES of severity.ts.
  const bytes = Buffer.from(line.slice(0, 1024), 'utf8');
  return lineSeverity(bytes, 0, bytes.length);
}

function rest(lines: readonly string[], parts: number): Pick<ParsedEvent, 'continuation' | 'entities'> {
  const entities: (FoundEntity & { readonly line: number })[] = [];
  for (const [line, text] of lines.entries()) {
    if (entities.length >= EVENT_ENTITIES_MAX) break;
    for (const entity of entitiesOf(text)) entities.push({ ...entity, line });
  }
  return { continuation: lines.slice(parts), entities: entities.slice(0, EVENT_ENTITIES_MAX) };
}
