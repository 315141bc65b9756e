/** Facts in which sides differ. */

import { named } from '../core/some-of.ts';
import { type DraftDifference, type DraftValue, type NotCompared, separates, WEIGHT } from './draft.ts';
import type { FactGroup } from './fact-group.ts';
import { knownFact } from './known-facts.ts';
import { type OneSide, whoHasWhat } from './odd-one.ts';

import { ownByNature } from './own-by-nature.ts';
import type { GroupReading, Said } from './reading.ts';

export interface FactsCompared {
  readonly differences: readonly DraftDifference[];
  readonly notCompared: readonly NotCompared[];
  /** Facts that at least two sides tell, and how many of them are the same on all that tell. */
  readonly facts: number;
  readonly sameFacts: number;
}

/** @param readings of one group, in the order of the sides. */
export function compareGroup(
  group: FactGroup,
  sides: readonly OneSide[],
  readings: readonly GroupReading[],
): FactsCompared {
  const subjects = new Set(readings.flatMap(({ said }) => [...said.keys()]));
  const differences: DraftDifference[] = [];
  let facts = 0;
  let same = 0;
  let oneSided = 0;
  for (const subject of subjects) {
    if (ownByNature(group.id, subject) !== null) continue;
    const found = readings.map((one) => lookUp(one, subject, readings));
    const known = found.flatMap((one) => one.said ?? []);
    if (known.length < 2) {
      oneSided += 1;
      continue;
    }
    facts += 1;
    if (isSame(known)) same += 1;
    else differences.push(differenceOf(group, sides, subject, found));
  }
  return { differences, notCompared: notCompared(group, sides, readings, oneSided), facts, sameFacts: same };
}

/** The same in meaning, or word by word: what is masked on one side only, since only that one has it, does not differ. */
function isSame(all: readonly Said[]): boolean {
  return new Set(all.map(({ meaning }) => meaning)).size === 1 || new Set(all.map(({ value }) => value)).size === 1;
}

interface Found {
  readonly said: Said | null;
  readonly because: string | null;
}

function lookUp(one: GroupReading, subject: string, all: readonly GroupReading[]): Found {
  const said = one.said.get(subject);
  if (said !== undefined) return { said, because: null };
  const { absent } = one;
  if (absent.known === 'nothing') return { said: null, because: absent.because };
  if (absent.known === 'absent') return { said: absent.said, because: null };
  const alike = all.every(({ absent: other }) => other.known !== 'absent-in-layout' || other.layout === absent.layout);
  return alike ? { said: absent.said, because: null } : { said: null, because: absent.because };
}

function differenceOf(
  group: FactGroup,
  sides: readonly OneSide[],
  subject: string,
  found: readonly Found[],
): DraftDifference {
  const meanings = found.map(({ said }) => said?.meaning ?? null);
  const values = found.map(({ said }) => said?.value ?? null);
  const known = knownFact(group.id, subject);
  const between = separates(sides, meanings);
  const full = known === null ? WEIGHT.fact : WEIGHT.knownFact + known.weight;
  // What also differs among the affected, or among the others, does not tell them apart.
  const weight = between ? full : known === null ? WEIGHT.fact - 50 : WEIGHT.fact + known.weight / 2;
  const shown = shownSubject(group, subject);
  return {
    id: `fact:${group.id}:${subject}`,
    kind: 'fact',
    area: group.area,
    subject: shown,
    sentence: `${shown}: ${whoHasWhat(sides, values)}.`,
    weight,
    because:
      known === null
        ? 'not known to matter by itself'
        : between
          ? known.because
          : `${known.because}, but it also differs among sides that are alike`,
    severity: known?.severity ?? null,
    values: found.map(
      ({ said, because }): DraftValue => ({ value: said?.value ?? null, because, refs: said?.refs ?? [] }),
    ),
    findings: [],
  };
}

/** A name that tells alone what it is: names of chains are the same in several tables. */
function shownSubject(group: FactGroup, subject: string): string {
  if (group.id.startsWith('chain ')) return `${group.id.slice('chain '.length)} ${subject}`;
  if (/^(?:nft|route|policy rule) /.test(group.id)) return `${group.id} ${subject}`;
  const lead = LEADS[group.id];
  return lead === undefined ? subject : `${lead} ${subject}`;
}

const LEADS: Readonly<Record<string, string>> = {
  'kube-proxy': 'kube-proxy',
  kubelet: 'kubelet',
  containerd: 'containerd',
  version: 'version of',
  resolver: 'resolv.conf',
  module: 'module',
  interface: 'interface',
  ipset: 'set',
  mount: 'mount',
  'cni-config': 'CNI configuration',
};

function notCompared(
  group: FactGroup,
  sides: readonly OneSide[],
  readings: readonly GroupReading[],
  oneSided: number,
): readonly NotCompared[] {
  const silent = readings.flatMap(({ said, absent }, at) =>
    said.size === 0 && absent.known === 'nothing' ? [{ side: sides[at]?.label ?? '', because: absent.because }] : [],
  );
  if (silent.length === readings.length) return [];
  if (silent.length > 0) {
    const reasons = [...new Set(silent.map(({ because }) => because))].join('; ');
    return [{ what: `${group.title} of ${named(silent.map(({ side }) => side))}`, because: reasons }];
  }
  if (oneSided === 0) return [];
  const count = oneSided === 1 ? '1 of them was' : `${oneSided} of them were`;
  return [{ what: `some ${group.title}`, because: `${count} captured on one side only` }];
}

/** @returns groups that no side tells anything of. */
export function silentGroups(
  groups: readonly FactGroup[],
  readings: readonly ReadonlyMap<string, GroupReading>[],
): readonly FactGroup[] {
  return groups.filter(({ id }) =>
    readings.every((one) => {
      const reading = one.get(id);
      return reading === undefined || (reading.said.size === 0 && reading.absent.known === 'nothing');
    }),
  );
}
