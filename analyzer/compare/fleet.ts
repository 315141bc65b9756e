/** The table of a case's nodes, and which of them fail alike. Pure: conclusions in, table out. */
import type { Fleet, FleetNode } from '../core/comparison.ts';
import type { BundleId } from '../core/ids.ts';
import { someOf } from '../core/some-of.ts';
import { statedIn } from '../core/stated-in.ts';
import type { ClockAlignment, ClockAlignments } from '../core/timeline.ts';
import {
  type Analysis,
  type Bundle,
  type Cause,
  type Finding,
  SEVERITIES,
  type Severity,
  severityRank,
} from '../core/vocabulary.ts';
import { MACHINE_FACTS, type MachineFactName } from '../facts/machine.ts';

/** What was read of one bundle beside its analysis. */
export interface FleetMachine {
  readonly bundle: BundleId;
  readonly facts: readonly { readonly name: MachineFactName; readonly value: string }[];
  /** ms since 1970. */
  readonly bootedAt: number | null;
}

export interface FleetInput {
  /** In case order. */
  readonly bundles: readonly Bundle[];
  readonly analysis: Analysis;
  /** Bundles may be missing. */
  readonly machines: readonly FleetMachine[];
  /** A sentence where clocks could not be measured. */
  readonly clocks: ClockAlignments | string;
}

/** Columns that the analysis knows, by its names of facts. */
const ANALYSED = [
  ['kubelet', 'kubelet version'],
  ['kernel', 'kernel version'],
  ['kube-proxy', 'kube-proxy version'],
  ['container runtime', 'containerd version'],
] as const;
const COLUMNS = [
  ...ANALYSED.map(([column]) => column),
  'VPC CNI',
  ...MACHINE_FACTS.filter((name) => name !== 'VPC CNI'),
];
/** Below this a cause says nothing of why a node fails. */
const LEAST: Severity = 'medium';
/** Titles of causes in the sentence of a group. */
const TITLES_MAX = 3;

/** @returns one row a bundle, in case order; columns that no node has a value for are left out. */
export function fleetOf(input: FleetInput): Fleet {
  const rows = input.bundles.map((bundle) => valuesOf(bundle.id, input));
  const columns = COLUMNS.filter((column) => rows.some((row) => row.has(column)));
  const usual = new Map(columns.map((column) => [column, usualValue(rows.map((row) => row.get(column)))]));
  const groups = groupsOf(input);
  const groupOf = new Map(groups.flatMap((group) => group.bundles.map((bundle) => [bundle, group.id])));
  return {
    columns,
    groups,
    nodes: input.bundles.map((bundle, at): FleetNode => {
      const values = rows[at] ?? new Map<string, string>();
      return {
        ...rowHead(bundle, input),
        facts: columns.map((name) => {
          const value = values.get(name) ?? null;
          return { name, value, differs: value !== null && usual.get(name) !== value };
        }),
        group: groupOf.get(bundle.id) ?? '',
      };
    }),
  };
}

function rowHead(
  { id, node, markedHealthy, collectedAt }: Bundle,
  { analysis, machines, clocks }: FleetInput,
): Omit<FleetNode, 'facts' | 'group'> {
  const booted = machines.find(({ bundle }) => bundle === id)?.bootedAt ?? null;
  const clock = typeof clocks === 'string' ? null : (clocks.nodes.find(({ bundle }) => bundle === id) ?? null);
  const own = analysis.findings.filter((finding) => statedIn(id, finding));
  const count = (severity: Severity): number => own.filter((finding) => finding.severity === severity).length;
  return {
    bundle: id,
    node,
    isHealthy: markedHealthy,
    mode: analysis.nodes.find(({ bundle }) => bundle === id)?.mode ?? 'unknown',
    findings: {
      critical: count('critical'),
      high: count('high'),
      medium: count('medium'),
      low: count('low'),
      info: count('info'),
    },
    bootedAt: booted === null ? null : isoOf(booted),
    collectedAt,
    clockOffsetMs: clock === null || isToldByNone(clock, clocks) ? null : clock.offsetMs,
    clock: typeof clocks === 'string' ? clocks : (clock?.sentence ?? 'not measured'),
  };
}

/** A reference that no other clock could be held against says nothing of its own. */
function isToldByNone({ outcome }: ClockAlignment, clocks: FleetInput['clocks']): boolean {
  return (
    outcome === 'reference' && typeof clocks !== 'string' && clocks.nodes.every((one) => one.outcome !== 'aligned')
  );
}

/** A hostile clock can lie beyond what a date can hold. */
function isoOf(time: number): string | null {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function valuesOf(id: BundleId, { analysis, machines }: FleetInput): ReadonlyMap<string, string> {
  const facts = analysis.nodes.find(({ bundle }) => bundle === id)?.facts ?? [];
  const analysed = ANALYSED.flatMap(([column, name]) => {
    const value = facts.find((fact) => fact.name === name)?.value;
    return value === undefined ? [] : [[column, value] as const];
  });
  const read = machines.find(({ bundle }) => bundle === id)?.facts ?? [];
  return new Map<string, string>([...analysed, ...read.map(({ name, value }) => [name, value] as const)]);
}

/** @returns the value that most have; null when two are as frequent: then all of them differ. */
function usualValue(values: readonly (string | undefined)[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first, second] = [...counts].sort((one, two) => two[1] - one[1]);
  return first === undefined || (second !== undefined && second[1] === first[1]) ? null : first[0];
}

type Group = Fleet['groups'][number];
type RankedCause = Cause & { readonly of: Finding };

/** Nodes with the same rules among their causes, the worst group first. */
function groupsOf({ bundles, analysis }: FleetInput): readonly Group[] {
  const findings = new Map(analysis.findings.map((finding) => [finding.id, finding]));
  const causes = analysis.causes
    .flatMap((cause): RankedCause[] => {
      const of = findings.get(cause.finding);
      return of === undefined || severityRank(of.severity) < severityRank(LEAST) ? [] : [{ ...cause, of }];
    })
    .sort((one, two) => one.rank - two.rank);
  const byRules = Map.groupBy(bundles, ({ id }) => signature(causes, id).join(' '));
  return [...byRules.values()]
    .map((members) => groupOf(members, causes))
    .sort(
      (one, two) =>
        rankOf(two.severity) - rankOf(one.severity) ||
        two.bundles.length - one.bundles.length ||
        (one.id < two.id ? -1 : 1),
    );
}

function signature(causes: readonly RankedCause[], id: BundleId): readonly string[] {
  return [...new Set(causes.filter(({ of }) => statedIn(id, of)).map(({ of }) => of.rule))].sort();
}

function rankOf(severity: Severity | null): number {
  return severity === null ? -1 : severityRank(severity);
}

function groupOf(members: readonly Bundle[], causes: readonly RankedCause[]): Group {
  const ids = members.map(({ id }) => id);
  const own = causes.filter(({ of }) => ids.some((id) => statedIn(id, of)));
  const rules = ids[0] === undefined ? [] : signature(causes, ids[0]);
  const nodes = new Set(members.map(({ node, name }) => node ?? name)).size;
  const who = nodes === 1 ? '1 node' : `${nodes} nodes`;
  const severity = SEVERITIES.find((one) => own.some(({ of }) => of.severity === one)) ?? null;
  const what = rules.length === 0 ? `nothing of ${LEAST} severity or above` : titles(own);
  return {
    id: rules.length === 0 ? 'none' : rules.join('+'),
    rules: [...rules],
    sentence: `${who}: ${what}`,
    severity,
    bundles: ids,
  };
}

/** Of each rule the title of its first cause; what it says in particular may be other on each node. */
function titles(own: readonly RankedCause[]): string {
  const byRule = Map.groupBy(own, ({ of }) => of.rule);
  const told = [...byRule.values()].map((same) => {
    const first = same[0]?.of.title ?? '';
    const isOne = same.every(({ of }) => of.title === first);
    return isOne ? first : `${first} (or alike)`;
  });
  return someOf(told, TITLES_MAX, '; ');
}
