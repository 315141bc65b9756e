/** Re-verifies evidence against the bytes a fixture was packed from. */
import { createHash } from 'node:crypto';
import { EVIDENCE_LINES_MAX } from '../../analyzer/core/limits.ts';
import type { Evidence } from '../../analyzer/core/vocabulary.ts';

/** @returns what is wrong with the reference; an empty list when it is exact. */
export function evidenceFaults(evidence: Evidence, files: ReadonlyMap<string, Buffer>): string[] {
  const bytes = files.get(evidence.file);
  if (bytes === undefined) return [`${evidence.file} is not a member`];
  const where = `${evidence.file}:${evidence.line}-${evidence.endLine}`;
  const cited = bytes.subarray(evidence.byteStart, evidence.byteEnd);
  const faults: string[] = [];
  if (evidence.byteEnd <= evidence.byteStart || evidence.byteEnd > bytes.length) faults.push(`${where}: byte range`);
  if (createHash('sha256').update(cited).digest('hex') !== evidence.sha256) faults.push(`${where}: sha256`);
  const lineAt = (byte: number): number => bytes.subarray(0, byte).toString('latin1').split('\n').length;
  if (lineAt(evidence.byteStart) !== evidence.line)
    faults.push(`${where}: first line is ${lineAt(evidence.byteStart)}`);
  if (lineAt(evidence.byteEnd - 1) !== evidence.endLine)
    faults.push(`${where}: last line is ${lineAt(evidence.byteEnd - 1)}`);
  const before = evidence.byteStart === 0 ? 10 : bytes[evidence.byteStart - 1];
  if (before !== 10) faults.push(`${where}: does not begin at a line`);
  const text = cited.toString('utf8').replace(/\r?\n$/, '');
  const long = evidence.endLine - evidence.line + 1 > EVIDENCE_LINES_MAX;
  if (long ? !evidence.text.startsWith(text.split('\n', 1)[0] ?? '') : evidence.text !== text)
    faults.push(`${where}: text`);
  return faults;
}
