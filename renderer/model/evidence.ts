/** How a reference to lines is named, opened and quoted. */
import { baseName } from './format.ts';
import type { BundleId, Evidence } from './types.ts';

/** The lines a chip or a deep link opens. */
export interface LineTarget {
  readonly bundle: BundleId;
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
}

/** @returns e.g. ":88" or ":4821-4829"; the part of a chip that is never shortened. */
export function lineLabel(line: number, endLine: number): string {
  return endLine > line ? `:${line}-${endLine}` : `:${line}`;
}

/** @returns e.g. "kube-proxy.log:4821-4829". */
export function chipLabel(target: Pick<LineTarget, 'file' | 'line' | 'endLine'>): string {
  return baseName(target.file) + lineLabel(target.line, target.endLine);
}

/** @returns the lines of an evidence with their numbers; `cut` when the range is longer than the kept text. */
export function evidenceLines(evidence: Pick<Evidence, 'line' | 'endLine' | 'text'>): {
  readonly lines: readonly { readonly number: number; readonly text: string }[];
  readonly cut: number;
} {
  const lines = evidence.text
    .replace(/\n$/, '')
    .split('\n')
    .map((text, index) => ({ number: evidence.line + index, text }));
  return { lines, cut: Math.max(0, evidence.endLine - evidence.line + 1 - lines.length) };
}

/**
 * Evidence as it is pasted into a support case: full path and lines, then the text verbatim.
 * `networking/iptables-save.txt:88` newline `:KUBE-SERVICES - [0:0]`
 */
export function quote(
  target: Pick<LineTarget, 'file' | 'line' | 'endLine'>,
  lines: readonly string[],
  node: string | null,
): string {
  const head = `${node === null ? '' : `${node} `}${target.file}${lineLabel(target.line, target.endLine)}`;
  return `${head}\n${lines.join('\n')}\n`;
}
