/** Words that all formats of a report and the command line share: places, counts, times, states. */
import { grouped } from '../core/grouped.ts';
import {
  type Analysis,
  type Bundle,
  type BundleNotOpened,
  type CompletenessEntry,
  type Evidence,
  type Finding,
  SEVERITIES,
} from '../core/vocabulary.ts';

/** What a failure to undo a redaction calls its two texts: only the caller knows their files. */
export const UNREDACT_TEXTS = { map: 'the map', report: 'the report' } as const;

/** Nodes that the head of a report names: all of them stand with their versions, and with their archives. */
export const NODES_NAMED = 5;

/** @returns the node a bundle belongs to, or the words for not knowing it. */
export function nodeName(node: string | null): string {
  return node ?? 'node not known';
}

/**
 * @returns the words for the node of what is of a bundle: its name, or the bundle's name when the node is not known
 * and there are several bundles to tell apart.
 */
export function nodeNamer(
  bundles: readonly Pick<Bundle, 'id' | 'name' | 'node'>[],
): (of: { readonly bundle: string; readonly node?: string | null }) => string {
  return ({ bundle, node }) => {
    const found = bundles.find((one) => one.id === bundle);
    const name = node ?? found?.node ?? null;
    if (name !== null) return name;
    return found === undefined || bundles.length === 1 ? nodeName(null) : `${nodeName(null)} (${found.name})`;
  };
}

/** @returns `file:12` or `file:12-14`. */
export function reference(evidence: Pick<Evidence, 'file' | 'line' | 'endLine'>): string {
  return evidence.endLine > evidence.line
    ? `${evidence.file}:${evidence.line}-${evidence.endLine}`
    : `${evidence.file}:${evidence.line}`;
}

export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** @returns the cited lines with their numbers, and how many cited lines the excerpt leaves out. */
export function excerpt(evidence: Pick<Evidence, 'text' | 'line' | 'endLine'>): {
  readonly lines: readonly NumberedLine[];
  readonly more: number;
} {
  const texts = evidence.text.split('\n').map((text) => text.replace(/\r$/, ''));
  // A text that ends with a line end has no further line after it.
  if (texts.length > 1 && texts.at(-1) === '' && texts.length > evidence.endLine - evidence.line + 1) texts.pop();
  const lines = texts.map((text, index) => ({ number: evidence.line + index, text }));
  return { lines, more: Math.max(0, evidence.endLine - evidence.line + 1 - lines.length) };
}

/** @returns the number with its noun: `1 file`, `1,204 files`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const STATE_WORDS: Readonly<Record<CompletenessEntry['state'], string>> = {
  present: 'present',
  empty: 'empty',
  'not-collected': 'not collected',
  'not-installed': 'not installed',
  'timed-out': 'timed out',
  truncated: 'truncated',
};

/** @returns the state of an expected file in words. */
export function stateWords(state: CompletenessEntry['state']): string {
  return STATE_WORDS[state];
}

/** @returns one sentence on what was read; sizes in bytes with thousands separators. */
export function coverageSentence(analysis: Analysis): string {
  const { coverage } = analysis;
  const parts = [
    `${grouped(coverage.filesRead)} of ${counted(coverage.files, 'file')} read`,
    `${counted(coverage.lines, 'line')}`,
    `${counted(coverage.bytes, 'byte')}`,
  ];
  const others: readonly (readonly [number, string])[] = [
    [coverage.filesEmpty, 'empty'],
    [coverage.filesTruncated, 'truncated'],
    [coverage.filesBinary, 'binary'],
    [coverage.filesNotOpened, 'not opened'],
    [coverage.duplicates, 'the same bytes as another file'],
  ];
  const rest = others.filter(([count]) => count > 0).map(([count, word]) => `${grouped(count)} ${word}`);
  const lost = coverage.bundlesNotOpened.length;
  const notOpened = lost === 0 ? '' : ` ${counted(lost, 'bundle')} of the case could not be opened.`;
  return `${parts.join(', ')}${rest.length > 0 ? `; ${rest.join(', ')}` : ''}. ${counted(coverage.gaps, 'gap')}.${notOpened}`;
}

/** @returns which bundle, why nothing is known of it, and what to do. */
export function notOpenedSentence({ bundle, because, advice }: BundleNotOpened): string {
  return `Bundle ${bundle.slice(0, 12)} of this case could not be opened (${because}): nothing of it was looked at. ${advice}`;
}

/** @returns what is said where no gap is known; without an archive there was nothing to be read to its end. */
export function noGapsSentence(bundles: readonly unknown[]): string {
  return bundles.length === 0 ? 'No archive was read.' : 'None: every member of every archive was read to its end.';
}

/** @returns what is said where no expected file is missing. */
export function nothingMissingSentence(expected: number, bundles: readonly unknown[]): string {
  if (bundles.length === 0) return 'Not known: no archive was read.';
  return expected === 0 ? 'This layout names no expected files.' : 'Every expected file is there.';
}

/** @returns `2026-01-02 03:04:05 UTC` for an ISO instant; anything else as it is. */
export function instant(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]}${match[3] === '.000' ? '' : (match[3] ?? '')} UTC`;
}

/** @returns when the events of a finding happened, or that it is about captured state. */
export function spanWords(finding: Pick<Finding, 'first' | 'last'>): string {
  if (finding.first === null) return 'state at collection time, no event time';
  if (finding.last === null || finding.last === finding.first) return instant(finding.first);
  return `${instant(finding.first)} to ${instant(finding.last)}`;
}

/** @returns how the checks ended, in one sentence. */
export function checksSentence(ended: {
  readonly passed: number;
  readonly found: number;
  readonly skipped: number;
  readonly failed: number;
}): string {
  const { passed, found, skipped, failed } = ended;
  return `${counted(passed, 'check')} passed, ${grouped(found)} with findings, ${grouped(skipped)} skipped, ${grouped(failed)} failed.`;
}

/** @returns `1 critical, 3 high`. */
export function tally(all: readonly Pick<Finding, 'severity'>[]): string {
  return SEVERITIES.map((severity) => [severity, all.filter((one) => one.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`)
    .join(', ');
}

/** @param share from 0 to 1. @returns `50 %`, `33.3 %`, `0.012 %`. */
export function percent(share: number): string {
  const value = share * 100;
  if (Math.abs(value - Math.round(value)) < 0.005) return `${Math.round(value)} %`;
  return value < 0.1 ? `${value.toPrecision(2)} %` : `${value.toFixed(1)} %`;
}
