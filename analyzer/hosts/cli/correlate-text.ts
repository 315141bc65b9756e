/** A correlation in words for a terminal: the pivot, the window, chains first, then events in the order of time. */
import type { CorrelatedEvent, Correlation, FoundChain } from '../../core/correlation.ts';
import { grouped } from '../../core/grouped.ts';
import type { Evidence } from '../../core/vocabulary.ts';
import { spokenSpan } from '../../correlate/rank.ts';
import { counted, nodeName, reference } from '../../report/model.ts';
import type { Output } from './output.ts';
import type { Nodes } from './search-text.ts';
import { visible, wrap } from './text.ts';

/** Of a line that is shown; the reference leads to all of it. */
const SHOWN_CHARS = 200;
const GAPS_SHOWN_MAX = 10;

export interface CorrelationShown {
  readonly nodes: Nodes;
  readonly reasons: 'shown' | 'left out';
}

/** @returns all of it but what is wrong with the pivot. */
export function correlationLines(output: Output, found: Correlation, shown: CorrelationShown): readonly string[] {
  const { pivot, window, chains, events, gaps, clocks } = found;
  if (pivot === null) return [];
  const at = pivot.evidence === null ? [] : citedLine(output, pivot.evidence, shown.nodes, '  ');
  return [
    ...wrap(`Pivot: ${pivot.sentence}, ${pivot.time}`, output.width),
    ...at,
    ...wrap(`Window: ${window.sentence}`, output.width, '', '  '),
    ...(clocks === null ? [] : wrap(`Clocks: ${clocks}`, output.width, '', '  ')),
    '',
    ...(chains.length === 0
      ? ['No declared chain is in this window.']
      : [
          output.paint('strong', counted(chains.length, 'chain')),
          ...chains.flatMap((chain) => chainLines(output, chain, shown.nodes)),
        ]),
    ...(events.length === 0 ? [] : ['', ...eventLines(output, found, shown)]),
    ...(gaps.length === 0 ? [] : ['', ...gapLines(output, found)]),
  ];
}

function chainLines(output: Output, chain: FoundChain, nodes: Nodes): readonly string[] {
  const { title, meaning, steps, confidence, because } = chain;
  return [
    `${output.paint('dim', `[${confidence.level}]`)} ${output.paint('strong', visible(title))}`,
    ...wrap(meaning, output.width, '  '),
    ...steps.flatMap((step, at) => {
      const often =
        step.count === 1
          ? 'once'
          : `${grouped(step.count)} times, first ${clock(step.first)}, last ${clock(step.last)}`;
      return [
        ...wrap(`${at + 1}. ${step.title} (${often})`, output.width, '  ', '     '),
        ...citedLine(output, step.evidence, nodes, '     '),
      ];
    }),
    ...wrap(`${because} ${confidence.level}: ${confidence.because}.`, output.width, '  '),
  ];
}

function eventLines(
  output: Output,
  { events, eventsNotListed }: Correlation,
  { nodes, reasons }: CorrelationShown,
): readonly string[] {
  const ranks = new Map(events.map((event, at) => [event, at + 1]));
  const inTime = events.toSorted((one, two) => Date.parse(one.time) - Date.parse(two.time));
  const all = events.length + eventsNotListed;
  const head = `${counted(events.length, 'event')} of ${counted(all, 'kind')} of message, in the order of time; #1 is the one to look at first`;
  const width = inTime.reduce((widest, event) => Math.max(widest, away(event).length), 0);
  return [
    ...wrap(head, output.width).map((line) => output.paint('strong', line)),
    ...inTime.flatMap((event) => {
      const { evidence, inWindow, inCase, because, rules } = event;
      const more = inWindow === 1 ? '' : `, ${grouped(inWindow)} times in the window`;
      const often = inCase === null ? more : `${more}${inCase > inWindow ? `, ${grouped(inCase)} in the case` : ''}`;
      const named = rules.length === 0 ? '' : `  ${rules.join(', ')}`;
      const head = `${away(event).padStart(width)}  #${ranks.get(event)}  ${clock(event.time)}  ${visible(event.component ?? '')}${often}${named}`;
      const why = because.map(({ sentence, factor }) => `${factor} ${sentence}`).join('; ');
      return [
        head,
        ...citedLine(output, evidence, nodes, '     '),
        ...(reasons === 'shown' ? wrap(`score ${event.score.toFixed(2)} = ${why}`, output.width, '     ') : []),
      ];
    }),
  ];
}

/** `-11.8 s`, `+4 min 3 s`, `pivot`. */
function away({ distanceMs }: CorrelatedEvent): string {
  return distanceMs === 0 ? 'pivot' : `${distanceMs < 0 ? '-' : '+'}${spokenSpan(distanceMs)}`;
}

/** The day is told by the pivot, and by the instants of a chain in JSON. */
function clock(time: string): string {
  return time.slice(11).replace('.000Z', 'Z');
}

function citedLine(output: Output, evidence: Evidence, nodes: Nodes, indent: string): readonly string[] {
  const node = nodes === 'several nodes' ? `${visible(nodeName(evidence.node))} ` : '';
  const [first = ''] = evidence.text.split('\n', 1);
  const text = first.length > SHOWN_CHARS ? `${first.slice(0, SHOWN_CHARS)}...` : first;
  const note = evidence.note === null ? '' : output.paint('dim', `  (${visible(evidence.note)})`);
  return [
    `${indent}${output.paint('dim', `${node}${visible(reference(evidence))}`)}${note}`,
    `${indent}  ${visible(text)}`,
  ];
}

function gapLines(output: Output, { gaps }: Correlation): readonly string[] {
  const more = gaps.length - GAPS_SHOWN_MAX;
  return [
    output.paint('strong', `${counted(gaps.length, 'gap')}: lines that are not there`),
    ...gaps
      .slice(0, GAPS_SHOWN_MAX)
      .flatMap(({ sentence, file }) => wrap(`${sentence} (${file})`, output.width, '  ', '    ')),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
