/** Changes of a report's draft, the order of what is in it, and which section tells what. Pure. */
import { counted } from './format.ts';
import type {
  Analysis,
  Finding,
  FindingId,
  PinnedAnswer,
  ReportDraft,
  ReportSection,
  ReportSectionKind,
} from './types.ts';
import { SEVERITY_ORDER } from './types.ts';

/** @returns the draft with one section at another place; the same one when that place is outside of it. */
export function movedSection(draft: ReportDraft, from: number, to: number): ReportDraft {
  const moved = draft.sections[from];
  if (moved === undefined || from === to || to < 0 || to >= draft.sections.length) return draft;
  const sections = draft.sections.filter((_, index) => index !== from);
  return { ...draft, sections: [...sections.slice(0, to), moved, ...sections.slice(to)] };
}

export function changedSection(draft: ReportDraft, at: number, part: Partial<ReportSection>): ReportDraft {
  return {
    ...draft,
    sections: draft.sections.map((section, index) => (index === at ? { ...section, ...part } : section)),
  };
}

/** @returns the draft with a section of the engineer's own words at its end. */
export function withOwnSection(draft: ReportDraft): ReportDraft {
  return { ...draft, sections: [...draft.sections, { kind: 'text', heading: 'Notes', shown: 'yes', text: '' }] };
}

/** @returns all findings as a report orders them by itself: causes by rank, then by severity. */
export function rankedFindings({ findings, causes }: Analysis): readonly Finding[] {
  const rank = new Map(causes.map((cause) => [cause.finding, cause.rank]));
  const rankOf = ({ id }: Finding) => rank.get(id) ?? Number.MAX_SAFE_INTEGER;
  return [...findings].sort(
    (a, b) => rankOf(a) - rankOf(b) || SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity),
  );
}

/** @returns the findings with those of `order` first, in that order. */
export function orderedFindings(ranked: readonly Finding[], order: readonly FindingId[]): readonly Finding[] {
  const known = new Map(ranked.map((finding) => [finding.id, finding]));
  const first = order.flatMap((id) => known.get(id) ?? []);
  const placed = new Set(order);
  return [...first, ...ranked.filter(({ id }) => !placed.has(id))];
}

/** @returns the order after a finding moved to a place of the list; as short as it can be. */
export function orderAfterMove(
  ranked: readonly Finding[],
  order: readonly FindingId[],
  id: FindingId,
  to: number,
): readonly FindingId[] {
  const ids = orderedFindings(ranked, order).map((finding) => finding.id);
  const rest = ids.filter((one) => one !== id);
  const at = Math.max(0, Math.min(rest.length, to));
  const moved = [...rest.slice(0, at), id, ...rest.slice(at)];
  const placeOf = new Map(ranked.map((finding, index) => [finding.id, index]));
  const place = (index: number) => placeOf.get(moved[index] as FindingId) ?? -1;
  // What follows by rank anyway need not be told.
  let told = moved.length;
  while (told > 0 && (told === moved.length || place(told - 1) < place(told))) told -= 1;
  return moved.slice(0, told);
}

/** A word as short as this would be replaced in the middle of others. */
export const WORD_CHARS_MIN = 3;

/** @returns the customer's words, one a line, each once; and lines that are too short to be one. */
export function wordsOf(text: string): { readonly words: readonly string[]; readonly tooShort: readonly string[] } {
  const lines = [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
  return {
    words: lines.filter((line) => line.length >= WORD_CHARS_MIN),
    tooShort: lines.filter((line) => line.length < WORD_CHARS_MIN),
  };
}

/** The section in which a pinned answer stands. */
export const SECTION_OF: Readonly<Record<PinnedAnswer['method'], ReportSectionKind>> = {
  'network.trace': 'traces',
  'compare.run': 'comparisons',
  'runbooks.run': 'runbooks',
  'correlate.run': 'timeline',
  'timeline.lines': 'timeline',
};

export interface InReport {
  readonly analysis: Analysis;
  /** Findings that are in. */
  readonly findings: number;
  /** Lines that are kept. */
  readonly lines: number;
  readonly pins: readonly PinnedAnswer[];
  readonly bundles: number;
}

/** @returns how much a section holds, e.g. "5 findings"; null where it is not counted. */
export function sectionAmount(kind: ReportSectionKind, known: InReport): string | null {
  const answers = known.pins.filter(({ method }) => SECTION_OF[method] === kind).length;
  const amount = (value: number, word: string) => (value === 0 ? 'none' : counted(value, word));
  switch (kind) {
    case 'causes':
      return amount(known.analysis.causes.length, 'cause');
    case 'findings':
      return amount(known.findings, 'finding');
    case 'lines':
      return amount(known.lines, 'line');
    case 'timeline':
      // Findings stand in it anyway.
      return answers === 0 ? null : amount(answers, 'answer');
    case 'traces':
    case 'comparisons':
    case 'runbooks':
      return amount(answers, 'answer');
    case 'ask':
      return amount(known.analysis.askCustomer.length, 'question');
    case 'nodes':
      // One may be captured twice; one that is not known is told as its bundle.
      return amount(new Set(known.analysis.nodes.map(({ node, bundle }) => node ?? bundle)).size, 'node');
    case 'bundles':
      return amount(known.bundles, 'bundle');
    case 'verdict':
    case 'text':
    case 'not-known':
      return null;
  }
}
