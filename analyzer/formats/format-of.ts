/** Which log format a file has, by its first lines: the one whose expressions fit most of them. */
import { SNIFF_BYTES } from '../core/limits.ts';
import { fits, type LineRule, type LogFormat, logFormats } from './definitions.ts';

export interface FoundFormat {
  /** Id of a format; `text` when none fits. */
  readonly format: string;
  readonly because: string;
}

/** Enough to outweigh a banner or a stack trace at the top. */
const LINES_LOOKED_AT = 64;
/** The expressions need only the front of a line. */
const LINE_CHARS = 1_500;

/** Share of the lines that must be first lines of events: where messages span lines, most may be the rest of one. */
const FITTING_MIN: Readonly<Record<LineRule, number>> = {
  one: 0.5,
  indented: 0.5,
  'until-next': 0.1,
  'cri-partials': 0.5,
  'docker-partials': 0.5,
  'audit-serial': 0.5,
};

/** Where more than a line or two can be seen, one that fits may be a quotation. */
const TWO_FITTING_FROM = 3;

/**
 * @param head first bytes of a text file, as UTF-8; SNIFF_BYTES of them are looked at. The first line may be cut at
 * its front, the last one at its end.
 */
export function formatOf(head: Uint8Array): FoundFormat {
  const { lines, cutAtEnd } = linesOf(head);
  let best: { readonly format: LogFormat; readonly fitting: number } | null = null;
  for (const format of logFormats().values()) {
    const fitting = fittingLines(format, lines, cutAtEnd);
    if (fitting > (best?.fitting ?? 0)) best = { format, fitting };
  }
  if (best === null) return { format: 'text', because: 'its first lines have no known log format' };
  const { format, fitting } = best;
  return { format: format.id, because: `${fitting} of its first ${lines.length} lines: ${format.title}` };
}

function linesOf(head: Uint8Array): { readonly lines: readonly string[]; readonly cutAtEnd: boolean } {
  // Latin-1 keeps a character a byte; what is looked for is ASCII.
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SNIFF_BYTES)).toString('latin1');
  const all = text.replace(/^ï»¿/, '').split('\n', LINES_LOOKED_AT + 1);
  const ended = all.length > LINES_LOOKED_AT || all.at(-1) === '';
  if (all.length > LINES_LOOKED_AT || ended) all.pop();
  const lines = all.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line).slice(0, LINE_CHARS));
  return { lines: lines.filter((line) => line !== ''), cutAtEnd: !ended };
}

/** @returns the number of first lines of events, or 0 when too few of the lines fit. */
function fittingLines(format: LogFormat, lines: readonly string[], cutAtEnd: boolean): number {
  let fitting = 0;
  let foreign = 0;
  const begins = format.lines === 'until-next' && fits(format, lines[0] ?? '');
  for (const [index, line] of lines.entries()) {
    if (fits(format, line)) fitting += 1;
    else if (index === 0 && lines.length > 1) continue;
    else if (index === lines.length - 1 && cutAtEnd) continue;
    else if (format.lines === 'indented' && /^\s/.test(line)) continue;
    else foreign += 1;
  }
  if (fitting < format.linesMin) return 0;
  if (lines.length >= TWO_FITTING_FROM && fitting < 2 && !begins) return 0;
  return fitting >= FITTING_MIN[format.lines] * (fitting + foreign) ? fitting : 0;
}
