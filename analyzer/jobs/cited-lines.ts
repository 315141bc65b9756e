/** Lines as evidence that can be pasted anywhere: where they are, their text, and a link that leads to them. */

import type * as z from 'zod';
import type { FileCite } from '../contract/files.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import { printLink } from '../core/deep-link.ts';
import type { FileId } from '../core/ids.ts';
import { BLOCK_BYTES, EVIDENCE_LINES_MAX } from '../core/limits.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { visible } from '../report/visible.ts';
import { lineHash } from './find-line.ts';

export type CitedLines = z.output<(typeof FileCite)['output']>;

/** Lines in one quotation; whoever wants more attaches the file. */
export const QUOTE_LINES_MAX = 500;

/** Jira takes 32,767 characters in a comment, most others more; some room for what is written around it. */
export const QUOTE_CHARS_MAX = 30_000;

/** Hex digits of the hash shown: as many as a link has. */
const HASH_DIGITS = 16;

/** @param line, endLine lines of the file, from 1, both inclusive. Reads all of them. */
export function citedLines(reader: BundleReader, file: SourceFile, line: number, endLine: number): CitedLines {
  const [evidence] = cite(reader, [{ fileId: file.id, line, endLine }]);
  const hash = lineHash(reader, file.id, line) ?? '';
  return {
    evidence,
    quote: quoted(reader, file, line, evidence.endLine, evidence.sha256),
    link: printLink({ bundle: reader.bundle.id, file: file.path, line, sha256: hash }),
  };
}

/** Lines and bytes that are cited on the engine's own thread: reading them takes no longer than a page does. */
const LINES_AT_ONCE = EVIDENCE_LINES_MAX;
const BYTES_AT_ONCE = 2 * BLOCK_BYTES;

/** @returns whether citing these lines keeps nobody waiting. Reads the first and the last of them. */
export function isCitedAtOnce(reader: BundleReader, id: FileId, line: number, endLine: number): boolean {
  if (endLine - line >= LINES_AT_ONCE) return false;
  const [first] = reader.lines(id, line, 1);
  const [last] = reader.lines(id, endLine, 1);
  return first !== undefined && last !== undefined && last.byteEnd - first.byteStart <= BYTES_AT_ONCE;
}

/**
 *   node-1 var/log/kube-proxy.log:12-13 sha256:0123456789abcdef
 *   > E0501 12:00:00.000000       1 proxier.go:1433] "Sync failed"
 *   > E0501 12:00:01.000000       1 proxier.go:1433] "Sync failed"
 */
function quoted(reader: BundleReader, file: SourceFile, line: number, endLine: number, sha256: string): string {
  const { node, name } = reader.bundle;
  const range = endLine > line ? `${line}-${endLine}` : `${line}`;
  const rows = [`${visible(node ?? name)} ${visible(file.path)}:${range} sha256:${sha256.slice(0, HASH_DIGITS)}`];
  let left = QUOTE_CHARS_MAX;
  let shown = 0;
  for (const { text } of reader.lines(file.id, line, Math.min(QUOTE_LINES_MAX, endLine - line + 1))) {
    const row = visible(text);
    if (row.length > left) {
      if (shown === 0) rows.push(`> ${row.slice(0, left).toWellFormed()}`, '(the line is longer)');
      break;
    }
    rows.push(`> ${row}`);
    left -= row.length;
    shown += 1;
  }
  const count = endLine - line + 1;
  if (count > Math.max(shown, 1)) rows.push(`(the first ${Math.max(shown, 1)} of ${count} lines)`);
  return `${rows.join('\n')}\n`;
}
