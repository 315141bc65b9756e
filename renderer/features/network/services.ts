/** Which services are shown, in which order, and what the first line says of them. Pure. */
import { named, someOf } from '../../../analyzer/core/some-of.ts';
import type { Mark } from '../../model/derive.ts';
import { count, counted } from '../../model/format.ts';
import { groupedBy } from '../../model/grouped-by.ts';
import { compareNames } from '../../model/node-names.ts';
import type { BundleId, HealthLevel, NetworkNode, ServiceRow } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import type { ServiceList, ServiceSort } from '../../stores/network.ts';
import { ALL_LEVELS } from '../../stores/network.ts';
import { addressWords } from './words.ts';

/** @returns what tells one row from all others of the case. */
export function serviceKey(row: Pick<ServiceRow, 'bundle' | 'family' | 'id' | 'protocol'>): string {
  return [row.bundle, row.family, row.protocol, row.id].join(' ');
}

const HEALTH_WORD: Readonly<Record<HealthLevel, string>> = {
  impaired: 'impaired',
  unknown: 'not known',
  'no-endpoints': 'no endpoints',
  ok: 'ok',
};

export const healthWord = (level: HealthLevel): string => HEALTH_WORD[level];

/** @returns the shape beside the word. A service that is impaired without a known finding is impaired all the same. */
export function healthMark(health: Pick<ServiceRow['health'], 'level' | 'severity'>): Mark {
  switch (health.level) {
    case 'impaired':
      return health.severity ?? 'high';
    case 'unknown':
      return 'unknown';
    case 'no-endpoints':
      return 'info';
    case 'ok':
      return 'pass';
  }
}

/** @returns e.g. "172.20.87.14:80", "[fd00::1]:53", null without a cluster IP (headless, or known by its node port only). */
export function clusterAddress(row: Pick<ServiceRow, 'clusterIP' | 'servicePort'>): string | null {
  if (row.clusterIP === null) return null;
  return addressWords(row.clusterIP, row.servicePort);
}

/** @returns what the hits of a row are, for whoever wonders: packets or connections, where, and in which dump they stand. */
export function hitsWords({ packets, mode, countedAt }: Pick<ServiceRow, 'packets' | 'mode' | 'countedAt'>): string {
  if (packets === null) return 'No dump that was captured counts its cluster IP';
  const where = countedAt === null ? '' : `, in ${countedAt.file}:${countedAt.line}`;
  return mode === 'ipvs'
    ? `Connections that its virtual server counted${where}`
    : `Packets that the rule of its cluster IP counted: the first of each connection${where}`;
}

/** @returns dumps that were read for their counters alone, each once. */
export function filesOfCounters(rows: readonly ServiceRow[]): readonly string[] {
  const counted = rows.flatMap((row) => [row, ...row.endpoints]).flatMap(({ countedAt }) => countedAt?.file ?? []);
  return [...new Set(counted)];
}

const textOf = (row: ServiceRow) =>
  [
    row.id,
    clusterAddress(row) ?? '',
    row.nodePort === null ? '' : String(row.nodePort),
    row.node ?? '',
    row.protocol,
    ...row.externalIPs,
    ...row.loadBalancerIPs,
    ...row.endpoints.map((one) => one.address),
  ]
    .join('\n')
    .toLowerCase();

/** @returns the rows that pass; every word of the text must be in what the row or its endpoints say. */
export function filterServices(
  rows: readonly ServiceRow[],
  filters: Pick<ServiceList, 'text' | 'levels'>,
): readonly ServiceRow[] {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (!filters.levels.has(row.health.level)) return false;
    if (words.length === 0) return true;
    const text = textOf(row);
    return words.every((word) => text.includes(word));
  });
}

const healthRank = ({ health }: ServiceRow) => {
  const severity = health.severity === null ? 1 : SEVERITY_ORDER.indexOf(health.severity);
  return ALL_LEVELS.indexOf(health.level) * 10 + (health.level === 'impaired' ? severity : 0);
};
const MODES: Readonly<Record<NetworkNode['mode'], string>> = {
  iptables: 'iptables mode',
  ipvs: 'IPVS mode',
  nftables: 'nftables mode',
  replaced: 'kube-proxy is replaced',
  none: 'no rules of kube-proxy',
  unknown: 'mode not known',
};

/** @returns how kube-proxy works on a node, before the reason. */
export function modeWords(mode: NetworkNode['mode']): string {
  return MODES[mode];
}

const byName = (a: ServiceRow, b: ServiceRow) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const byNode = (a: ServiceRow, b: ServiceRow) => compareNames(a.node ?? '', b.node ?? '');

const COMPARE: Readonly<Record<ServiceSort, (a: ServiceRow, b: ServiceRow) => number>> = {
  health: (a, b) => healthRank(a) - healthRank(b),
  name: () => 0,
  // No counter is no number: those rows come last.
  hits: (a, b) => (b.packets ?? -1) - (a.packets ?? -1),
};

/** @returns the rows in order; equal ones by name, then node. */
export function sortServices(rows: readonly ServiceRow[], sort: ServiceSort): readonly ServiceRow[] {
  return [...rows].sort((a, b) => COMPARE[sort](a, b) || byName(a, b) || byNode(a, b));
}

/** @returns number of rows of each level. */
export function countByLevel(rows: readonly ServiceRow[]): ReadonlyMap<HealthLevel, number> {
  return new Map(ALL_LEVELS.map((level) => [level, rows.filter((row) => row.health.level === level).length]));
}

const number = (value: number) => (value === 0 ? 'None' : count(value));
const withPoint = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What impairs services of one node, in half a line: "shop/web: ..." or how many. */
function worstOf(rows: readonly ServiceRow[]): string {
  const impaired = sortServices(
    rows.filter((row) => row.health.level === 'impaired'),
    'health',
  );
  const [first] = impaired;
  if (first === undefined) return '';
  const { because } = first.health;
  const same = impaired.filter((row) => row.health.because === because);
  // The one reason of all of them, and a reason that names the service itself, stand alone.
  if (same.length > 1 && same.length === impaired.length) return because;
  const who = same.length > 1 ? `${first.id} and ${counted(same.length - 1, 'other')}` : first.id;
  return because.includes(who) ? because : `${who}: ${because}`;
}

function restOf(counts: ReadonlyMap<HealthLevel, number>): string {
  const unknown = counts.get('unknown') ?? 0;
  const empty = counts.get('no-endpoints') ?? 0;
  return [
    unknown === 0 ? '' : ` Of ${count(unknown)} it is not known.`,
    empty === 0 ? '' : ` ${count(empty)} ${empty === 1 ? 'has' : 'have'} no endpoints.`,
  ].join('');
}

/**
 * The first line of the screen.
 * One node: "2 of 14 services are impaired on ip-10-0-1-2: shop/web has no endpoint rules."
 * Several: "12 of 12 services are impaired on a, 1 of 13 on b, none of 13 on c."
 * Many: "9 of 10 services are impaired on each of a, b and 58 more."
 */
export function servicesSentence(
  rows: readonly ServiceRow[],
  nodes: readonly NetworkNode[],
  nameOf: (bundle: BundleId) => string,
): string {
  const per = nodes.map((node) => {
    const own = rows.filter((row) => row.bundle === node.bundle);
    return { node, own, counts: countByLevel(own), name: nameOf(node.bundle) };
  });
  const [only] = per;
  if (only === undefined) return 'No node is in scope.';
  const impairedOf = (one: (typeof per)[number]) => one.counts.get('impaired') ?? 0;
  if (per.length === 1) {
    const { own, counts, name } = only;
    if (own.length === 0)
      return only.node.notKnown.length > 0
        ? `Which services ${name} knows could not be read.`
        : `The rules of ${name} hold no service.`;
    const impaired = impairedOf(only);
    const verb = impaired <= 1 ? 'is' : 'are';
    const head = `${number(impaired)} of ${counted(own.length, 'service')} ${verb} impaired on ${name}`;
    return `${withPoint(impaired === 0 ? head : `${head}: ${worstOf(own)}`)}${restOf(counts)}`;
  }
  const alike = groupedBy(
    per.map((one) => ({ ...one, impaired: impairedOf(one) })).sort((a, b) => b.impaired - a.impaired),
    ({ own, impaired }) => `${impaired} of ${own.length}`,
  );
  const parts = [...alike.values()].map((same, index) => {
    const { own, impaired } = same[0] as (typeof same)[number];
    const names = named(same.map(({ name }) => name));
    if (own.length === 0) return `on ${names} no service was read`;
    const where = same.length > 1 ? `each of ${names}` : names;
    const much = `${index === 0 ? number(impaired) : number(impaired).toLowerCase()} of ${count(own.length)}`;
    const verb = impaired <= 1 ? 'is' : 'are';
    return index === 0 ? `${much} services ${verb} impaired on ${where}` : `${much} on ${where}`;
  });
  const said = someOf(parts, GROUPS_SAID, parts.some((part) => part.includes(', ')) ? '; ' : ', ');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}.${restOf(countByLevel(rows))}`;
}

/** Different counts that the sentence tells; the list has all. */
const GROUPS_SAID = 4;

/** @returns the same service on the other nodes, in the order of the answer. */
export function onOtherNodes(row: ServiceRow, rows: readonly ServiceRow[]): readonly ServiceRow[] {
  return rows.filter(
    (one) =>
      one.bundle !== row.bundle && one.id === row.id && one.protocol === row.protocol && one.family === row.family,
  );
}
