/** Which sides' Services can be held against each other, and what comes of it. */

import { named, someOf } from '../core/some-of.ts';
import type { Finding } from '../core/vocabulary.ts';
import { type DraftDifference, type NotCompared, separates, WEIGHT } from './draft.ts';
import { brief, type OneSide, whoHasWhat } from './odd-one.ts';
import { type ServiceDifference, type ServicesReading, serviceDifferences } from './services.ts';

export interface ServicesToCompare {
  /** In the order of the sides. */
  readonly readings: readonly ServicesReading[];
  /** Sides with the same number are known to be of one cluster. */
  readonly clusters: readonly number[];
  readonly bundles: readonly string[];
  readonly findings: readonly Finding[];
}

export interface ServicesCompared {
  readonly differences: readonly DraftDifference[];
  readonly notListed: number;
  readonly notCompared: readonly NotCompared[];
  /** Services that at least two sides have or lack. */
  readonly compared: number;
  readonly note: string | null;
}

/** A node whose rules are of another day differs in every Service. */
const SERVICES_LISTED_MAX = 50;
/** More Services than this that differ between the same sides are told as one, each of them below it. */
const TOLD_ALONE_MAX = 3;
const NAMES_TOLD = 5;

const STRANGERS = 'no two nodes are known to be of one cluster: they share neither the API server nor several Services';
const APART = 'not known to be of the same cluster as the others';

export function compareServices(sides: readonly OneSide[], input: ServicesToCompare): ServicesCompared {
  const { readings, clusters } = input;
  const silent = readings.flatMap(({ notKnown }, at) =>
    notKnown === null ? [] : [{ what: `Services of ${sides[at]?.label}`, because: notKnown }],
  );
  const speaking = [...readings.keys()].filter((at) => readings[at]?.notKnown === null);
  const members = largest(speaking, clusters);
  if (members.length < 2) {
    const strangers = speaking.length < 2 ? [] : [{ what: 'Services', because: STRANGERS }];
    return { differences: [], notListed: 0, notCompared: [...silent, ...strangers], compared: 0, note: null };
  }
  const labels = (places: readonly number[]): readonly string[] => places.map((at) => sides[at]?.label ?? '');
  const strangers = labels(speaking.filter((at) => !members.includes(at)));
  const own = readings.map((one, at) => (members.includes(at) ? one : { ...one, notKnown: one.notKnown ?? APART }));
  const found = serviceDifferences(own);
  const who = members.length === sides.length ? 'All sides' : named(labels(members));
  return {
    differences: drafts(found, sides, { ...input, readings: own }),
    notListed: Math.max(0, found.length - SERVICES_LISTED_MAX),
    notCompared: [
      ...silent,
      ...(strangers.length === 0 ? [] : [{ what: `Services of ${named(strangers)}`, because: APART }]),
    ],
    compared: new Set(members.flatMap((at) => [...(own[at]?.services.keys() ?? [])])).size,
    note: `${who} are of one cluster: their Services have the same addresses.`,
  };
}

/** @returns the places that share the number most of them have. */
function largest(places: readonly number[], clusters: readonly number[]): readonly number[] {
  const groups = new Map<number, readonly number[]>();
  for (const at of places) {
    const cluster = clusters[at] ?? -1 - at;
    groups.set(cluster, [...(groups.get(cluster) ?? []), at]);
  }
  return [...groups.values()].reduce((one, two) => (two.length > one.length ? two : one), []);
}

function drafts(
  found: readonly ServiceDifference[],
  sides: readonly OneSide[],
  input: ServicesToCompare,
): readonly DraftDifference[] {
  const alike = new Map<string, ServiceDifference[]>();
  for (const one of found) {
    const key = patternOf(one);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [one]);
    else known.push(one);
  }
  const folded = [...alike].filter(([, group]) => group.length > TOLD_ALONE_MAX);
  const below = new Set(folded.flatMap(([, group]) => group));
  return [
    ...folded.map(([pattern, group]) => foldedDraft(pattern, group, sides, input)),
    ...found.slice(0, SERVICES_LISTED_MAX).map((one) => {
      const draft = serviceDraft(one, sides, input);
      return below.has(one) ? { ...draft, weight: WEIGHT.knownFact - 1 } : draft;
    }),
  ];
}

/** Services with one pattern differ between the same sides in the same way. */
function patternOf({ values }: ServiceDifference): string {
  const numbers = new Map<string, number>();
  return values
    .map((value) => {
      if (value === null || value === 'not in its rules' || value === 'no endpoints') return value ?? '?';
      const known = numbers.get(value) ?? numbers.size;
      numbers.set(value, known);
      return `other ${known}`;
    })
    .join('|');
}

function serviceDraft(one: ServiceDifference, sides: readonly OneSide[], input: ServicesToCompare): DraftDifference {
  return {
    id: `service:${one.key}`,
    kind: 'service',
    area: 'Services',
    subject: one.name,
    sentence: `${one.name}: ${whoHasWhat(sides, one.values)}.`,
    weight: weightOf(one, sides),
    because: becauseOf(one),
    severity: one.severity,
    values: one.values.map((value, at) => ({
      value,
      because: value === null ? (input.readings[at]?.notKnown ?? null) : null,
      refs: one.refs[at] ?? [],
    })),
    findings: findingsOf([one.name], input),
  };
}

function foldedDraft(
  pattern: string,
  group: readonly ServiceDifference[],
  sides: readonly OneSide[],
  input: ServicesToCompare,
): DraftDifference {
  const [first] = group as readonly [ServiceDifference, ...ServiceDifference[]];
  const values = first.values.map((value) => {
    if (value === null) return null;
    if (value === 'not in its rules') return `${group.length} Services not in its rules`;
    if (value === 'no endpoints') return `no endpoints for ${group.length} Services`;
    const twins = first.values.filter((other) => other === value).length;
    return pattern.includes('not in') || pattern.includes('no endpoints') || twins > 1
      ? `endpoints for all ${group.length}`
      : `other endpoints for ${group.length} Services`;
  });
  const names = group.map(({ name }) => name);
  const listed = someOf(names, NAMES_TOLD);
  const told =
    new Set(values).size > 1
      ? whoHasWhat(sides, values)
      : `other endpoints on each of ${named(sides.map(({ label }) => label))}`;
  return {
    id: `service:${pattern}`,
    kind: 'service',
    area: 'Services',
    subject: `${group.length} Services`,
    sentence: `${group.length} Services (${brief(listed)}): ${told}.`,
    // One difference of many Services stands before those of single ones.
    weight: weightOf(first, sides) + 5,
    because: becauseOf(first),
    severity: first.severity,
    values: values.map((value, at) => ({
      value,
      because: value === null ? (input.readings[at]?.notKnown ?? null) : null,
      refs: group.flatMap(({ refs }) => refs[at]?.slice(0, 1) ?? []),
    })),
    findings: findingsOf(names, input),
  };
}

function weightOf({ severity, values }: ServiceDifference, sides: readonly OneSide[]): number {
  return WEIGHT.service + (severity === 'high' ? 30 : 0) + (separates(sides, values) ? 20 : 0);
}

function becauseOf({ severity }: ServiceDifference): string {
  return severity === 'high'
    ? 'a Service has no endpoint on one node and some on another'
    : 'kube-proxy makes the same endpoints on every node, unless hints about zones say otherwise';
}

/** Findings of the compared sides that name one of these Services. */
function findingsOf(names: readonly string[], { findings, bundles }: ServicesToCompare): readonly Finding['id'][] {
  return findings
    .filter(({ rule }) => rule === 'service-disagreement')
    .filter(({ bundle, entities }) => bundles.includes(bundle) && entities.some(({ name }) => names.includes(name)))
    .map(({ id }) => id);
}
