/** Bundles held against each other: what sets the affected ones apart, meaning first. Pure: readings in, drafts out. */
import type { Comparison, DifferingText } from '../core/comparison.ts';
import type { BundleId } from '../core/ids.ts';
import { named } from '../core/some-of.ts';
import type { Bundle } from '../core/vocabulary.ts';
import { DECISIVE_MAX, DECISIVE_WEIGHT, type DraftDifference, type NotCompared } from './draft.ts';
import { compareGroup, type FactsCompared, silentGroups } from './facts.ts';
import { compareFindings, type Judged } from './findings.ts';
import { withConsequences } from './follows.ts';
import type { OneSide } from './odd-one.ts';

import { LEFT_OUT } from './own-by-nature.ts';
import { partsOf } from './parts.ts';
import { compareServices } from './services-compared.ts';
import { FACT_GROUPS, type Parts, type SideReading } from './side.ts';
import { compareVocabulary, type VocabularyReading } from './vocabulary.ts';

export interface ToCompare {
  readonly bundles: readonly Bundle[];
  /** Bundles that the engineer names as affected. */
  readonly given: readonly BundleId[];
  readonly analysis: Judged;
  /** In the order of the bundles, as all lists below. */
  readonly readings: readonly SideReading[];
  readonly vocabulary: readonly VocabularyReading[];
  /** Bundles with the same number are known to be of one cluster. */
  readonly clusters: readonly number[];
  readonly texts: readonly DifferingText[];
  /** What could not be compared of texts. */
  readonly textsNotCompared: readonly NotCompared[];
}

/** A comparison whose lines are not cited yet. */
export interface DraftComparison extends Omit<Comparison, 'differences'> {
  readonly differences: readonly DraftDifference[];
}

/** More differences are read by nobody; they are counted. */
const DIFFERENCES_LISTED_MAX = 200;
/** What could not be compared, one by one. */
const NOT_COMPARED_MAX = 50;

export function compareSides(input: ToCompare): DraftComparison {
  const parts = partsOf(input.bundles, input.given, input.analysis.findings);
  const sides = parts.sides.map(({ bundle, label }): OneSide => ({ label, isAffected: parts.affected.has(bundle) }));
  const findings = compareFindings(sides, input.bundles, input.analysis);
  const facts = compareFacts(sides, input.readings);
  const services = compareServices(sides, {
    readings: input.readings.map((one) => one.services),
    clusters: input.clusters,
    bundles: input.bundles.map(({ id }) => id),
    findings: input.analysis.findings,
  });
  const vocabulary = compareVocabulary(sides, input.vocabulary);
  const all = [...findings.differences, ...services.differences, ...facts.differences, ...vocabulary.differences].sort(
    byWeight,
  );
  const differences = all.slice(0, DIFFERENCES_LISTED_MAX);
  const decisive = differences.filter(({ weight }) => weight >= DECISIVE_WEIGHT).slice(0, DECISIVE_MAX);
  const compared = facts.facts + services.compared + findings.common.length + findings.differences.length;
  const notListed = all.length - differences.length + services.notListed + vocabulary.notListed;
  return {
    sides: parts.sides,
    sentence: sentenceOf({
      sides,
      decisive,
      differences: all,
      facts,
      services: services.compared,
      compared,
      texts: input.texts.length,
    }),
    isSame: all.length === 0 && input.texts.length === 0 && compared > 0,
    decisive: decisive.map(({ id }) => id),
    differences,
    notListed,
    common: findings.common,
    facts: facts.facts,
    sameFacts: facts.sameFacts,
    texts: input.texts,
    notes: notesOf(parts, input, services.note),
    notCompared: listed([
      ...findings.notCompared,
      ...services.notCompared,
      ...facts.notCompared,
      ...vocabulary.notCompared,
      ...input.textsNotCompared,
    ]),
  };
}

function listed(all: readonly NotCompared[]): readonly NotCompared[] {
  if (all.length <= NOT_COMPARED_MAX) return all;
  const more = all.length - NOT_COMPARED_MAX + 1;
  return [...all.slice(0, -more), { what: `${more} more`, because: 'there are too many to list' }];
}

function byWeight(one: DraftDifference, two: DraftDifference): number {
  return two.weight - one.weight || order(one.subject, two.subject) || order(one.id, two.id);
}

function order(one: string, two: string): number {
  return one < two ? -1 : one > two ? 1 : 0;
}

function compareFacts(sides: readonly OneSide[], readings: readonly SideReading[]): FactsCompared {
  const groups = readings.map(({ groups: own }) => own);
  const each = FACT_GROUPS.map((group) =>
    compareGroup(
      group,
      sides,
      groups.flatMap((own) => own.get(group.id) ?? []),
    ),
  );
  // Chains of another backend are captured nowhere on most nodes: that is no news.
  const silent = silentGroups(FACT_GROUPS, groups).filter(({ area }) => area !== 'chains');
  const nowhere: readonly NotCompared[] =
    silent.length === 0
      ? []
      : [{ what: silent.map(({ title }) => title).join(', '), because: 'no side has them captured' }];
  return {
    differences: withConsequences(each.flatMap(({ differences }) => differences)),
    notCompared: [...each.flatMap(({ notCompared }) => notCompared), ...nowhere],
    facts: each.reduce((sum, one) => sum + one.facts, 0),
    sameFacts: each.reduce((sum, one) => sum + one.sameFacts, 0),
  };
}

interface Outcome {
  readonly sides: readonly OneSide[];
  readonly decisive: readonly DraftDifference[];
  readonly differences: readonly DraftDifference[];
  readonly facts: FactsCompared;
  readonly services: number;
  /** How much could be compared at all. */
  readonly compared: number;
  readonly texts: number;
}

function sentenceOf({ sides, decisive, differences, facts, services, compared, texts }: Outcome): string {
  const names = named(sides.map(({ label }) => label));
  const amount = `${count(facts.facts, 'fact')}, ${count(services, 'Service')} and the findings`;
  const [first] = decisive;
  if (first !== undefined) {
    const more = decisive.length - 1;
    const others = differences.length - decisive.length;
    const rest = [
      ...(more > 0 ? [`${more} more that ${more === 1 ? 'matters' : 'matter'}`] : []),
      ...(others > 0 ? [`${count(others, 'other difference')}`] : []),
    ];
    return rest.length === 0 ? first.sentence : `${first.sentence} Besides: ${rest.join(', ')}.`;
  }
  if (compared === 0 && differences.length === 0)
    return `Nothing could be compared between ${names}: they have nothing captured in common.`;
  if (differences.length === 0 && texts === 0) return `${names} are the same in what was compared: ${amount}.`;
  const differing = facts.facts - facts.sameFacts;
  const told =
    differing === 0
      ? 'no fact differs'
      : `${differing} of ${facts.facts} facts ${differing === 1 ? 'differs' : 'differ'}, none in a way that is known to matter`;
  const worded = texts === 0 ? '' : `; ${count(texts, 'captured text')} ${texts === 1 ? 'differs' : 'differ'}`;
  return `Nothing decisive sets ${names} apart: ${told}${worded}.`;
}

function count(amount: number, one: string): string {
  return `${amount} ${one}${amount === 1 ? '' : 's'}`;
}

function notesOf(parts: Parts, { bundles }: ToCompare, cluster: string | null): readonly string[] {
  return [
    parts.note,
    ...(cluster === null ? [] : [cluster]),
    ...timeNotes(parts, bundles),
    `Left out as a node's own: ${LEFT_OUT.map(({ what }) => what).join('; ')}.`,
  ];
}

function timeNotes({ sides }: Parts, bundles: readonly Bundle[]): readonly string[] {
  const dated = bundles.flatMap(({ collectedAt }, at) =>
    collectedAt === null ? [] : [{ at: Date.parse(collectedAt), label: sides[at]?.label ?? '' }],
  );
  const nodes = new Set(bundles.map(({ node }) => node));
  const missing = bundles.filter(({ collectedAt }) => collectedAt === null).length;
  const unknown =
    missing === 0 ? [] : [`When ${count(missing, 'bundle')} ${missing === 1 ? 'was' : 'were'} captured is not known.`];
  const [first, last] = [
    dated.toSorted((one, two) => one.at - two.at)[0],
    dated.toSorted((one, two) => two.at - one.at)[0],
  ];
  if (first === undefined || last === undefined || dated.length < 2) return unknown;
  const apart = duration(last.at - first.at);
  // Of an archive that names no node the time is that of its file.
  const by = nodes.has(null) ? 'as far as their times are known' : 'by the clocks of the nodes';
  const told =
    nodes.size === 1 && !nodes.has(null)
      ? last.at === first.at
        ? 'All are of one node, and of one time: differences are in what was captured.'
        : `All are of one node: ${last.label} was captured ${apart} after ${first.label}. Differences are what changed.`
      : last.at - first.at < MINUTE
        ? `The captures were made within a minute, ${by}.`
        : `The captures are ${apart} apart, ${by}: what changed in the cluster meanwhile differs as well.`;
  return [told, ...unknown];
}

const MINUTE = 60_000;

function duration(ms: number): string {
  if (ms < MINUTE) return `${Math.round(ms / 1000)} s`;
  if (ms < 120 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  return ms < 2_880 * MINUTE ? `${Math.round(ms / MINUTE / 60)} h` : `${Math.round(ms / MINUTE / 1_440)} days`;
}
