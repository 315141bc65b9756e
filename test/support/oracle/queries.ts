/** Makes up queries about a corpus: of every kind of term, aimed at its lines so that most of them find something. */
import type { Prng } from '../../../fixtures/lib/prng.ts';
import type { OracleCorpus } from './corpus.ts';
import {
  all,
  any,
  bound,
  entity,
  FINDING,
  type FieldForm,
  isPlainWord,
  LEVEL_NAMES,
  literal,
  namesIn,
  near,
  not,
  type OracleLine,
  type OracleQuery,
  pattern,
  place,
  severity,
  wholeWord,
} from './terms.ts';
import { BLOCK_BYTES, SLAB_BYTES } from './texts.ts';

type Pick = <T>(from: readonly T[]) => T;

export class QueryMaker {
  readonly #random: Prng;
  readonly #lines: readonly OracleLine[];
  /** Lines on or beside what could be a border between blocks or slabs. */
  readonly #borders: readonly OracleLine[];
  readonly #timed: readonly OracleLine[];
  /** Lines of files that a copy is folded into. */
  readonly #copied: readonly OracleLine[];

  constructor(corpus: OracleCorpus, random: Prng) {
    this.#random = random;
    this.#lines = corpus.lines;
    this.#borders = bordersOf(corpus.lines);
    this.#timed = corpus.lines.filter(({ time }) => time !== null);
    const copied = corpus.lines.filter(({ file }) => file.paths.length > 1);
    this.#copied = copied.length > 0 ? copied : corpus.lines;
  }

  /** Kinds of terms and of what is made of them; the first ones by themselves, in turn. */
  get #kinds(): readonly (() => OracleQuery | null)[] {
    return [
      () => this.#wordOf(this.#line()),
      () => this.#pieceOf(this.#line(), 4, 30),
      () => this.#pieceOf(this.#line(), 1, 3),
      () => this.#edgeOf(this.#line()),
      () => this.#pieceOf(this.#border(), 6, 40),
      ...[0, 1, 2].map(() => () => this.#edgeOf(this.#border())),
      () => this.#phraseOf(this.#line()),
      () => this.#wholeWordOf(this.#line()),
      () => this.#missOf(this.#line()),
      () => this.#patternOf(this.#line()),
      () => this.#patternOf(this.#border()),
      () => pattern(this.#pick(FREE_PATTERNS), this.#pick(['', 'i'])),
      () => this.#severity(),
      () => this.#placeOf(this.#line()),
      () => this.#copyOf(this.#pick(this.#copied)),
      () => this.#boundOf(this.#pick(this.#timed)),
      ...[0, 1].map(() => () => this.#nearOf(this.#pick(this.#timed))),
      () => this.#entityOf(),
      () => FINDING,
      ...[0, 1, 2, 3].map(() => () => this.#allOf(this.#line())),
      ...[0, 1].map(() => () => this.#allOf(this.#border())),
      ...[0, 1].map(() => () => any([this.#termOf(this.#line()), this.#termOf(this.#line())])),
      ...[0, 1, 2].map(() => () => this.#nested()),
      () => not(this.#termOf(this.#line())),
    ];
  }

  /** @returns so many queries, of every kind in turn. */
  queries(count: number): readonly OracleQuery[] {
    const kinds = this.#kinds;
    const made: OracleQuery[] = [];
    for (let turn = 0; made.length < count; turn++) {
      const query = kinds[turn % kinds.length]?.() ?? null;
      if (query !== null) made.push(query);
    }
    return made;
  }

  readonly #pick: Pick = (from) => from[this.#random.int(from.length)] as never;

  #line(): OracleLine {
    return this.#pick(this.#lines);
  }

  #border(): OracleLine {
    return this.#pick(this.#borders);
  }

  #form(): FieldForm {
    return this.#random.chance(20) ? 'quoted' : 'bare';
  }

  /** The same letters of ASCII, and others that only look like them folded. */
  #recased(text: string): string {
    return this.#pick([
      () => text,
      () => text,
      () => text.toUpperCase(),
      () => text.toLowerCase(),
      () => text.replace(/[a-z]/, (letter) => letter.toUpperCase()),
      () => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    ])();
  }

  #literal(text: string): OracleQuery | null {
    if (text === '') return null;
    const recased = this.#recased(text);
    return literal(recased, isPlainWord(recased) && this.#random.chance(70) ? 'word' : 'phrase');
  }

  #wordOf({ text }: OracleLine): OracleQuery | null {
    return this.#literal(this.#pick(text.slice(0, LOOK_CHARS).split(/[\s"=]+/)));
  }

  #pieceOf({ text }: OracleLine, least: number, most: number): OracleQuery | null {
    const length = this.#random.between(least, most);
    const from = this.#random.int(Math.max(1, text.length - length));
    return this.#literal(wellFormed(text.slice(from, from + length)));
  }

  #edgeOf({ text }: OracleLine): OracleQuery | null {
    const length = this.#random.between(3, 60);
    return this.#literal(wellFormed(this.#random.chance(50) ? text.slice(0, length) : text.slice(-length)));
  }

  #phraseOf({ text }: OracleLine): OracleQuery | null {
    const words = text.slice(0, LOOK_CHARS).split(' ');
    const from = this.#random.int(words.length);
    return this.#literal(words.slice(from, from + this.#random.between(2, 4)).join(' '));
  }

  #wholeWordOf({ text }: OracleLine): OracleQuery | null {
    const words = text.slice(0, LOOK_CHARS).match(/[\p{L}\p{N}_]+/gu) ?? [];
    if (words.length === 0) return null;
    const word = this.#pick(words);
    return wholeWord(this.#recased(this.#random.chance(25) ? [...word].slice(1).join('') || word : word));
  }

  #missOf(line: OracleLine): OracleQuery | null {
    const piece = [...line.text.slice(0, 12)].join('');
    return this.#literal(`${wellFormed(piece)}${this.#pick(['\n', 'x~', 'é\u0301', '#'])}`);
  }

  /** A piece of the line, some of it left open. */
  #patternOf({ text }: OracleLine): OracleQuery | null {
    const from = this.#random.int(Math.max(1, Math.min(text.length, LOOK_CHARS) - 12));
    const piece = wellFormed(text.slice(from, from + this.#random.between(5, 24)));
    if (piece.trim() === '') return null;
    const opened = this.#pick(OPENINGS)(escaped(piece), this.#pick);
    const anchor = this.#random.chance(15) ? '^.*' : '';
    return pattern(`${anchor}${opened}`, this.#random.chance(40) ? 'i' : '');
  }

  #severity(): OracleQuery {
    const level = this.#random.int(LEVEL_NAMES.length);
    const signs = (['', '', '>=', '<=', '>', '<'] as const).filter(
      (sign) => !(sign === '>' && level === 3) && !(sign === '<' && level === 0),
    );
    return severity(this.#pick(signs), level, this.#recased(this.#pick(LEVEL_NAMES[level] as readonly string[])));
  }

  #placeOf({ file }: OracleLine): OracleQuery {
    const [field, name] = this.#pick([
      ['file', this.#pick(file.paths)],
      ['file', this.#pick(file.paths)],
      ['source', file.role],
      ['source', file.format],
      ['node', file.node ?? 'none'],
    ] as const);
    const wanted = this.#pick([
      () => name,
      () => name.slice(this.#random.int(name.length)),
      () => `*${name.slice(-this.#random.between(1, 6))}`,
      () => `${name.slice(0, this.#random.between(1, 6))}*`,
      () => `${name.slice(0, -1)}?`,
      () => `${name.slice(0, 1)}*${name.slice(-2)}`,
    ])();
    return place(field, this.#recased(wanted), this.#form());
  }

  /** Lines of a file by the path of its copy. */
  #copyOf(line: OracleLine): OracleQuery {
    return all([place('file', line.file.paths.at(-1) ?? '', this.#form()), this.#severity()]);
  }

  #boundOf(line: OracleLine): OracleQuery {
    const { written, time } = this.#instant(line);
    return bound(this.#pick(['after', 'before']), written, time, this.#form());
  }

  #nearOf(line: OracleLine): OracleQuery {
    const count = this.#random.between(1, 30);
    const [unit, ms] = this.#pick([
      ['ms', 1],
      ['s', 1_000],
      ['m', 60_000],
      ['h', 3_600_000],
    ] as const);
    // Half of them have the line on one of their ends.
    const from = this.#pick([0, 0, count * ms, -count * ms]);
    const { written, time } = this.#instant({ ...line, time: (line.time ?? 0) + from }, from === 0 ? 'near' : 'exact');
    return near(`${count}${unit}`, count * ms, written, time);
  }

  /** An instant near that of the line, in one of the ways to write it. */
  #instant(
    { time }: OracleLine,
    where: 'near' | 'exact' = 'near',
  ): { readonly written: string; readonly time: number } {
    const exact = (time ?? 0) + (where === 'exact' ? 0 : this.#pick([0, 0, 1, -1, 1_000, -60_000]));
    const [unit, zoned, cut] = where === 'exact' ? PRECISIONS[0] : this.#pick(PRECISIONS);
    const rounded = Math.floor(exact / unit) * unit;
    const [suffix, minutes] =
      zoned === 'none'
        ? (['', 0] as const)
        : this.#pick([
            ['', 0],
            ['Z', 0],
            ['+02:00', 120],
            ['-0730', -450],
          ] as const);
    const local = new Date(rounded + minutes * 60_000).toISOString().slice(0, cut);
    return { written: local + suffix, time: rounded };
  }

  #entityOf(): OracleQuery | null {
    for (let tries = 0; tries < 20; tries++) {
      const names = namesIn(this.#line());
      if (names.length === 0) continue;
      const name = this.#pick(names);
      const wanted = this.#pick([name, name, name.slice(name.lastIndexOf('/') + 1), name.slice(0, -1)]);
      if (wanted !== '') return entity(this.#recased(wanted), this.#form());
    }
    return null;
  }

  /** Any term, aimed at this line; most match it. */
  #termOf(line: OracleLine): OracleQuery {
    const made = this.#pick([
      () => this.#wordOf(line),
      () => this.#wordOf(line),
      () => this.#pieceOf(line, 4, 12),
      () => this.#pieceOf(line, 1, 3),
      () => this.#wholeWordOf(line),
      () => this.#patternOf(line),
      () => severity('>=', line.level, LEVEL_NAMES[line.level]?.[0] ?? 'none'),
      () => this.#placeOf(line),
      () => (line.time === null ? null : this.#boundOf(line)),
      () => (line.time === null ? null : this.#nearOf(line)),
      () => FINDING,
    ])();
    return made ?? this.#severity();
  }

  #allOf(line: OracleLine): OracleQuery {
    const parts = Array.from({ length: this.#random.between(2, 3) }, () => this.#termOf(line));
    if (this.#random.chance(30)) parts.push(not(this.#termOf(this.#line())));
    return all(parts, this.#pick([' ', ' ', '  ', ' AND ']));
  }

  #nested(): OracleQuery {
    const line = this.#line();
    const either = any([this.#termOf(line), this.#allOf(line)]);
    const but = this.#random.chance(50)
      ? not(any([this.#termOf(line), this.#termOf(this.#line())]))
      : this.#termOf(line);
    return this.#pick([
      all([either, but]),
      any([all([but, either]), this.#termOf(this.#line())]),
      all([not(not(either)), but]),
    ]);
  }
}

/** In ms, whether a zone may stand behind it, and the characters of the ISO text. */
const PRECISIONS = [
  [1, 'zoned', 23],
  [1_000, 'zoned', 19],
  [60_000, 'zoned', 16],
  [86_400_000, 'none', 10],
] as const;

/** Words are taken from here: the middle of a line of 100 KB is like its beginning. */
const LOOK_CHARS = 2_000;

/** No literal is in every line that these match. */
const FREE_PATTERNS = [
  ...['\\d{3}\\.\\d', '^[IWE]\\d{4}', '[äöüÄÖÜ]', '^$', '^\\s', '\\s$', '[^\\x00-\\x7f]', '^.{0,40}$', '(\\w+)=\\1'],
  ...[
    '\\b[A-Z]{5}\\b',
    '^(?!.*kubelet)',
    '\\ud83e',
    '[a-f0-9]{16}$',
    '\\ufffd',
    '\\0',
    '(?:k|s)elvin',
    '^.*$',
    '.{400}',
  ],
  ...['k', '\\/', 'x*', '(?=pod)', '\\u212a', '[ſK]'],
] as const;

type Opening = (piece: string, pick: Pick) => string;

/** @param piece escaped for a regular expression. */
const OPENINGS: readonly Opening[] = [
  (piece) => piece,
  (piece) => piece.replace(/\d+/g, '\\d+'),
  (piece) => piece.replace(/\d/g, '[0-9]'),
  (piece) => piece.replace(/[a-z]{2}/, '\\w{2}'),
  (piece) => piece.replace(/ /g, '\\s+'),
  (piece, pick) => `(?:${piece}|${pick(['timeout', 'nothing-has-this', '\\d{9}'])})`,
  (piece, pick) => `(${pick(['SyncLoop', 'Gr\u00f6\u00dfe'])}|${piece}).*${pick(['id=', 'e', '$'])}`,
  (piece) => `${piece}.*?[a-z]`,
  (piece) => `${piece}?`,
  (piece) => `(?<!x)${piece}(?!~)`,
  (piece) => `(?:${piece})+`,
  (piece) => `(?:${piece}){1,2}`,
  (piece) => `(?:${piece}){0,1}id`,
];

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\0/g, '\\0');
}

/** A query is UTF-16: halves of characters match nothing, and have no UTF-8 to compare. */
function wellFormed(text: string): string {
  return text.replace(/^[\udc00-\udfff]/, '').replace(/[\ud800-\udbff]$/, '');
}

function bordersOf(lines: readonly OracleLine[]): readonly OracleLine[] {
  let blockStart = 0;
  let fileBefore: unknown = null;
  const at: number[] = [];
  for (const [index, { file, inFile, inBundle }] of lines.entries()) {
    if (file !== fileBefore) {
      fileBefore = file;
      blockStart = 0;
    }
    const cut = inFile[1] - blockStart > BLOCK_BYTES;
    if (cut) blockStart = inFile[0];
    if (cut || crosses(inFile, BLOCK_BYTES) || crosses(inBundle, SLAB_BYTES)) at.push(index);
  }
  const around = new Set(at.flatMap((index) => [index - 1, index, index + 1]));
  const found = lines.filter((_, index) => around.has(index));
  return found.length > 0 ? found : lines;
}

function crosses([from, to]: readonly [number, number], every: number): boolean {
  return Math.floor(from / every) !== Math.floor(to / every);
}
