/** What Compare shows of an answer, and in which order. Pure. */
import { sharedPrefix } from '../../model/format.ts';
import type { Bundle, BundleId, ComparedSide, Comparison, Difference, Evidence, SideValue } from '../../model/types.ts';
import type { CompareView } from '../../stores/compare.ts';

/** COMPARED_BUNDLES_MAX of the contract. */
export const COMPARED_MAX = 20;
/** More columns than this leave no room for their values: nodes are listed beside each value then. */
export const COLUMNS_MAX = 5;

export const KINDS = [
  'finding',
  'service',
  'fact',
  'vocabulary',
  'text',
] as const satisfies readonly Difference['kind'][];

export const KIND_NAMES: Readonly<Record<Difference['kind'], string>> = {
  finding: 'Findings',
  service: 'Services',
  fact: 'Facts',
  vocabulary: 'Words of logs',
  text: 'Texts',
};

export interface Sections {
  readonly decisive: readonly Difference[];
  /** Those that are not decisive: the others are above. */
  readonly findings: readonly Difference[];
  readonly services: readonly Difference[];
  readonly facts: readonly Difference[];
  readonly words: readonly Difference[];
  /** Each once, as they stand on the screen. */
  readonly order: readonly Difference[];
}

/** @returns bundles that are compared: those that were chosen, else those in scope, at most COMPARED_MAX of them. */
export function comparedBundles(
  bundles: readonly Bundle[],
  chosen: readonly BundleId[],
  hidden: ReadonlySet<BundleId>,
): readonly Bundle[] {
  const wanted = new Set(chosen);
  const named = bundles.filter(({ id }) => wanted.has(id));
  if (named.length > 1) return named.slice(0, COMPARED_MAX);
  const visible = bundles.filter(({ id }) => !hidden.has(id));
  return (visible.length > 1 ? visible : bundles).slice(0, COMPARED_MAX);
}

/** @returns the areas of the differences of these kinds, in alphabetical order. */
export function areasOf(differences: readonly Difference[], kind: CompareView['kind']): readonly string[] {
  const some = differences.filter((one) => kind === 'all' || one.kind === kind);
  return [...new Set(some.map(({ area }) => area))].sort();
}

/** @returns what passes the filters, by section. */
export function sectionsOf(
  { differences, decisive }: Pick<Comparison, 'differences' | 'decisive'>,
  { kind, area }: Pick<CompareView, 'kind' | 'area'>,
): Sections {
  const shown = differences.filter(
    (one) => (kind === 'all' || one.kind === kind) && (area === null || one.area === area),
  );
  const rank = new Map(decisive.map((id, index) => [id, index]));
  const rankOf = (one: Difference) => rank.get(one.id) ?? Number.MAX_SAFE_INTEGER;
  const top = shown.filter(({ id }) => rank.has(id)).sort((a, b) => rankOf(a) - rankOf(b));
  const of = (...kinds: readonly Difference['kind'][]) => shown.filter((one) => kinds.includes(one.kind));
  const sections = {
    decisive: top,
    findings: of('finding').filter(({ id }) => !rank.has(id)),
    services: of('service'),
    facts: of('fact', 'text'),
    words: of('vocabulary'),
  };
  const { findings, services, facts, words } = sections;
  return { ...sections, order: [...new Set([...top, ...services, ...facts, ...words, ...findings])] };
}

/** One value and the sides that have it. */
export interface SharedValue {
  /** null: not known there. */
  readonly value: string | null;
  /** Why it is not known; the reasons of all sides. */
  readonly because: readonly string[];
  readonly sides: readonly ComparedSide[];
  /** The value of most sides, where there is one. */
  readonly usual: 'usual' | 'other';
}

/** @returns each value once; what few have comes first, what is not known last. */
export function sharedValues(values: readonly SideValue[], sides: readonly ComparedSide[]): readonly SharedValue[] {
  const sideOf = new Map(sides.map((side) => [side.bundle, side]));
  const groups = new Map<string | null, { because: Set<string>; sides: ComparedSide[] }>();
  for (const { bundle, value, because } of values) {
    const side = sideOf.get(bundle);
    if (side === undefined) continue;
    const group = groups.get(value) ?? { because: new Set(), sides: [] };
    if (because !== null) group.because.add(because);
    group.sides.push(side);
    groups.set(value, group);
  }
  const usual = usualValue(values);
  return [...groups]
    .map(
      ([value, group]): SharedValue => ({
        value,
        because: [...group.because],
        sides: group.sides,
        usual: value !== null && value === usual ? 'usual' : 'other',
      }),
    )
    .sort((a, b) => Number(a.value === null) - Number(b.value === null) || a.sides.length - b.sides.length);
}

/** @returns the value that most of those have of which it is known; null when two are as frequent. */
export function usualValue(values: readonly SideValue[]): string | null {
  const counts = new Map<string, number>();
  for (const { value } of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  return first === undefined || first[1] === second?.[1] ? null : first[0];
}

/** @returns true for a value that stands out of those of the row; what is not known does not. */
export function standsOut({ value }: SideValue, usual: string | null): boolean {
  return value !== null && value !== usual;
}

/** @returns what each side is called in a chip: without what all names share. */
export function shortLabels(sides: readonly ComparedSide[]): ReadonlyMap<BundleId, string> {
  const { prefix } = sharedPrefix(sides.map(({ label }) => label));
  return new Map(sides.map(({ bundle, label }) => [bundle, label.slice(prefix.length)]));
}

/** @returns a reference of each side that has one, at most `most`; those that stand out first. */
export function firstEvidence(values: readonly SideValue[], most: number): readonly Evidence[] {
  const usual = usualValue(values);
  const citing = values.filter(({ evidence }) => evidence.length > 0);
  const apart = citing.filter((value) => standsOut(value, usual));
  return [...apart, ...citing.filter((value) => !apart.includes(value))]
    .slice(0, most)
    .flatMap(({ evidence }) => evidence.slice(0, 1));
}

/** Nodes whose bundles fail worst, to be held against the others; none when all are alike. */
export function presetAffected(
  groups: readonly { readonly severity: string | null; readonly bundles: readonly BundleId[] }[],
  healthy: ReadonlySet<BundleId>,
): readonly BundleId[] {
  const all = groups.flatMap(({ bundles }) => bundles);
  const worst = groups.find(({ severity, bundles }) => severity !== null && bundles.some((id) => !healthy.has(id)));
  if (worst === undefined) return [];
  const affected = groups
    .filter(({ severity }) => severity === worst.severity)
    .flatMap(({ bundles }) => bundles)
    .filter((id) => !healthy.has(id));
  return affected.length === all.length ? [] : affected;
}
