/** The event that a line of a source file belongs to: its lines, fields and entities. */

import type { SourceFile } from '../../core/vocabulary.ts';
import { EVENT_LINES_BACK_MAX, type EventLines, eventLines } from '../../formats/event-lines.ts';
import { type ParsedEvent, parseEvent } from '../../formats/parse-event.ts';
import { LINE_SEVERITY, type LineSeverity } from '../../formats/severity.ts';
import type { OpenCase } from './session.ts';

/** Ranges of entities count lines of `lines`, from 0. */
export type EventAt = EventLines & Omit<ParsedEvent, 'severity'> & { readonly severity: keyof typeof LINE_SEVERITY };

/** Lines read on either side: most events are a line, few reach farther than the first step. */
const STEPS = [20, 200, EVENT_LINES_BACK_MAX];

/** @param line number from 1. @returns null when the file has no such line. */
export async function eventAt(open: OpenCase, file: SourceFile, line: number): Promise<EventAt | null> {
  let best: EventAt | null = null;
  for (const step of STEPS) {
    const from = Math.max(1, line - step);
    const around = await readLines(open, file, from, Math.min(file.lines, line + step) - from + 1);
    // Very long lines: a page ends early, and the event is known as far as it was read before.
    if (!around.has(line)) break;
    let beyond = 0;
    const found = eventLines(file.format, line, (number) => {
      const text = around.get(number) ?? null;
      if (text === null && number >= 1 && number <= file.lines) beyond += 1;
      return text;
    });
    best = named(found, file.format, around, beyond > 0 ? 'cut' : found.extent);
    if (beyond === 0) return best;
  }
  return best;
}

function named(
  found: EventLines,
  format: string,
  around: ReadonlyMap<number, string>,
  extent: EventLines['extent'],
): EventAt {
  const { severity, ...event } = parseEvent(
    format,
    found.lines.map((number) => around.get(number) ?? ''),
  );
  return { ...found, extent, ...event, severity: severityWord(severity) };
}

function severityWord(severity: LineSeverity): EventAt['severity'] {
  const words = Object.entries(LINE_SEVERITY) as [EventAt['severity'], LineSeverity][];
  return words.find(([, value]) => value === severity)?.[0] ?? 'none';
}

async function readLines(
  open: OpenCase,
  file: SourceFile,
  from: number,
  count: number,
): Promise<ReadonlyMap<number, string>> {
  const { bundle, path } = file;
  const page = await open.session.call('file.lines', { caseId: open.caseId, bundle, file: path, from, count });
  return new Map(page.lines.map((line) => [line.number, line.text]));
}
