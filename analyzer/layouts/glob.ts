/**
 * Globs over paths in a bundle: `*` for any characters of one name, `**` for any number of folders, `{a,b}` for either.
 * No regular expressions: members are named by whoever made the archive, and a name of 4 KB must cost no more than its
 * length. Names that begin with a dot match like any other.
 */

type NameTest = (name: string) => boolean;

/** One way to fill the braces, cut at its `**`: the first part stands at the start, the last at the end. */
interface Alternative {
  readonly head: readonly NameTest[];
  readonly middles: readonly (readonly NameTest[])[];
  /** Null without `**`: then the head is the whole path. */
  readonly tail: readonly NameTest[] | null;
}

export interface Glob {
  readonly text: string;
  /** First names it can match, or null when these cannot be listed. */
  readonly firstNames: readonly string[] | null;
  /** What the first and the last name of a path can begin with, one character each; null when that can be any. */
  readonly firstStarts: readonly string[] | null;
  readonly lastStarts: readonly string[] | null;
  /** @param names components of a path. @param from the first that counts. */
  test(names: readonly string[], from: number): boolean;
}

/** @param text a glob of a layout. Throws for what is not understood here: a mistake in our own data. */
export function compileGlob(text: string): Glob {
  if (/[?[\]!()\\]/.test(text)) throw new Error(`glob ${text}: only *, ** and {a,b} are understood`);
  const expanded = withoutBraces(text);
  const alternatives = expanded.map(alternative);
  const [only] = alternatives as [Alternative, ...Alternative[]];
  const firsts = expanded.map((each) => each.split('/')[0] as string);
  return {
    text,
    firstStarts: startsOf(firsts),
    lastStarts: startsOf(expanded.map((each) => each.slice(each.lastIndexOf('/') + 1))),
    firstNames: firsts.some((first) => first.includes('*')) ? null : [...new Set(firsts)],
    test:
      alternatives.length === 1
        ? (names, from) => matches(only, names, from)
        : (names, from) => alternatives.some((each) => matches(each, names, from)),
  };
}

function startsOf(names: readonly string[]): readonly string[] | null {
  return names.some((name) => name === '' || name.startsWith('*'))
    ? null
    : [...new Set(names.map((name) => name.charAt(0)))];
}

function withoutBraces(text: string): readonly string[] {
  const found = /\{([^{}]*)\}/.exec(text);
  if (found === null) {
    if (/[{}]/.test(text)) throw new Error(`glob ${text}: a brace is not closed`);
    return [text];
  }
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return (found[1] as string).split(',').flatMap((choice) => withoutBraces(`${before}${choice}${after}`));
}

function alternative(text: string): Alternative {
  const groups: NameTest[][] = [[]];
  for (const name of text.split('/')) {
    if (name === '**') groups.push([]);
    else (groups.at(-1) as NameTest[]).push(nameTest(name));
  }
  const [head, ...others] = groups as [NameTest[], ...NameTest[][]];
  const tail = others.pop() ?? null;
  // `a/**` is what lies in a, not a itself.
  if (tail?.length === 0) tail.push(() => true);
  return { head, middles: others.filter((group) => group.length > 0), tail };
}

function nameTest(glob: string): NameTest {
  const [start, ...others] = glob.split('*') as [string, ...string[]];
  const end = others.pop();
  if (end === undefined) return (name) => name === glob;
  return (name) => {
    if (name.length < start.length + end.length || !name.startsWith(start) || !name.endsWith(end)) return false;
    let at = start.length;
    const limit = name.length - end.length;
    for (const part of others) {
      const found = name.indexOf(part, at);
      if (found < 0 || found + part.length > limit) return false;
      at = found + part.length;
    }
    return true;
  };
}

function matches({ head, middles, tail }: Alternative, names: readonly string[], from: number): boolean {
  const count = names.length - from;
  if (tail === null) return count === head.length && standsAt(head, names, from);
  if (count < head.length + tail.length) return false;
  const limit = names.length - tail.length;
  if (!standsAt(tail, names, limit) || !standsAt(head, names, from)) return false;
  let at = from + head.length;
  for (const group of middles) {
    while (at + group.length <= limit && !standsAt(group, names, at)) at += 1;
    if (at + group.length > limit) return false;
    at += group.length;
  }
  return true;
}

function standsAt(tests: readonly NameTest[], names: readonly string[], at: number): boolean {
  // A loop: this is asked millions of times an import.
  for (let index = 0; index < tests.length; index++) {
    if (!(tests[index] as NameTest)(names[at + index] as string)) return false;
  }
  return true;
}
