/** What a redacted export says of itself: what was replaced, and what was left. No value stands in it. */
import { KEPT_RANGES } from './address-tree.ts';
import { redactionProfiles } from './profiles.ts';
import type { RedactionEntry } from './pseudonyms.ts';

export interface RedactedKind {
  readonly kind: string;
  readonly title: string;
  /** Different values, and places where they stood. */
  readonly values: number;
  readonly places: number;
}

export interface RedactionStatement {
  readonly profiles: readonly { readonly id: string; readonly title: string; readonly about: string }[];
  readonly replaced: readonly RedactedKind[];
  /** Plain sentences. */
  readonly kept: readonly string[];
}

const OWN_TITLES: Readonly<Record<string, string>> = {
  word: "customer's word",
  lookalike: 'text like a pseudonym',
  encoded: 'value in another form',
};

/**
 * @param keep what the plan keeps: its number is told, its networks by name, for they are the same for every customer.
 * @param more sentences that follow.
 */
export function redactionStatement(
  entries: readonly RedactionEntry[],
  profiles: readonly string[],
  keep: readonly string[] = [],
  more: readonly string[] = [],
): RedactionStatement {
  const known = [...redactionProfiles().values()];
  const used = known.filter(({ id }) => profiles.includes(id));
  const byKind = new Map<string, RedactedKind>();
  for (const { kind, count } of entries) {
    const title = kindTitle(kind);
    const so = byKind.get(kind) ?? { kind, title, values: 0, places: 0 };
    byKind.set(kind, { ...so, values: so.values + 1, places: so.places + count });
  }
  return {
    profiles: used.map(({ id, title, about }) => ({ id, title, about })),
    replaced: [...byKind.values()].sort((one, two) => (one.kind < two.kind ? -1 : 1)),
    kept: [
      ...keptSentences(
        used.map(({ id }) => id),
        known.filter((one) => !used.includes(one)),
        keep,
      ),
      ...more,
    ],
  };
}

function keptSentences(
  used: readonly string[],
  unused: readonly { readonly title: string; readonly about: string }[],
  keep: readonly string[],
): readonly string[] {
  const services = keep.filter((value) => ['172.20.0.0/16', '10.100.0.0/16'].includes(value));
  const others = keep.length - services.length;
  return [
    ...unused.map(({ title, about }) => `${title} stayed as they are: ${about}.`),
    ...(used.includes('network')
      ? [
          `Addresses that mean the same everywhere stayed: ${KEPT_RANGES.join(', ')}, netmasks.`,
          'Private addresses stayed private. Addresses that share a network share one in the pseudonyms as well, of the same size.',
          'Names and domains that every cluster has stayed, such as k8s.io and amazonaws.com.',
        ]
      : []),
    ...services.map((cidr) => `The service network ${cidr} stayed as it is: it is the default of EKS.`),
    ...(others === 0 ? [] : [`${others} ${others === 1 ? 'value was' : 'values were'} kept on request.`]),
  ];
}

/** @param kind id. @returns how people call it: `IP address`. */
export function kindTitle(kind: string): string {
  const kinds = [...redactionProfiles().values()].flatMap((profile) => profile.kinds);
  return kinds.find(({ id }) => id === kind)?.title ?? OWN_TITLES[kind] ?? kind;
}

/** @returns id of the profile of a kind; the words of the customer are of none: `words`. */
export function profileOf(kind: string): string {
  const profiles = [...redactionProfiles().values()];
  return profiles.find(({ kinds }) => kinds.some(({ id }) => id === kind))?.id ?? 'words';
}
