/**
 * Where the boxes and lines of a service's graph go. Pure and deterministic. Columns are the engine's; inside a column
 * a box stands near those it is joined to, and a line that passes a column gets a place of its own in it.
 */
import { counted } from '../../model/format.ts';
import type { GraphEdge, GraphNode, ServiceGraph } from '../../model/types.ts';

export interface PlacedNode {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Label as it fits, then detail and counter where there are. */
  readonly lines: readonly { readonly kind: 'label' | 'detail' | 'packets'; readonly text: string }[];
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly path: string;
  /** Null for a line without words. `anchor` says which end of the text is at x. */
  readonly label: {
    readonly x: number;
    readonly anchor: 'start' | 'end';
    readonly lines: readonly { readonly text: string; readonly y: number }[];
  } | null;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

const MARGIN = 12;
const ROW_GAP = 14;
/** Height of the place of a line that passes a column, and what each of its words adds. */
const LANE = { none: 10, line: 14 } as const;
const LINE = 15;
const PAD_X = 10;
const PAD_Y = 8;
const WIDTH = { least: 96, most: 190 } as const;
/** Widths of a character of the fonts of a box: the layout cannot measure text, so it takes the widest. */
const CHAR = { label: 6.7, detail: 6.5, edge: 6.4 } as const;
const GAP = { least: 44, most: 190, around: 30, fan: 60 } as const;
const LABEL_STEP = 6;
/** From the words above a line to those below it. */
const BELOW = 18;
/** Room for the severity's shape beside a label. */
const MARK = 20;

/** @returns the text, its middle cut out when it is longer: both ends of a chain name or an address tell it apart. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const tail = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** @returns what is said on an edge: its label, then its counter, where there are. */
function edgeLines(edge: GraphEdge): readonly string[] {
  return [edge.label ?? '', edge.packets === null ? '' : counted(edge.packets, 'packet')].filter((one) => one !== '');
}

/** @returns the same in one line. */
export const edgeWords = (edge: GraphEdge): string => edgeLines(edge).join(', ');

/** A place in a column: a box, or a line that passes. */
interface Slot {
  readonly id: string;
  readonly placed: PlacedNode | null;
  readonly height: number;
  y: number;
}

function boxOf(node: GraphNode): {
  readonly width: number;
  readonly height: number;
  readonly lines: PlacedNode['lines'];
} {
  const room = (char: number, used: number) => Math.floor((WIDTH.most - 2 * PAD_X - used) / char);
  const mark = node.severity === null ? 0 : MARK;
  const all: PlacedNode['lines'] = [
    { kind: 'label', text: cutMiddle(node.label, room(CHAR.label, mark)) },
    ...(node.detail === null ? [] : [{ kind: 'detail' as const, text: cutMiddle(node.detail, room(CHAR.detail, 0)) }]),
    ...(node.packets === null ? [] : [{ kind: 'packets' as const, text: counted(node.packets, 'packet') }]),
  ];
  const wide = all.map(
    ({ kind, text }) => text.length * (kind === 'label' ? CHAR.label : CHAR.detail) + (kind === 'label' ? mark : 0),
  );
  return {
    width: Math.min(WIDTH.most, Math.max(WIDTH.least, Math.ceil(Math.max(...wide)) + 2 * PAD_X)),
    height: all.length * LINE + 2 * PAD_Y,
    lines: all,
  };
}

/** The columns that are used, counted from 0 without holes. */
function columnsOf(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const used = [...new Set(nodes.map((node) => node.column))].sort((a, b) => a - b);
  return new Map(nodes.map((node) => [node.id, used.indexOf(node.column)]));
}

/** Places of one edge in the columns between its ends, from left to right. */
const laneId = (edge: number, column: number) => `\u0000${edge} ${column}`;

/**
 * Puts the middle of each slot as near to its wanted height as the others let it, in the order of those heights: the
 * mean of pushing them down from the top and up from the bottom, which keeps every distance that both keep.
 */
function settle(slots: Slot[], wanted: ReadonlyMap<string, number>): void {
  const centre = (slot: Slot) => wanted.get(slot.id) ?? slot.y + slot.height / 2;
  const order = slots.map((slot, index) => ({ slot, index, top: centre(slot) - slot.height / 2, down: 0, up: 0 }));
  // Stable: what is joined to the same box keeps its order.
  order.sort((a, b) => a.top + a.slot.height / 2 - (b.top + b.slot.height / 2) || a.index - b.index);
  let least = -Infinity;
  for (const one of order) {
    one.down = Math.max(least, one.top);
    least = one.down + one.slot.height + ROW_GAP;
  }
  let most = Infinity;
  for (const one of [...order].reverse()) {
    one.up = Math.min(most - one.slot.height, one.top);
    most = one.up - ROW_GAP;
  }
  for (const { slot, down, up } of order) slot.y = (down + up) / 2;
  slots.splice(0, slots.length, ...order.map(({ slot }) => slot));
}

/** @returns places of all boxes and lines; edges whose ends are unknown are left out. */
export function layoutGraph(graph: Pick<ServiceGraph, 'nodes' | 'edges'>): GraphLayout {
  const column = columnsOf(graph.nodes);
  const edges = graph.edges.filter((edge) => column.has(edge.from) && column.has(edge.to));
  const { columns, paths, joints } = slotsOf(graph.nodes, edges, column);
  arrange(columns, joints);
  const places = placesOf(columns, gapsOf(columns.length, edges, column));
  const taken: Box[] = [];
  const lines = edges.map((edge, index): PlacedEdge => {
    const ends = paths[index]?.flatMap((id) => places.get(id) ?? []) ?? [];
    const forward = (column.get(edge.to) ?? 0) > (column.get(edge.from) ?? 0);
    const side = forward ? sideOf(edge, edges) : 'source';
    return { edge, path: pathOf(ends, forward), label: labelOf(edge, ends, side, taken) };
  });
  const highest = Math.min(0, ...taken.map((box) => box.top));
  const nodes = [...places.values()].flatMap(({ node }) => (node === null ? [] : [node]));
  const tallest = Math.max(0, ...columns.flat().map((slot) => slot.y + slot.height));
  return {
    width: Math.ceil(Math.max(0, ...nodes.map((node) => node.x + node.width)) + MARGIN + loopRoom(edges, column)),
    height: tallest + 2 * MARGIN - highest,
    nodes: nodes.map((node) => ({ ...node, y: node.y - highest })),
    edges: lines.map((edge) => lowered(edge, -highest)),
  };
}

interface Slots {
  readonly columns: readonly Slot[][];
  /** Of each edge: the slots from its one end to the other. */
  readonly paths: readonly (readonly string[])[];
  /** Joined pairs of neighbouring columns: [left, right]. */
  readonly joints: readonly (readonly [string, string])[];
}

function slotsOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[], column: ReadonlyMap<string, number>): Slots {
  const count = Math.max(0, ...[...column.values()].map((one) => one + 1));
  const columns: Slot[][] = Array.from({ length: count }, () => []);
  for (const node of nodes) {
    const placed = { node, x: 0, y: 0, ...boxOf(node) };
    columns[column.get(node.id) ?? 0]?.push({ id: node.id, placed, height: placed.height, y: 0 });
  }
  const joints: (readonly [string, string])[] = [];
  const paths = edges.map((edge, index) => {
    const from = column.get(edge.from) ?? 0;
    const to = column.get(edge.to) ?? 0;
    const path = [edge.from];
    for (let between = from + 1; between < to; between += 1) {
      const words = between === from + 1 ? edgeLines(edge).length : 0;
      columns[between]?.push({ id: laneId(index, between), placed: null, height: LANE.none + words * LANE.line, y: 0 });
      path.push(laneId(index, between));
    }
    path.push(edge.to);
    if (to > from) for (let at = 1; at < path.length; at += 1) joints.push([path[at - 1] ?? '', path[at] ?? '']);
    return path;
  });
  return { columns, paths, joints };
}

/** Stacks each column around one middle, then brings what is joined beside each other, there and back twice; the highest slot is at 0. */
function arrange(columns: readonly Slot[][], joints: Slots['joints']): void {
  for (const slots of columns) {
    let y = 0;
    for (const slot of slots) {
      slot.y = y;
      y += slot.height + ROW_GAP;
    }
    for (const slot of slots) slot.y -= y / 2;
  }
  for (const direction of ['right', 'left', 'right', 'left'] as const) {
    for (const slots of direction === 'right' ? columns : [...columns].reverse()) {
      const at = new Map(columns.flat().map((slot) => [slot.id, slot.y + slot.height / 2]));
      const wanted = new Map<string, number>();
      for (const slot of slots) {
        const joined = joints
          .filter(([left, right]) => (direction === 'right' ? right : left) === slot.id)
          .flatMap(([left, right]) => at.get(direction === 'right' ? left : right) ?? []);
        if (joined.length > 0) wanted.set(slot.id, joined.reduce((sum, one) => sum + one, 0) / joined.length);
      }
      settle(slots, wanted);
    }
  }
  const all = columns.flat();
  const lowest = Math.min(...all.map((slot) => slot.y));
  for (const slot of all) slot.y -= lowest;
}

/** Room behind each column: as wide as the longest words that stand in it. */
function gapsOf(count: number, edges: readonly GraphEdge[], column: ReadonlyMap<string, number>): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    const words = edges
      .filter((edge) => labelSide(edge, edges, column) === index)
      .map((edge) => Math.max(...edgeLines(edge).map((text) => text.length), 0) * CHAR.edge + GAP.around);
    // A wide fan needs room to open.
    const fan = edges.filter((edge) => column.get(edge.from) === index).length;
    return Math.min(GAP.most, Math.max(GAP.least, ...words)) + Math.min(GAP.fan, fan);
  });
}

/** Where the lines that come to a slot end: its left, and its middle. */
interface Place {
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly node: PlacedNode | null;
}

/** A column is as wide as its widest box. */
function placesOf(columns: readonly (readonly Slot[])[], gaps: readonly number[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  let x = MARGIN;
  for (const [index, slots] of columns.entries()) {
    const width = Math.max(0, ...slots.map((slot) => slot.placed?.width ?? 0));
    for (const { id, placed: box, y, height } of slots) {
      places.set(id, {
        x,
        width: box?.width ?? width,
        y: MARGIN + y + height / 2,
        node: box === null ? null : { ...box, x, y: MARGIN + y },
      });
    }
    x += width + (gaps[index] ?? 0);
  }
  return places;
}

/** A line that passes a column has its words there, in the place it has to itself; any other beside one of its ends. */
function labelOf(
  edge: GraphEdge,
  ends: readonly Place[],
  side: 'source' | 'target',
  taken: Box[],
): PlacedEdge['label'] {
  const first = ends[0];
  const last = ends.at(-1);
  const lane = ends.length > 2 ? ends[1] : undefined;
  if (first === undefined || last === undefined) return null;
  if (lane !== undefined) return placeWords(edge, [lane.x + 6, lane.y], 'start', taken);
  if (side === 'source') return placeWords(edge, [first.x + first.width + 8, first.y], 'start', taken);
  return placeWords(edge, [last.x - 14, last.y], 'end', taken);
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Words of an edge beside its end: what decides above the line, the counter below it. Moved up until they meet none of
 * those that are there already, which `taken` collects.
 */
function placeWords(
  edge: GraphEdge,
  [x, line]: readonly [number, number],
  anchor: 'start' | 'end',
  taken: Box[],
): PlacedEdge['label'] {
  const room = Math.floor((GAP.most - GAP.around) / CHAR.edge);
  const lines = edgeLines(edge).map((text) => cutMiddle(text, room));
  if (lines.length === 0) return null;
  const wide = Math.max(...lines.map((text) => text.length)) * CHAR.edge;
  const [left, right] = anchor === 'start' ? [x, x + wide] : [x - wide, x];
  let y = line - 5;
  const box = (): Box => ({ left, right, top: y - 11, bottom: y + 3 + (lines.length - 1) * BELOW });
  const meets = (a: Box) =>
    taken.some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom);
  while (meets(box())) y -= LABEL_STEP;
  taken.push(box());
  return { x, anchor, lines: lines.map((text, index) => ({ text, y: y + index * BELOW })) };
}

/** A line inside the last column bulges out of it. */
const loopRoom = (edges: readonly GraphEdge[], column: ReadonlyMap<string, number>) =>
  edges.some((edge) => (column.get(edge.to) ?? 0) <= (column.get(edge.from) ?? 0)) ? GAP.most : 0;

function lowered(edge: PlacedEdge, by: number): PlacedEdge {
  if (by === 0) return edge;
  const { label } = edge;
  const path = edge.path.replace(/(-?[\d.]+) (-?[\d.]+)/g, (_all, x: string, y: string) => `${x} ${Number(y) + by}`);
  return {
    ...edge,
    path,
    label: label === null ? null : { ...label, lines: label.lines.map(({ text, y }) => ({ text, y: y + by })) },
  };
}

/** Words stand at the end that fewer lines share, so that those of a fan do not meet. */
function sideOf(edge: GraphEdge, edges: readonly GraphEdge[]): 'source' | 'target' {
  const out = edges.filter((one) => one.from === edge.from).length;
  const into = edges.filter((one) => one.to === edge.to).length;
  return into > out ? 'source' : 'target';
}

/** Column after which the words of an edge stand; -1 when they stand in a column. */
function labelSide(edge: GraphEdge, edges: readonly GraphEdge[], column: ReadonlyMap<string, number>): number {
  const from = column.get(edge.from) ?? 0;
  const to = column.get(edge.to) ?? 0;
  if (to - from > 1) return -1;
  return sideOf(edge, edges) === 'source' || to <= from ? from : to - 1;
}

const r = (value: number) => Math.round(value * 10) / 10;

function pathOf(ends: readonly Place[], forward: boolean): string {
  const [first] = ends;
  const last = ends.at(-1);
  if (first === undefined || last === undefined) return '';
  if (!forward) {
    // Back or inside a column: out on the right and in again on the right.
    const right = Math.max(first.x + first.width, last.x + last.width) + 40;
    return `M${r(first.x + first.width)} ${r(first.y)}C${r(right)} ${r(first.y)} ${r(right)} ${r(last.y)} ${r(last.x + last.width)} ${r(last.y)}`;
  }
  const points: (readonly [number, number])[] = [[first.x + first.width, first.y]];
  for (const lane of ends.slice(1, -1)) points.push([lane.x, lane.y], [lane.x + lane.width, lane.y]);
  points.push([last.x, last.y]);
  let path = `M${r(points[0]?.[0] ?? 0)} ${r(points[0]?.[1] ?? 0)}`;
  for (let at = 1; at < points.length; at += 1) {
    const [fromX, fromY] = points[at - 1] ?? [0, 0];
    const [toX, toY] = points[at] ?? [0, 0];
    const half = r((fromX + toX) / 2);
    path += `C${half} ${r(fromY)} ${half} ${r(toY)} ${r(toX)} ${r(toY)}`;
  }
  return path;
}

export type Move = 'up' | 'down' | 'left' | 'right';

/** @returns the box an arrow key leads to from `id`: the nearest one in the column beside, or the next in its own. */
export function nodeAfter(layout: GraphLayout, id: string, move: Move): string | null {
  const from = layout.nodes.find(({ node }) => node.id === id);
  if (from === undefined) return layout.nodes[0]?.node.id ?? null;
  const centre = (one: PlacedNode) => one.y + one.height / 2;
  const away = (one: PlacedNode) => Math.abs(centre(one) - centre(from));
  const inline = move === 'up' || move === 'down';
  const sign = move === 'down' || move === 'right' ? 1 : -1;
  const ahead = layout.nodes.filter((one) =>
    inline ? one.x === from.x && (centre(one) - centre(from)) * sign > 0 : (one.x - from.x) * sign > 0,
  );
  const nearest = Math.min(...ahead.map((one) => Math.abs(one.x - from.x)));
  const [best] = ahead.filter((one) => Math.abs(one.x - from.x) === nearest).sort((a, b) => away(a) - away(b));
  return best?.node.id ?? null;
}
