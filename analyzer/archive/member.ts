/** What a source of members (archive or folder) yields, in order. Names are labels only, never paths on disk. */
import type { Gap } from '../core/vocabulary.ts';

export type ArchivePart =
  | {
      readonly part: 'member';
      /** As the archive spells it, made displayable by `memberPath`. */
      readonly path: string;
      /** Milliseconds since 1970, or null. */
      readonly modified: number | null;
    }
  | { readonly part: 'bytes'; readonly bytes: Uint8Array }
  /** Ends the member that was started last. `cut` when fewer bytes came than its header promised. */
  | { readonly part: 'member-end'; readonly end: 'whole' | 'cut' }
  | { readonly part: 'gap'; readonly gap: Gap };

/** Progress of reading the source itself. */
export interface SourceProgress {
  /** Bytes of the archive (or of the folder's files) read so far. */
  bytesRead: number;
}

/**
 * Makes a member's name displayable and relative: separators `/`, no leading `./`, no drive, no `..`, control
 * characters visible. @returns the path and, when anything but `./` was changed, what it held.
 */
export function memberPath(name: string): { readonly path: string; readonly changed: string | null } {
  let changed: string | null = null;
  let text = name.replaceAll('\\', '/');
  if (/^[A-Za-z]:\//.test(text)) {
    text = text.slice(2);
    changed = 'a drive letter';
  }
  if (text.startsWith('/')) changed = changed ?? 'an absolute path';
  if (text.includes('\ufffd')) changed = changed ?? 'bytes that are not UTF-8';
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      changed = 'a parent folder (..)';
      continue;
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    const visible = part.replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, (char) => {
      changed = changed ?? 'control characters';
      return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
    });
    parts.push(visible);
  }
  return { path: parts.join('/'), changed };
}
