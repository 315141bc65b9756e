/** A comparison in words for a terminal: the answer, what decides with its lines, the rest, and what was not compared. */
import type { ComparedSide, Comparison, Difference, DifferingText, TextComparison } from '../../core/comparison.ts';
import { someOf } from '../../core/some-of.ts';
import type { Evidence } from '../../core/vocabulary.ts';
import { counted, reference } from '../../report/model.ts';
import type { Output } from './output.ts';
import { visible, wrap } from './text.ts';

/** Different values of one difference that are printed. */
const VALUES_SHOWN = 4;
const NAMES_SHOWN = 3;
const VALUE_CHARS = 60;
/** Of texts and of what was not compared. */
const LISTED_MAX = 10;
const LINE_CHARS = 400;

/** @param limit differences that are printed, the decisive ones first. */
export function comparisonLines(output: Output, comparison: Comparison, limit: number): readonly string[] {
  const { paint, width } = output;
  const decisive = comparison.differences.filter(({ id }) => comparison.decisive.includes(id)).slice(0, limit);
  const others = comparison.differences.filter(({ id }) => !comparison.decisive.includes(id));
  const shown = others.slice(0, Math.max(0, limit - decisive.length));
  const left = comparison.differences.length + comparison.notListed - decisive.length - shown.length;
  return [
    ...wrap(comparison.sentence, width).map((line) => paint('strong', line)),
    ...decisive.flatMap((one) => ['', ...decisiveLines(output, one, comparison.sides)]),
    ...(shown.length === 0 ? [] : ['', paint('dim', 'Other differences')]),
    ...shown.flatMap((one) => wrap(one.sentence, width, '  - ', '    ')),
    ...(left > 0 ? [`  and ${counted(left, 'more difference')} (--json lists them, --limit shows more)`] : []),
    '',
    ...countLines(comparison, width),
  ];
}

function decisiveLines(output: Output, one: Difference, sides: readonly ComparedSide[]): readonly string[] {
  const mark = one.severity === null ? `[${one.kind}]` : `[${one.severity}]`;
  const painted = one.severity === null ? mark : output.paint(one.severity, mark);
  const [first = '', ...rest] = wrap(one.sentence, output.width, `${mark} `, '  ');
  const rows = rowsOf(one, sides);
  const names = Math.max(0, ...rows.map(({ who }) => who.length));
  const values = Math.max(0, ...rows.map(({ value }) => value.length));
  return [
    first.replace(mark, painted),
    ...rest,
    ...rows.map(({ who, value, place }) => `  ${who.padEnd(names)}  ${value.padEnd(values)}  ${place}`.trimEnd()),
    ...wrap(one.because, output.width, '  ').map((line) => output.paint('dim', line)),
  ];
}

interface Row {
  readonly who: string;
  readonly value: string;
  readonly place: string;
}

/** Sides with one value stand in one row, shown by the lines of the first. */
function rowsOf({ values }: Difference, sides: readonly ComparedSide[]): readonly Row[] {
  const groups = new Map<string, { readonly who: string[]; readonly evidence: readonly Evidence[] }>();
  for (const [at, { value, because, evidence }] of values.entries()) {
    const said = value ?? `not known${because === null ? '' : ` (${because})`}`;
    const group = groups.get(said) ?? { who: [], evidence };
    groups.set(said, group);
    group.who.push(sides[at]?.label ?? '');
  }
  const rows = [...groups].slice(0, VALUES_SHOWN).map(([value, { who, evidence }]): Row => {
    const [first] = evidence;
    return {
      who: visible(someOf(who, NAMES_SHOWN)),
      value: visible(value.length > VALUE_CHARS ? `${value.slice(0, VALUE_CHARS - 3)}...` : value),
      place: first === undefined ? '' : visible(reference(first)),
    };
  });
  const more = groups.size - rows.length;
  return more > 0 ? [...rows, { who: `${more} more values`, value: '', place: '' }] : rows;
}

function countLines(comparison: Comparison, width: number): readonly string[] {
  const { facts, sameFacts, common, texts, notCompared, notes } = comparison;
  const roles = [...new Set(texts.map(({ role }) => role))];
  return [
    ...wrap(
      `Compared: ${counted(facts, 'fact')}, ${sameFacts} of them the same; ${counted(common.length, 'kind')} of findings on every side.`,
      width,
    ),
    ...(roles.length === 0 ? [] : wrap(`Texts that differ (--text ROLE shows them): ${roles.join(', ')}.`, width)),
    ...notCompared
      .slice(0, LISTED_MAX)
      .flatMap(({ what, because }) => wrap(`Not compared: ${what}: ${because}`, width, '', '  ')),
    ...(notCompared.length > LISTED_MAX ? [`and ${notCompared.length - LISTED_MAX} more (--json lists them)`] : []),
    ...notes.flatMap((note) => wrap(note, width, '', '  ')),
  ];
}

interface TextPair {
  readonly title: string;
  readonly left: DifferingText['files'][number];
  readonly right: DifferingText['files'][number];
  readonly comparison: TextComparison;
}

/** @returns both texts in the way of `diff -u`: `-` is only left, `+` only right. */
export function textLines(output: Output, pair: TextPair, sides: readonly ComparedSide[]): readonly string[] {
  const { comparison, left, right } = pair;
  const of = ({ bundle, file }: TextPair['left']): string =>
    visible(`${sides.find((side) => side.bundle === bundle)?.label ?? ''}: ${file}`);
  return [
    output.paint('strong', `--- ${of(left)}`),
    output.paint('strong', `+++ ${of(right)}`),
    ...comparison.hunks.flatMap((hunk, at) => {
      const sign = hunk.kind === 'same' ? ' ' : hunk.kind === 'only-left' ? '-' : '+';
      const lines = hunk.lines.map((line) => `${sign}${visible(line.slice(0, LINE_CHARS))}`);
      const place = output.paint('dim', `@@ ${hunk.left ?? '-'} ${hunk.right ?? '-'} @@`);
      const head = at === 0 || hunk.kind === 'same' ? [place] : [];
      if (hunk.leftOut === 0) return [...head, ...lines];
      const half = Math.ceil(lines.length / 2);
      return [
        ...head,
        ...lines.slice(0, half),
        output.paint('dim', `  (${counted(hunk.leftOut, 'line')} the same)`),
        ...lines.slice(half),
      ];
    }),
    `${counted(comparison.onlyLeft, 'line')} only left, ${counted(comparison.onlyRight, 'line')} only right.`,
    ...(comparison.cut === null ? [] : wrap(`Not all of it: ${comparison.cut}.`, output.width)),
    '',
  ];
}
