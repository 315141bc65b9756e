/** What the files worker does: questions whose answer may take reading a whole file. */
import type { LineLink } from '../core/deep-link.ts';
import { FailureError, fail } from '../core/failure.ts';
import type { FileId } from '../core/ids.ts';
import { type BundleRef, openRef } from './bundle-ref.ts';
import { citedLines } from './cited-lines.ts';
import { nearestLine } from './find-line.ts';
import type { TaskContext } from './task.ts';

export type FileTask = { readonly bundle: BundleRef; readonly fileId: FileId } & (
  | { readonly what: 'cite'; readonly line: number; readonly endLine: number }
  /** Answers with the number of the line, or null. */
  | { readonly what: 'find-line'; readonly link: LineLink }
);

/** Throws `cancelled`, and the failure of a bundle that cannot be opened. */
export function workOnFile(task: FileTask, context: TaskContext): unknown {
  const reader = openRef(task.bundle);
  try {
    const file = reader.file(task.fileId);
    if (file === null) throw new FailureError(fail('not-found', 'the file is not in this bundle').failure);
    if (task.what === 'cite') return citedLines(reader, file, task.line, task.endLine);
    const { line, sha256 } = task.link;
    return nearestLine(reader, file.id, line, sha256, () => context.checkCancelled());
  } finally {
    reader.close();
  }
}
