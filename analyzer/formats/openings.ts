/**
 * What a line must show that an expression fits, read from the expression itself, so that most expressions need not
 * run:
 *
 *   ^(?<stamp>\d{4}/\d\d/\d\d ...                four digits, a slash, two digits, a slash
 *   ^(?:<\d{1,3}>)?\[ {0,12}(?<stamp>...         < or [
 *   ^(?=\S{1,255} \S{1,64} ... \d{4}\] ")        `] "` anywhere
 */

/** Codes of Latin-1 characters; null: any. */
type Codes = ReadonlySet<number> | null;

interface Part {
  /** What its first characters can be, as far as their places are known. */
  readonly opens: readonly Codes[];
  /** The longest text that stands in all that it fits. */
  readonly holds: string;
  /** `fixed`: it ends behind `opens`; `open`: what follows it has no known place; `optional`: it may not be there. */
  readonly width: 'fixed' | 'open' | 'optional';
  /** Where it ends in the source. */
  readonly end: number;
}

export interface Opening {
  /** For each of the first characters the codes it can have; 1 at those. Empty: any line may fit. */
  readonly opens: readonly Uint8Array[];
  readonly holds: string;
}

/** Enough for a date and the letter behind it. */
const OPENS_MAX = 12;

/** @param source of an expression that begins with ^. */
export function openingOf(source: string): Opening {
  const { opens, holds, width } = alternatives(source, 1);
  const known = width === 'optional' ? [] : opens.slice(0, OPENS_MAX);
  const tables = known.map((codes) =>
    Uint8Array.from({ length: 256 }, (_, code) => Number(codes === null || codes.has(code))),
  );
  return { opens: tables, holds };
}

/** @param line in Latin-1. @returns false when the expression does not fit it; true says nothing. */
export function mayFit({ opens, holds }: Opening, line: string): boolean {
  for (let at = 0; at < opens.length; at += 1) {
    if (opens[at]?.[line.charCodeAt(at)] !== 1) return false;
  }
  return holds.length < 2 || line.includes(holds);
}

function alternatives(source: string, from: number): Part {
  let found = sequence(source, from);
  while (source[found.end] === '|') {
    const next = sequence(source, found.end + 1);
    const length = Math.min(found.opens.length, next.opens.length);
    const alike = found.width === 'fixed' && next.width === 'fixed' && found.opens.length === next.opens.length;
    const optional = found.width === 'optional' || next.width === 'optional';
    found = {
      opens: found.opens.slice(0, length).map((codes, at) => union(codes, next.opens[at] ?? null)),
      holds: '',
      width: optional ? 'optional' : alike ? 'fixed' : 'open',
      end: next.end,
    };
  }
  return found;
}

function sequence(source: string, from: number): Part {
  let found: Part = { opens: [], holds: '', width: 'fixed', end: from };
  /** Characters that stand one behind the other. */
  let run = '';
  let at = from;
  while (at < source.length && source[at] !== '|' && source[at] !== ')') {
    const one = atom(source, at);
    const next = repeated(source, one);
    const literal = next === one && source[at] !== '(' && one.width === 'fixed';
    run = literal && one.holds !== '' ? run + one.holds : '';
    const holds = [found.holds, next.holds, run].reduce((best, text) => (text.length > best.length ? text : best));
    found = { ...joined(found, next), holds };
    at = next.end;
  }
  return { ...found, end: at };
}

function joined(first: Part, next: Part): Part {
  const { end } = next;
  if (first.width === 'fixed') {
    // Before what may not be there, its place is known of nothing.
    if (next.width === 'optional' && first.opens.length > 0) return { ...first, width: 'open', end };
    return { ...next, opens: [...first.opens, ...next.opens] };
  }
  if (first.width === 'open') return { ...first, end };
  const [one] = first.opens;
  const [other] = next.opens;
  const opens = one === undefined || other === undefined ? [] : [union(one, other)];
  return { ...next, opens, width: next.width === 'optional' ? 'optional' : 'open' };
}

function atom(source: string, at: number): Part {
  const character = source[at] as string;
  if (character === '(') return group(source, at);
  if (character === '[') return characterClass(source, at);
  if (character === '\\') {
    const codes = escaped(source[at + 1] as string);
    return single(codes, at + 2, codes?.size === 1 ? (source[at + 1] as string) : '');
  }
  if (character === '.') return single(null, at + 1, '');
  // Where the line may end nothing need follow.
  if (character === '$') return { opens: [], holds: '', width: 'open', end: at + 1 };
  return single(new Set([character.charCodeAt(0)]), at + 1, character);
}

function single(codes: Codes, end: number, holds: string): Part {
  return { opens: [codes], holds, width: 'fixed', end };
}

function group(source: string, at: number): Part {
  const opener = /^\((?:\?(?:<?[=!]|:|<\w+>))?/.exec(source.slice(at))?.[0] ?? '(';
  const inner = alternatives(source, at + opener.length);
  const end = inner.end + 1;
  if (opener.endsWith('!') || opener.startsWith('(?<=')) return { opens: [], holds: '', width: 'open', end };
  // What a lookahead sees is looked at again.
  if (opener === '(?=') return { ...inner, width: inner.width === 'optional' ? 'optional' : 'open', end };
  return { ...inner, end };
}

function repeated(source: string, part: Part): Part {
  const found = /^(?:[?*+]|\{(\d+)(,\d*)?\})\??/.exec(source.slice(part.end));
  if (found === null) return part;
  const [text, least, more] = found;
  const times = least === undefined ? Number(text.startsWith('+')) : Number(least);
  const end = part.end + text.length;
  if (times === 0) return { ...part, holds: '', width: 'optional', end };
  if (part.width !== 'fixed') return { ...part, end };
  const opens = Array.from({ length: Math.min(times, OPENS_MAX) }, () => part.opens).flat();
  const whole = times <= OPENS_MAX && least !== undefined && more === undefined;
  return { opens, holds: part.holds, width: whole ? 'fixed' : 'open', end };
}

function characterClass(source: string, from: number): Part {
  const negated = source[from + 1] === '^';
  let codes: Codes = new Set();
  let at = from + (negated ? 2 : 1);
  while (at < source.length && source[at] !== ']') {
    const first = source[at] as string;
    if (first === '\\') {
      codes = union(codes, escaped(source[at + 1] as string));
      at += 2;
    } else if (source[at + 1] === '-' && source[at + 2] !== ']') {
      codes = union(codes, range(first, source[at + 2] as string));
      at += 3;
    } else {
      codes = union(codes, new Set([first.charCodeAt(0)]));
      at += 1;
    }
  }
  return single(negated ? null : codes, at + 1, '');
}

function escaped(character: string): Codes {
  if (character === 'd') return range('0', '9');
  if (character === 'w') return new Set([...range('0', '9'), ...range('A', 'Z'), ...range('a', 'z'), 95]);
  return /[a-zA-Z0-9]/.test(character) ? null : new Set([character.charCodeAt(0)]);
}

function range(first: string, last: string): ReadonlySet<number> {
  const from = first.charCodeAt(0);
  return new Set(Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, index) => from + index));
}

function union(one: Codes, other: Codes): Codes {
  return one === null || other === null ? null : new Set([...one, ...other]);
}
