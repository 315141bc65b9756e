/** Reads the lines of a window and folds them: messages of one shape become one, told by the one closest to the pivot. */
import type { BlockPlace, BundleReader } from '../core/case-reader.ts';
import type { FileId, FindingId } from '../core/ids.ts';
import { LINE_LEVELS, type LineLevel } from '../core/line-level.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import type { ChainEvent } from '../correlate/chain-match.ts';
import { shapeOf } from '../correlate/shapes.ts';
import type { Span } from '../correlate/window.ts';
import { entitiesOf } from '../formats/entities.ts';
import { lineSeverity } from '../formats/severity.ts';
import type { LineRules, PatternMatch } from '../rules/line-rules.ts';
import { LineTimes } from '../search/line-times.ts';
import type { CitedPlaces } from './correlate-cited.ts';
import { type Said, saidIn } from './correlate-copies.ts';

/** Text read for one window: ten minutes of a busy node are a few MB, a day of one that logs everything is a gigabyte. */
const WINDOW_BYTES_MAX = 256 * 1024 * 1024;

/** Messages folded: 15 microseconds each are 4 s. */
const WINDOW_MESSAGES_MAX = 300_000;

/** Shapes kept; a real window has hundreds. Each holds a text and a key of up to a kilobyte. */
const SHAPES_MAX = 20_000;

/** Events kept of one rule in one bundle, those in the blocks nearest to the pivot: chains look at pairs of them. */
export const STEP_EVENTS_MAX = 2_000;

/** Lines behind the first one of a message that are taken for its continuation; a stack trace beyond says nothing new. */
const CONTINUES_MAX = 12;

/** Of a message that is looked at, and of it what is kept to look for names in. */
const TEXT_BYTES = 4 * 1_024;
const TEXT_CHARS = 1_024;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** A message of the window, as a place. */
export interface MessagePlace {
  /** Place of its bundle in the list that was asked about. */
  readonly bundle: number;
  readonly file: SourceFile;
  readonly line: number;
  readonly endLine: number;
  readonly time: number;
}

export interface SeenShape extends MessagePlace {
  readonly shape: string;
  /** Of the message closest to the pivot, as line to endLine are. */
  readonly text: string;
  readonly level: LineLevel;
  readonly inWindow: number;
  readonly first: number;
  readonly last: number;
  readonly rules: ReadonlySet<string>;
  readonly findings: ReadonlySet<FindingId>;
}

/** An event that chains ask for. */
export type StepEvent = ChainEvent & Said & Pick<PatternMatch, 'counts'>;

export interface SeenWindow {
  readonly shapes: readonly SeenShape[];
  /** Events that chains ask for, by the id of the rule or pattern. */
  readonly events: ReadonlyMap<string, readonly StepEvent[]>;
  /** Ids with more events than STEP_EVENTS_MAX. */
  readonly cutIds: ReadonlySet<string>;
  /** Lines in the window, as far as was read. */
  readonly lines: number;
  /** Messages of shapes beyond SHAPES_MAX. */
  readonly unfolded: number;
  /** Blocks that reach into the window and were not read; how far from the pivot everything was read, ms. */
  readonly left: { readonly blocks: number; readonly readWithinMs: number } | null;
}

export interface WindowQuestion {
  readonly readers: readonly BundleReader[];
  readonly span: Span;
  readonly pivot: number;
  readonly rules: LineRules;
  /** Ids of rules and patterns that chains ask for. */
  readonly wanted: ReadonlySet<string>;
  readonly cited: CitedPlaces;
  readonly checkCancelled: () => void;
}

/** @returns the messages of the window, those nearest to the pivot first when there are more than can be read. */
export function readWindow(question: WindowQuestion): SeenWindow {
  const folding = new Folding(question);
  const blocks = blocksOf(question);
  let bytes = 0;
  for (const [at, { bundle, reader, place, awayMs }] of blocks.entries()) {
    question.checkCancelled();
    if (bytes + place.bytes > WINDOW_BYTES_MAX || folding.messages > WINDOW_MESSAGES_MAX) {
      return folding.seen({ blocks: blocks.length - at, readWithinMs: awayMs });
    }
    bytes += place.bytes;
    folding.read(bundle, reader, place);
  }
  return folding.seen(null);
}

interface WindowBlock {
  readonly bundle: number;
  readonly reader: BundleReader;
  readonly place: BlockPlace;
  /** No line of it is nearer to the pivot. */
  readonly awayMs: number;
}

/** Blocks that reach into the window, the nearest to the pivot first. */
function blocksOf({ readers, span, pivot }: WindowQuestion): readonly WindowBlock[] {
  return readers
    .flatMap((reader, bundle) =>
      reader.candidates(null).flatMap((place) => {
        const { timeMin, timeMax } = place;
        if (timeMin === null || timeMax === null || timeMin >= span.to || timeMax < span.from) return [];
        return [{ bundle, reader, place, awayMs: Math.max(0, timeMin - pivot, pivot - timeMax) }];
      }),
    )
    .sort((one, two) => one.awayMs - two.awayMs || one.bundle - two.bundle || one.place.id - two.place.id);
}

/** One line of a block in the window. */
interface WindowLine {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** The message it is of; null when that begins before the window or the block. */
  readonly message: Message | null;
}

interface Message {
  readonly line: number;
  endLine: number;
  readonly start: number;
  readonly end: number;
  readonly time: number;
  readonly rules: Set<string>;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type KeptShape = Writable<Omit<SeenShape, 'rules' | 'findings'>> & {
  readonly rules: Set<string>;
  readonly findings: Set<FindingId>;
};

class Folding {
  readonly #question: WindowQuestion;
  readonly #shapes = new Map<string, KeptShape>();
  readonly #events = new Map<string, StepEvent[]>();
  readonly #eventCounts = new Map<string, number>();
  readonly #cutIds = new Set<string>();
  #lines = 0;
  #unfolded = 0;
  messages = 0;

  constructor(question: WindowQuestion) {
    this.#question = question;
  }

  read(bundle: number, reader: BundleReader, place: BlockPlace): void {
    const file = reader.file(place.fileId);
    if (file === null) return;
    const block = reader.block(place);
    const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
    const { messages, lines } = this.#linesOf(reader, file, place, bytes);
    this.#lines += lines.length;
    this.messages += messages.length;
    if (lines.length === 0) return;
    this.#matchRules(bundle, file, bytes, lines);
    const levels = reader.severitiesOf(file.id, place.firstLine, place.lines);
    for (const message of messages) this.#fold({ bundle, file, bytes, levels }, message);
  }

  #linesOf(reader: BundleReader, file: SourceFile, place: BlockPlace, bytes: Buffer) {
    const { span } = this.#question;
    const times = new LineTimes(file.clock);
    times.begin(bytes, place.firstLine, {
      get carried() {
        return reader.carriedInto(place);
      },
    });
    const lines: WindowLine[] = [];
    const messages: Message[] = [];
    let message: Message | null = null;
    let number = place.firstLine;
    for (let start = 0; start < bytes.length; number++) {
      const feed = bytes.indexOf(LINE_FEED, start);
      const stop = feed < 0 ? bytes.length : feed;
      const end = stop > start && bytes[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop;
      const time = times.timeOf(number, start, end);
      const inside = time >= span.from && time < span.to;
      if (times.ownStamp) {
        message = inside ? { line: number, endLine: number, start, end, time, rules: new Set() } : null;
        if (message !== null) messages.push(message);
      } else if (message !== null && number - message.line <= CONTINUES_MAX) message.endLine = number;
      if (inside) lines.push({ number, start, end, message });
      start = stop + 1;
    }
    return { lines, messages };
  }

  #matchRules(bundle: number, file: SourceFile, bytes: Buffer, lines: readonly WindowLine[]): void {
    const { rules, wanted } = this.#question;
    const first = lines[0] as WindowLine;
    const last = lines.at(-1) as WindowLine;
    // A block may hold hours, of which the window is a part.
    const part = bytes.subarray(first.start, last.end);
    const hits = rules.hits(file.role, part);
    let place = 0;
    for (let at = 0; at < hits.length; ) {
      const offset = first.start + (hits[at]?.at ?? 0);
      while (place < lines.length && (lines[place] as WindowLine).end <= offset) place += 1;
      const line = lines[place];
      if (line === undefined) return;
      const asked = [];
      // Between the lines of the window there may be others.
      for (; at < hits.length && first.start + (hits[at]?.at ?? 0) < line.end; at++) {
        if (first.start + (hits[at]?.at ?? 0) >= line.start) asked.push(...(hits[at]?.asked ?? []));
      }
      if (asked.length === 0 || line.message === null) continue;
      const text = bytes.toString('utf8', line.start, line.end);
      for (const match of rules.matches(asked, text)) {
        line.message.rules.add(match.id);
        if (wanted.has(match.id)) this.#keepEvent(bundle, file, line, match, text);
      }
    }
  }

  #keepEvent(bundle: number, file: SourceFile, line: WindowLine, match: PatternMatch, text: string): void {
    const { message } = line;
    if (message === null) return;
    const key = `${bundle} ${match.id}`;
    const count = this.#eventCounts.get(key) ?? 0;
    this.#eventCounts.set(key, count + 1);
    if (count >= STEP_EVENTS_MAX) {
      this.#cutIds.add(match.id);
      return;
    }
    const found = entitiesOf(text).map(({ kind, name }) => ({ kind, name }));
    const event: StepEvent = {
      bundle,
      fileId: file.id,
      line: message.line,
      endLine: Math.max(message.endLine, line.number),
      time: message.time,
      entities: [...match.entities, ...found],
      said: saidIn(text),
      counts: match.counts,
      role: file.role,
    };
    const known = this.#events.get(match.id);
    if (known === undefined) this.#events.set(match.id, [event]);
    else known.push(event);
  }

  #fold(of: BlockText, message: Message): void {
    const { bundle, file, bytes } = of;
    const whole = bytes.toString('utf8', message.start, Math.min(message.end, message.start + TEXT_BYTES));
    const shape = shapeOf(whole);
    const key = `${bundle} ${file.role} ${shape}`;
    const known = this.#shapes.get(key);
    if (known === undefined && this.#shapes.size >= SHAPES_MAX) {
      this.#unfolded += 1;
      return;
    }
    const { time, line, endLine } = message;
    const place = { bundle, file, line, endLine, time, text: whole.slice(0, TEXT_CHARS) };
    const kept: KeptShape = known ?? {
      ...place,
      shape,
      level: levelOf(of, message),
      inWindow: 0,
      first: time,
      last: time,
      rules: new Set(),
      findings: new Set(),
    };
    if (known === undefined) this.#shapes.set(key, kept);
    else if (this.#isCloser(place, known)) Object.assign(kept, place, { level: levelOf(of, message) });
    kept.inWindow += 1;
    kept.first = Math.min(kept.first, time);
    kept.last = Math.max(kept.last, time);
    for (const id of message.rules) kept.rules.add(id);
    for (const id of this.#question.cited.findingsAt(bundle, file.id, line, endLine)) kept.findings.add(id);
  }

  #isCloser(one: MessagePlace, two: MessagePlace): boolean {
    const { pivot } = this.#question;
    const away = Math.abs(one.time - pivot) - Math.abs(two.time - pivot);
    return away < 0 || (away === 0 && comparePlaces(one, two) < 0);
  }

  seen(left: SeenWindow['left']): SeenWindow {
    return {
      shapes: [...this.#shapes.values()],
      events: this.#events,
      cutIds: this.#cutIds,
      lines: this.#lines,
      unfolded: this.#unfolded,
      left,
    };
  }
}

interface BlockText {
  readonly bundle: number;
  readonly file: SourceFile;
  readonly bytes: Buffer;
  readonly levels: ReadonlyMap<number, LineLevel> | null;
}

function levelOf({ bytes, levels }: BlockText, { line, start, end }: Message): LineLevel {
  return levels?.get(line) ?? (LINE_LEVELS[lineSeverity(bytes, start, end)] as LineLevel);
}

/** By instant, then as lines are merged. */
export function comparePlaces(one: MessagePlace, two: MessagePlace): number {
  return one.time - two.time || one.bundle - two.bundle || one.file.id - two.file.id || one.line - two.line;
}

/** @returns the place of an evidence's lines. */
export function refOf({ file, line, endLine }: MessagePlace): {
  readonly fileId: FileId;
  readonly line: number;
  readonly endLine: number;
} {
  return { fileId: file.id, line, endLine };
}
