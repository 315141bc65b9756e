/** What the table of nodes shows of a fleet, and in which order. Pure. */
import { counted, sentenceCase } from '../../model/format.ts';
import type { BundleId, Fleet, FleetGroup, FleetNode } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';

export interface FleetSection {
  readonly group: FleetGroup | null;
  readonly nodes: readonly FleetNode[];
}

/** @returns nodes below their groups, worst first. */
export function fleetSections({ groups, nodes }: Fleet): readonly FleetSection[] {
  const sections = groups.map((group) => ({
    group,
    nodes: nodes.filter((node) => node.group === group.id).sort(byFindings),
  }));
  const alone = nodes.filter((node) => groups.every(({ id }) => id !== node.group));
  return [...sections, ...(alone.length === 0 ? [] : [{ group: null, nodes: alone }])].filter(
    (section) => section.nodes.length > 0,
  );
}

function byFindings(a: FleetNode, b: FleetNode): number {
  for (const severity of SEVERITY_ORDER) {
    const more = b.findings[severity] - a.findings[severity];
    if (more !== 0) return more;
  }
  return (a.node ?? '') < (b.node ?? '') ? -1 : 1;
}

/** @returns columns in which a node stands out, or is not known where others are. */
export function differingColumns({ columns, nodes }: Fleet): readonly string[] {
  return columns.filter((column) => {
    const values = new Set(nodes.map((node) => factOf(node, column)));
    return values.size > 1;
  });
}

/** @returns what all nodes have alike: `kernel 5.10.228`. */
export function sameValues(fleet: Fleet): readonly string[] {
  const differing = differingColumns(fleet);
  const [first] = fleet.nodes;
  if (first === undefined) return [];
  return fleet.columns
    .filter((column) => !differing.includes(column))
    .flatMap((column) => {
      const value = factOf(first, column);
      return value === null ? [] : [`${column} ${value}`];
    });
}

/** Programs are written as they are called. */
const PROGRAMS: ReadonlySet<string> = new Set(['kubelet', 'kube-proxy']);

/** @returns what stands above a column of facts: `Container runtime`, `kubelet`. */
export function columnHead(column: string): string {
  return PROGRAMS.has(column) ? column : sentenceCase(column);
}

/** @returns what a node has in a column; null where it is not known. */
export function factOf(node: FleetNode, column: string): string | null {
  return node.facts.find((fact) => fact.name === column)?.value ?? null;
}

/** @returns `3 nodes`, or `5 bundles of 3 nodes` where some own several. */
export function nodesWords({ nodes }: Fleet): string {
  const own = new Set(nodes.map(({ node, bundle }) => node ?? bundle)).size;
  return own === nodes.length ? counted(own, 'node') : `${counted(nodes.length, 'bundle')} of ${counted(own, 'node')}`;
}

/** @returns the mode that most nodes run in; null when two are as frequent, or when all are alike. */
export function usualMode(nodes: readonly FleetNode[]): string | null {
  const counts = new Map<string, number>();
  for (const { mode } of nodes) counts.set(mode, (counts.get(mode) ?? 0) + 1);
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  return first === undefined || second === undefined || first[1] === second[1] ? null : first[0];
}

/** @returns bundles in the order of the table, as many as can be compared. */
export function worstFirst(sections: readonly FleetSection[], most: number): readonly BundleId[] {
  return sections.flatMap(({ nodes }) => nodes.map(({ bundle }) => bundle)).slice(0, most);
}
