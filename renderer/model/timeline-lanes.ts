/** Lanes of the timeline as rows: a node with what it holds, open or shut, each lane shown or left out. Pure. */
import { groupedBy } from './grouped-by.ts';
import type { BundleId, TimelineGap, TimelineHistogram, TimelineLane } from './types.ts';

/** Levels of a line, in the order of the counts of a cell. */
export const LEVELS = ['none', 'low', 'warning', 'error'] as const;
export type Level = (typeof LEVELS)[number];
/** A cell: its column and its counts. */
export const CELL_NUMBERS = 1 + LEVELS.length;

export interface LevelCounts {
  readonly lines: number;
  readonly warnings: number;
  readonly errors: number;
}

interface RowOf extends LevelCounts {
  readonly id: string;
  readonly bundle: BundleId | null;
  /** Node or component. */
  readonly name: string;
  readonly cells: readonly number[];
  readonly gaps: readonly TimelineGap[];
}

export type LaneRow =
  | (RowOf & { readonly kind: 'node'; readonly state: 'open' | 'shut'; readonly lanes: readonly string[] })
  | (RowOf & { readonly kind: 'component'; readonly shown: 'shown' | 'left out' });

/** With more lanes than this the nodes are shut until they are opened: the lines below have room. */
const OPEN_LANES_MAX = 12;

/** @returns cells of several lanes added up, columns ascending, empty ones left out. */
export function addedCells(lanes: readonly Pick<TimelineLane, 'cells'>[], columns: number): readonly number[] {
  const counts = new Float64Array(columns * LEVELS.length);
  for (const { cells } of lanes) {
    for (let at = 0; at + LEVELS.length < cells.length; at += CELL_NUMBERS) {
      const column = cells[at] as number;
      if (column >= columns) break;
      for (let level = 0; level < LEVELS.length; level += 1)
        counts[column * LEVELS.length + level] =
          (counts[column * LEVELS.length + level] as number) + (cells[at + 1 + level] as number);
    }
  }
  const added: number[] = [];
  for (let column = 0; column < columns; column += 1) {
    const cell = counts.subarray(column * LEVELS.length, (column + 1) * LEVELS.length);
    if (cell.some((count) => count > 0)) added.push(column, ...cell);
  }
  return added;
}

/** @returns what the cells count together; those of the columns between two, both included, where they are given. */
export function countCells(cells: readonly number[], first = 0, last: number = Number.POSITIVE_INFINITY): LevelCounts {
  let [lines, warnings, errors] = [0, 0, 0];
  for (let at = 0; at + LEVELS.length < cells.length; at += CELL_NUMBERS) {
    const column = cells[at] as number;
    if (column < first) continue;
    if (column > last) break;
    const [warning, error] = [cells[at + 3] as number, cells[at + 4] as number];
    lines += (cells[at + 1] as number) + (cells[at + 2] as number) + warning + error;
    warnings += warning;
    errors += error;
  }
  return { lines, warnings, errors };
}

/** @returns the name of the lane of a node's component: what a gap is drawn in. */
const laneKey = (bundle: BundleId | null, component: string | null) => `${bundle} ${component}`;

/**
 * @param names of nodes by bundle. @param byHand nodes that were opened or shut. @param leftOut ids of lanes.
 * @returns rows in the order of the lanes: each node, and below it its components where it is open.
 */
export function laneRows(
  { lanes, columns, gaps }: Pick<TimelineHistogram, 'lanes' | 'columns' | 'gaps'>,
  names: ReadonlyMap<BundleId, string>,
  byHand: ReadonlyMap<string, 'open' | 'shut'>,
  leftOut: ReadonlySet<string>,
): readonly LaneRow[] {
  const gapsOf = groupedBy(gaps, (gap) => laneKey(gap.bundle, gap.component));
  const nodes = groupedBy(lanes, (lane) => lane.bundle ?? lane.id);
  const usual = lanes.length > OPEN_LANES_MAX ? 'shut' : 'open';
  return [...nodes].flatMap(([id, own]): readonly LaneRow[] => {
    const bundle = own[0]?.bundle ?? null;
    const shown = own.filter((lane) => !leftOut.has(lane.id));
    const cells = addedCells(shown, columns);
    const state = byHand.get(id) ?? usual;
    const node: LaneRow = {
      kind: 'node',
      id,
      bundle,
      name: bundle === null ? (own[0]?.component ?? 'other') : (names.get(bundle) ?? own[0]?.node ?? 'not known'),
      cells,
      ...countCells(cells),
      gaps: own.flatMap((lane) => gapsOf.get(laneKey(lane.bundle, lane.component)) ?? []),
      state,
      lanes: own.map((lane) => lane.id),
    };
    if (state === 'shut' || bundle === null) return [node];
    return [
      node,
      ...own.map(
        (lane): LaneRow => ({
          kind: 'component',
          id: lane.id,
          bundle: lane.bundle,
          name: lane.component ?? 'other',
          cells: lane.cells,
          ...countCells(lane.cells),
          gaps: gapsOf.get(laneKey(lane.bundle, lane.component)) ?? [],
          shown: leftOut.has(lane.id) ? 'left out' : 'shown',
        }),
      ),
    ];
  });
}
