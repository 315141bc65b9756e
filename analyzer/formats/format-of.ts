/** Which log format a file has, by its first lines: the one whose expressions fit most of them. */
import { SNIFF_BYTES } from '../core/limits.ts';
import { type LineRule, type LogFormat, logFormats } from './definitions.ts';
import { mayFit, type Opening, openingOf } from './openings.ts';

export interface FoundFormat {
  /** Id of a format; `text` when none fits. */
  readonly format: string;
  readonly because: string;
}

/** Enough to outweigh a banner or a stack trace at the top. */
const LINES_LOOKED_AT = 64;
/** A format that all of these have is the file's. */
const LINES_THAT_DECIDE = 16;
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

const CARRIAGE_RETURN = 13;

/**
 * @param head first bytes of a text file, as UTF-8; SNIFF_BYTES of them are looked at. The first line may be cut at
 * its front, the last one at its end.
 */
export function formatOf(head: Uint8Array): FoundFormat {
  const some = seenLines(head, LINES_THAT_DECIDE);
  const early = bestOf(some);
  const seen = some.more === 'none' || early.fitting === LINES_THAT_DECIDE ? some : seenLines(head, LINES_LOOKED_AT);
  const { format, fitting } = seen === some ? early : bestOf(seen);
  if (format === null) return NO_FORMAT;
  return { format: format.id, because: `${fitting} of its first ${seen.lines.length} lines: ${format.title}` };
}

interface Best {
  readonly format: LogFormat | null;
  readonly fitting: number;
}

function bestOf(seen: SeenLines): Best {
  let best: Best = { format: null, fitting: 0 };
  for (const asked of askedFormats()) {
    const least = best.fitting + 1;
    // Nothing fits more lines than there are.
    if (least > seen.lines.length) break;
    const fitting = fittingLines(asked, seen, least);
    if (fitting >= least) best = { format: asked.format, fitting };
  }
  return best;
}

const NO_FORMAT: FoundFormat = { format: 'text', because: 'its first lines have no known log format' };

/** A format with what tells, before an expression runs, that it does not fit. */
interface AskedFormat {
  readonly format: LogFormat;
  readonly expressions: readonly { readonly fits: RegExp; readonly opening: Opening }[];
  /** 1 at the codes of the characters that its first lines can begin with. */
  readonly opens: Uint8Array;
}

let asked: readonly AskedFormat[] | null = null;
function askedFormats(): readonly AskedFormat[] {
  asked ??= [...logFormats().values()].map((format) => {
    const expressions = format.first.map((fits) => ({ fits, opening: openingOf(fits.source) }));
    const opens = Uint8Array.from({ length: 256 }, (_, code) =>
      Number(expressions.some(({ opening }) => opening.opens[0]?.[code] !== 0)),
    );
    return { format, expressions, opens };
  });
  return asked;
}

interface SeenLine {
  readonly text: string;
  /** Of its first character. */
  readonly code: number;
}

interface SeenLines {
  readonly lines: readonly SeenLine[];
  readonly cutAtEnd: boolean;
  readonly more: 'none' | 'there';
}

function seenLines(head: Uint8Array, lineCount: number): SeenLines {
  // Latin-1 keeps a character a byte; what is looked for is ASCII.
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SNIFF_BYTES)).toString('latin1');
  const lines: SeenLine[] = [];
  let from = text.startsWith('ï»¿') ? 3 : 0;
  for (let left = lineCount; left > 0; left -= 1) {
    const feed = text.indexOf('\n', from);
    const end = feed < 0 ? text.length : feed;
    const last = end > from && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
    if (last > from) {
      lines.push({ text: text.slice(from, Math.min(last, from + LINE_CHARS)), code: text.charCodeAt(from) });
    }
    if (feed < 0) return { ...withoutCut(lines, end > from), more: 'none' };
    from = feed + 1;
  }
  return { lines, cutAtEnd: false, more: from < text.length ? 'there' : 'none' };
}

/** Cut, a line may fit a format of which only the front is told: it does not count where others tell. */
function withoutCut(lines: readonly SeenLine[], cutAtEnd: boolean): Pick<SeenLines, 'lines' | 'cutAtEnd'> {
  return cutAtEnd && lines.length >= TWO_FITTING_FROM
    ? { lines: lines.slice(0, -1), cutAtEnd: false }
    : { lines, cutAtEnd };
}

/** @returns the number of first lines of events, or 0 when they are less than `least`, or too few of the lines. */
function fittingLines(asked: AskedFormat, { lines, cutAtEnd }: SeenLines, least: number): number {
  const { format, opens } = asked;
  let left = 0;
  for (const line of lines) left += opens[line.code] as number;
  if (left < least) return 0;
  const share = FITTING_MIN[format.lines];
  let fitting = 0;
  let foreign = 0;
  let begins = false;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as SeenLine;
    const may = opens[line.code] === 1;
    if (may) left -= 1;
    if (may && fitsLine(asked, line.text)) {
      fitting += 1;
      if (index === 0) begins = format.lines === 'until-next';
    } else if (index === 0 && lines.length > 1) continue;
    else if (index === lines.length - 1 && cutAtEnd) continue;
    else if (format.lines === 'indented' && /^\s/.test(line.text)) continue;
    else foreign += 1;
    const most = fitting + left;
    if (most < least || most < share * (most + foreign)) return 0;
  }
  if (fitting < Math.max(format.linesMin, least) || fitting < share * (fitting + foreign)) return 0;
  if (lines.length >= TWO_FITTING_FROM && fitting < 2 && !begins) return 0;
  return fitting;
}

function fitsLine({ expressions }: AskedFormat, line: string): boolean {
  return expressions.some(({ fits, opening }) => mayFit(opening, line) && fits.test(line));
}
