/** Source files by role, and their text for a parser. */
import type { BundleReader } from '../core/case-reader.ts';
import { PARSE_BYTES_MAX } from '../core/limits.ts';
import type { SourceFile } from '../core/vocabulary.ts';

/** @returns the text of a source file, at most PARSE_BYTES_MAX of it. */
export function fileText(reader: BundleReader, file: SourceFile): string {
  return reader.text(file.id, PARSE_BYTES_MAX).text;
}

/** @returns the files of these roles, copies of the same bytes left out. */
export function filesOf(reader: BundleReader, ...roles: readonly string[]): readonly SourceFile[] {
  return reader.files().filter((file) => roles.includes(file.role) && file.aliasOf === null);
}
