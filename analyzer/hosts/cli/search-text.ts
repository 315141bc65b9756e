/** Answers of searches in words and lines. */

import type { SearchAnswer, SearchFacets, SearchMatch } from '../../contract/search.ts';
import { grouped } from '../../core/grouped.ts';
import { counted, nodeName } from '../../report/model.ts';
import { instantWords } from './clock-text.ts';
import type { Output } from './output.ts';
import { visible } from './text.ts';

/** Whether a file has to be told from one of the same name on another node. */
export type Nodes = 'one node' | 'several nodes';

function place(one: { readonly node: string | null; readonly file: string }, nodes: Nodes): string {
  return nodes === 'several nodes' ? `${visible(nodeName(one.node))} ${visible(one.file)}` : visible(one.file);
}

/** @returns `file:line: text`, context lines as `file-line- text`, groups apart by `--` when there is context. */
export function matchLines(
  output: Output,
  matches: readonly SearchMatch[],
  nodes: Nodes,
  times: 'shown' | 'left out',
): readonly string[] {
  const context = matches.some((match) => match.before.length + match.after.length > 0);
  return matches.flatMap((match, index) => {
    const at = place(match, nodes);
    const time = times === 'shown' ? `${output.paint('dim', instantWords(match.time, match.timeBasis))} ` : '';
    const near = (text: string, line: number): string => {
      const [, to] = shownPart(output, text, 0);
      return output.paint('dim', `${at}-${line}- ${visible(text.slice(0, to))}${restOf(text, to)}`);
    };
    return [
      ...(context && index > 0 ? ['--'] : []),
      ...match.before.map((text, offset) => near(text, match.line - match.before.length + offset)),
      `${at}:${match.line}: ${time}${highlighted(output, match)}`,
      ...match.after.map((text, offset) => near(text, match.line + 1 + offset)),
    ];
  });
}

/** Of a line on a terminal: a piece of a cut line is a megabyte. A program that reads the result gets all of it. */
const CHARS_SHOWN = 2_000;
/** Shown before the first match of a line that is cut. */
const LEAD_CHARS = 200;

function highlighted(output: Output, match: SearchMatch): string {
  const ranges = [...match.ranges].sort((a, b) => a[0] - b[0]);
  const [from, to] = shownPart(output, match.text, ranges[0]?.[0] ?? 0);
  let at = from;
  let shown = from > 0 ? '…' : '';
  for (const [start, end] of ranges) {
    if (start < at || end > to) continue;
    shown += visible(match.text.slice(at, start)) + output.paint('strong', visible(match.text.slice(start, end)));
    at = end;
  }
  return `${shown}${visible(match.text.slice(at, to))}${restOf(match.text, to)}`;
}

/** @param first where the first match begins. @returns the part of a text that is shown. */
function shownPart(output: Output, text: string, first: number): readonly [from: number, to: number] {
  if (output.to === 'stream' || text.length <= CHARS_SHOWN) return [0, text.length];
  const from = first + LEAD_CHARS <= CHARS_SHOWN ? 0 : Math.max(0, first - LEAD_CHARS);
  return [from, Math.min(text.length, from + CHARS_SHOWN)];
}

function restOf(text: string, to: number): string {
  return to < text.length ? `… (${counted(text.length - to, 'more character')})` : '';
}

type Row = readonly [count: number, name: string];

/** @returns `count  file` lines, and the total. */
export function countLines({ total, facets, complete }: SearchAnswer, nodes: Nodes): readonly string[] {
  const rows = facets.file.map((one): Row => [one.count, place(one, nodes)]);
  return aligned([...rows, [total, complete ? 'total' : 'total, of what was looked at']]);
}

/** Counts by node, file, severity and hour, in words that a query takes. */
export function facetLines(output: Output, facets: SearchFacets, nodes: Nodes): readonly string[] {
  const groups: readonly (readonly [string, readonly Row[]])[] = [
    ['by node', facets.node.map(({ node, count }) => [count, visible(nodeName(node))])],
    ['by file', facets.file.map((one) => [one.count, place(one, nodes)])],
    ['by severity', facets.severity.map(({ severity, count }) => [count, SEVERITY_TERMS.get(severity) ?? 'sev:none'])],
    ['by hour', facets.hour.map(({ hour, count }) => [count, hour === null ? 'no time' : `${hour.slice(0, 16)}Z`])],
  ];
  return groups.flatMap(([title, rows]) =>
    rows.length === 0 ? [] : [output.paint('strong', title), ...aligned(rows)],
  );
}

/** Lines tell three severities (formats/severity.ts). */
const SEVERITY_TERMS: ReadonlyMap<string | null, string> = new Map([
  ['high', 'sev:error'],
  ['medium', 'sev:warning'],
  ['info', 'sev:info'],
]);

function aligned(rows: readonly Row[]): readonly string[] {
  const width = rows.reduce((widest, [count]) => Math.max(widest, grouped(count).length), 0);
  return rows.map(([count, name]) => `${grouped(count).padStart(width)}  ${name}`);
}

/** @param shown how many of which were printed. @param scope what was searched, such as ` of ip-10-0-1-2`. @param read whether gaps of the archives matter. */
export function summaryLine(
  answer: SearchAnswer,
  shown: { readonly which: 'first' | 'best'; readonly count: number },
  scope: string,
  read: 'whole' | 'with gaps',
): string {
  const part = shown.count === 0 ? 'none of them shown' : `the ${shown.which} ${grouped(shown.count)} shown`;
  const first = shown.count < answer.total ? `, ${part}` : '';
  const files = read === 'whole' ? `every file${scope}` : `every file${scope} that could be read`;
  const looked = answer.complete ? `every line of ${files} was looked at` : 'NOT every line was looked at';
  const at = answer.complete ? '' : 'at least ';
  return `${at}${counted(answer.total, 'matching line')} in ${counted(answer.facets.file.length, 'file')}${first}; ${looked}.`;
}
