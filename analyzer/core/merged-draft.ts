/** Two windows on one draft: what one of them changed is done to what the other one has kept meanwhile. Pure. */
import { mergedText } from './merged-text.ts';
import type { RedactionChoice, ReportDraft, ReportSection } from './report.ts';

export interface MergedDraft {
  readonly draft: ReportDraft;
  /** What could not be done, because the other one says something else there; each as it is told: `the title “CS-1”`. */
  readonly gaveWay: readonly string[];
}

/** @returns true when both say the same, whatever the order of their keys. */
export function sameDraft(a: ReportDraft, b: ReportDraft): boolean {
  const whole = (draft: ReportDraft) => [
    ...[draft.template, draft.title, draft.leftOut, draft.order, draft.context],
    draft.sections.map(contentOf),
    draft.redaction && [draft.redaction.profiles, draft.redaction.words, draft.redaction.keep],
  ];
  return same(whole(a), whole(b));
}

/**
 * Words that were typed in both stay, those of `kept` first; where only one of two can be, that of `kept` stays.
 * @param from what `mine` was made of.
 * @returns `kept` with what differs between `from` and `mine`.
 */
export function mergedDraft(from: ReportDraft, mine: ReportDraft, kept: ReportDraft): MergedDraft {
  if (sameDraft(from, kept)) return { draft: mine, gaveWay: [] };
  const gaveWay: string[] = [];
  const pick: Pick = (three, name) => {
    const [before, my, theirs] = three;
    if (same(my, before) || same(my, theirs)) return theirs;
    if (same(theirs, before)) return my;
    gaveWay.push(name);
    return theirs;
  };
  const each = <T>(part: (draft: ReportDraft) => T): Three<T> => [part(from), part(mine), part(kept)];
  const draft: ReportDraft = {
    template: pick(
      each(({ template }) => template),
      'the template',
    ),
    title: pick(
      each(({ title }) => title),
      `the title “${mine.title}”`,
    ),
    sections: mergedSections(
      each(({ sections }) => sections),
      pick,
    ),
    leftOut: mergedList(each(({ leftOut }) => leftOut)),
    order: pick(
      each(({ order }) => order),
      'the order of findings',
    ),
    context: pick(
      each(({ context }) => context),
      'the lines around each excerpt',
    ),
    redaction: mergedRedaction(
      each(({ redaction }) => redaction),
      gaveWay,
    ),
  };
  return { draft, gaveWay };
}

/** What both began with, what is done, and what is kept meanwhile. */
type Three<T> = readonly [from: T, mine: T, kept: T];
type Pick = <T>(three: Three<T>, name: string) => T;

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What was added and taken out of a list without an order. */
function mergedList<T>([from, mine, kept]: Three<readonly T[]>): readonly T[] {
  if (same(from, kept)) return mine;
  const [before, now, there] = [new Set(from), new Set(mine), new Set(kept)];
  const stays = kept.filter((one) => now.has(one) || !before.has(one));
  return [...stays, ...mine.filter((one) => !before.has(one) && !there.has(one))];
}

/** Where one switches it off and the other one chooses what is replaced, it stays on: nothing leaves by a slip. */
function mergedRedaction([from, mine, kept]: Three<RedactionChoice | null>, gaveWay: string[]): RedactionChoice | null {
  if (mine === null || kept === null) {
    const left = mine ?? kept;
    if (left === null || from === null) return left;
    if (sameChoice(from, left)) return null;
    if (mine === null) gaveWay.push('the redaction switched off');
    return left;
  }
  const before = from ?? { profiles: [], words: [], keep: [] };
  return {
    profiles: mergedList([before.profiles, mine.profiles, kept.profiles]),
    words: mergedList([before.words, mine.words, kept.words]),
    keep: mergedList([before.keep, mine.keep, kept.keep]),
  };
}

function sameChoice(a: RedactionChoice, b: RedactionChoice): boolean {
  return same([a.profiles, a.words, a.keep], [b.profiles, b.words, b.keep]);
}

/** In their order, by a name that says which section of the others each is. */
type Named = ReadonlyMap<string, ReportSection>;

function mergedSections([from, mine, kept]: Three<readonly ReportSection[]>, pick: Pick): readonly ReportSection[] {
  const before = named(from, 'from');
  const theirs = namedAs(before, named(kept, 'theirs'), ALIKE);
  const added = new Map([...theirs].filter(([name]) => !before.has(name)));
  const my = namedAs(added, namedAs(before, named(mine, 'mine'), ALIKE), ADDED_TWICE);
  const merged = new Map<string, ReportSection>();
  for (const name of new Set([...theirs.keys(), ...my.keys()])) {
    const section = mergedSection([before.get(name), my.get(name), theirs.get(name)], pick);
    if (section !== null) merged.set(name, section);
  }
  const common = [...before.keys()].filter((name) => my.has(name) && theirs.has(name));
  const orderOf = (sections: Named) => [...sections.keys()].filter((name) => common.includes(name));
  const order = pick([common, orderOf(my), orderOf(theirs)], 'the order of sections');
  const [first, second] = same(order, orderOf(theirs)) ? [theirs, my] : [my, theirs];
  return withAdded([...first.keys()], [...second.keys()]).flatMap((name) => merged.get(name) ?? []);
}

/** A section that one took out and the other one changed stays: words are in it. */
function mergedSection([from, mine, kept]: Three<ReportSection | undefined>, pick: Pick): ReportSection | null {
  if (mine === undefined || kept === undefined) {
    const left = mine ?? kept;
    if (left === undefined) return null;
    return from !== undefined && same(contentOf(from), contentOf(left)) ? null : left;
  }
  const before = from ?? { ...mine, heading: '', text: '' };
  return {
    kind: kept.kind,
    heading: pick([before.heading, mine.heading, kept.heading], `the heading “${mine.heading}”`),
    shown: pick([before.shown, mine.shown, kept.shown], `whether “${mine.heading}” is in the report`),
    text: mergedText(before.text, mine.text, kept.text),
  };
}

function contentOf({ kind, heading, shown, text }: ReportSection): readonly string[] {
  return [kind, heading, shown, text];
}

type Alike = (a: ReportSection, b: ReportSection) => boolean;

/** How sure it is that two sections are the same one, the surest first: those of the engineer's own have nothing but their words. */
const ALIKE: readonly Alike[] = [
  (a, b) => a.kind === b.kind && a.heading === b.heading && a.text === b.text,
  (a, b) => a.kind === b.kind && (a.heading === b.heading || (a.text !== '' && a.text === b.text)),
  (a, b) => a.kind === b.kind,
];
/** Two that both began to write are two sections. */
const ADDED_TWICE: readonly Alike[] = [
  (a, b) => a.kind === b.kind && (a.kind !== 'text' || same(contentOf(a), contentOf(b))),
];

function named(sections: readonly ReportSection[], whose: string): Named {
  return new Map(sections.map((section, at) => [`${whose} ${at}`, section]));
}

/** @returns the sections, those that are none of the known ones by their name, with its name. */
function namedAs(known: Named, sections: Named, rules: readonly Alike[]): Named {
  const names = new Map<string, string>();
  const free = new Map([...known].filter(([name]) => !sections.has(name)));
  for (const alike of rules) {
    for (const [name, section] of sections) {
      if (names.has(name) || name.startsWith('from ')) continue;
      const found = [...free].find(([, one]) => alike(one, section));
      if (found === undefined) continue;
      names.set(name, found[0]);
      free.delete(found[0]);
    }
  }
  return new Map([...sections].map(([name, section]) => [names.get(name) ?? name, section]));
}

/** @returns the names, with those that only the second list has, each after the one it follows there. */
function withAdded(first: readonly string[], second: readonly string[]): readonly string[] {
  const all = [...first];
  for (const [at, name] of second.entries()) {
    if (all.includes(name)) continue;
    const follows = second[at - 1];
    all.splice(follows === undefined ? 0 : all.indexOf(follows) + 1, 0, name);
  }
  return all;
}
