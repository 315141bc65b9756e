/** The timeline in words and lines: a row for each column, what was found in it, gaps, lanes. */
import { grouped } from '../../core/grouped.ts';
import type { MergedLine, TimelineGap, TimelineHistogram, TimelineLane } from '../../core/timeline.ts';
import { counted, nodeName } from '../../report/model.ts';
import { instantWords } from './clock-text.ts';
import type { Output } from './output.ts';
import type { Nodes } from './search-text.ts';
import { visible, wrap } from './text.ts';

/** Numbers of a cell: column, and lines of severity none, low, warning, error. */
const CELL_FIELDS = 5;
const BAR_WIDTH = 40;
/** Findings named below one row, and gaps in all: the screen of a terminal. */
const MARKERS_MAX = 4;
const GAPS_MAX = 40;
const DAY_MS = 86_400_000;

interface Row {
  readonly column: number;
  lines: number;
  warnings: number;
  errors: number;
}

/** @returns the window, a row for each column with lines or findings, lanes where there are several, and gaps. */
export function timelineLines(output: Output, answer: TimelineHistogram, nodes: Nodes): readonly string[] {
  const rows = rowsOf(answer);
  const most = rows.reduce((best, { lines }) => Math.max(best, lines), 0);
  return [
    ...wrap(answer.window.sentence, output.width),
    ...(rows.length === 0 ? [] : ['', legend(output, answer)]),
    ...rows.flatMap((row, at) => [
      ...pauseBefore(output, rows[at - 1], row, answer),
      rowLine(output, row, most, answer),
      ...markerLines(output, row.column, answer, nodes),
    ]),
    ...(answer.window.inside === 0 ? [] : laneLines(output, answer.lanes, nodes)),
    ...gapLines(output, answer.gaps),
    ...densestLines(output, answer, nodes),
  ];
}

function rowsOf({ lanes, markers, start, bucketMs, columns }: TimelineHistogram): readonly Row[] {
  const rows = new Map<number, Row>();
  const rowAt = (column: number): Row => {
    const row = rows.get(column) ?? { column, lines: 0, warnings: 0, errors: 0 };
    rows.set(column, row);
    return row;
  };
  for (const { cells } of lanes) {
    for (let at = 0; at < cells.length; at += CELL_FIELDS) {
      const [column = 0, none = 0, low = 0, warning = 0, error = 0] = cells.slice(at, at + CELL_FIELDS);
      const row = rowAt(column);
      row.lines += none + low + warning + error;
      row.warnings += warning;
      row.errors += error;
    }
  }
  for (const { first } of markers) {
    const column = Math.floor((Date.parse(first) - start) / bucketMs);
    if (column >= 0 && column < columns) rowAt(column);
  }
  return [...rows.values()].sort((one, other) => one.column - other.column);
}

function legend(output: Output, { bucketMs }: TimelineHistogram): string {
  return output.paint('dim', `Each row ${durationWords(bucketMs)}; in bars # errors, + warnings, . other lines.`);
}

/** @returns e.g. `10 s`, `2 min`, `6 h`, `5 d`. */
export function durationWords(ms: number): string {
  const units = [
    ['d', DAY_MS],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const;
  const [name, size] = units.find(([, unit]) => ms >= unit && ms % unit === 0) ?? (['s', 1_000] as const);
  return `${grouped(ms / size)} ${name}`;
}

function pauseBefore(
  output: Output,
  before: Row | undefined,
  { column }: Row,
  { bucketMs }: TimelineHistogram,
): readonly string[] {
  const empty = before === undefined ? 0 : column - before.column - 1;
  return empty <= 0 ? [] : [output.paint('dim', `  (${durationWords(empty * bucketMs)} without a line)`)];
}

function rowLine(
  output: Output,
  { column, lines, warnings, errors }: Row,
  most: number,
  answer: TimelineHistogram,
): string {
  const time = columnTime(answer, column);
  const length = lines === 0 ? 0 : Math.max(1, Math.round((lines / most) * BAR_WIDTH));
  // What is there at all is seen, however few.
  const red = errors === 0 ? 0 : Math.min(length, Math.max(1, Math.round((errors / lines) * length)));
  const yellow = warnings === 0 ? 0 : Math.min(length - red, Math.max(1, Math.round((warnings / lines) * length)));
  const bar = `${output.paint('high', '#'.repeat(red))}${output.paint('medium', '+'.repeat(yellow))}${'.'.repeat(length - red - yellow)}`;
  const counts = [
    ...(errors === 0 ? [] : [counted(errors, 'error')]),
    ...(warnings === 0 ? [] : [counted(warnings, 'warning')]),
  ];
  const said = counts.length === 0 ? '' : `  ${counts.join(', ')}`;
  return `${time}  ${grouped(lines).padStart(grouped(most).length)}  ${bar}${' '.repeat(BAR_WIDTH - length)}${said}`.trimEnd();
}

function columnTime({ start, bucketMs }: TimelineHistogram, column: number): string {
  const iso = new Date(start + column * bucketMs).toISOString();
  return `${iso.slice(0, 19)}Z`;
}

function markerLines(
  output: Output,
  column: number,
  { markers, start, bucketMs }: TimelineHistogram,
  nodes: Nodes,
): readonly string[] {
  const here = markers.filter(({ first }) => Math.floor((Date.parse(first) - start) / bucketMs) === column);
  const more = here.length - MARKERS_MAX;
  return [
    ...here.slice(0, MARKERS_MAX).map((one) => {
      const node = nodes === 'one node' ? '' : ` on ${visible(nodeName(one.node))}`;
      return `  > ${output.paint(one.severity, one.severity)} ${visible(one.title)}${node} (${visible(one.finding)})`;
    }),
    ...(more > 0 ? [`  > and ${counted(more, 'more finding')}`] : []),
  ];
}

function laneLines(output: Output, lanes: readonly TimelineLane[], nodes: Nodes): readonly string[] {
  if (lanes.length < 2) return [];
  const width = lanes.reduce((widest, { lines }) => Math.max(widest, grouped(lines).length), 0);
  return [
    '',
    output.paint('strong', 'By lane'),
    ...lanes.map((lane) => `${grouped(lane.lines).padStart(width)}  ${laneName(lane, nodes)}${severeWords(lane)}`),
  ];
}

function laneName({ bundle, node, component, file }: TimelineLane, nodes: Nodes): string {
  const rest = file ?? component;
  if (bundle === null || (rest !== null && nodes === 'one node')) return visible(rest ?? 'case');
  return `${visible(nodeName(node))}${rest === null ? '' : ` ${visible(rest)}`}`;
}

function severeWords({ cells }: TimelineLane): string {
  let [warnings, errors] = [0, 0];
  for (let at = 0; at < cells.length; at += CELL_FIELDS) {
    warnings += cells[at + 3] as number;
    errors += cells[at + 4] as number;
  }
  return warnings + errors === 0 ? '' : ` (${counted(errors, 'error')}, ${counted(warnings, 'warning')})`;
}

function gapLines(output: Output, gaps: readonly TimelineGap[]): readonly string[] {
  if (gaps.length === 0) return [];
  const more = gaps.length - GAPS_MAX;
  return [
    '',
    output.paint('strong', 'Gaps'),
    ...gaps.slice(0, GAPS_MAX).flatMap(({ from, to, file, sentence, evidence }) => {
      const place = `${visible(file)}${evidence === null ? '' : `:${evidence.line}`}`;
      const span = from === null ? `up to ${to}` : from === to ? to : `${from} to ${to}`;
      return [`${span}  ${place}`, ...wrap(sentence, output.width, '    ')];
    }),
    ...(more > 0 ? [`and ${counted(more, 'more gap')} (all with --json)`] : []),
  ];
}

function densestLines(output: Output, { densest }: TimelineHistogram, nodes: Nodes): readonly string[] {
  if (densest.length === 0) return [];
  return [
    '',
    output.paint('strong', 'Most warnings and errors in ten minutes'),
    ...densest.map(({ node, from, to, count, usual }) => {
      const where = nodes === 'one node' ? '' : `${visible(nodeName(node))}: `;
      // Logs of ten minutes in all have no elsewhere: what is there is called usual.
      const elsewhere = usual >= count ? '' : `, elsewhere ${grouped(usual)} on average`;
      return `${from} to ${to}  ${where}${grouped(count)}${elsewhere}`;
    }),
  ];
}

/** @returns `instant basis file:line: text`, with the node where there are several. */
export function mergedLines(output: Output, lines: readonly MergedLine[], nodes: Nodes): readonly string[] {
  return lines.map(({ node, file, line, time, timeBasis, severity, text, isCut }) => {
    const where = nodes === 'several nodes' ? `${visible(nodeName(node))} ${visible(file)}` : visible(file);
    const shown = `${visible(text)}${isCut ? ' ...' : ''}`;
    const painted = severity === null || severity === 'info' ? shown : output.paint(severity, shown);
    return `${output.paint('dim', instantWords(time, timeBasis))} ${where}:${line}: ${painted}`;
  });
}
