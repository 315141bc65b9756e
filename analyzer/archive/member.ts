/** What a source of members (archive or folder) yields, in order. Names are labels only, never paths on disk. */
import { NAME_CHARS_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';

export type ArchivePart =
  | {
      readonly part: 'member';
      /** As the archive spells it, made displayable by `memberPath`. */
      readonly path: string;
      /** Milliseconds since 1970, or null. */
      readonly modified: number | null;
      /** These are not the bytes that the archive has under this name, but what they unpack to. */
      readonly was?: 'packed';
    }
  /** Whoever takes them may `release` them (lent-memory.ts). */
  | { readonly part: 'bytes'; readonly bytes: Uint8Array }
  /** Ends the member that was started last. `cut` when fewer bytes came than its header promised. */
  | { readonly part: 'member-end'; readonly end: 'whole' | 'cut' }
  | { readonly part: 'gap'; readonly gap: Gap };

/**
 * How the bytes of a file ended. `cut`: too early. `garbled`: too early, or with a checksum that is wrong, because of
 * damage in what they were unpacked from, which lies somewhere before its end: the last of them may be wrong.
 */
export type BytesEnd = 'whole' | 'cut' | 'garbled';

/** How an archive ended: what its reader returns behind its last member. */
export interface MembersEnd {
  /** Why the archive was not whole, or null. */
  readonly damage: { readonly kind: 'truncated' | 'corrupt'; readonly message: string } | null;
  /** `missing`: it ended where a member could have followed, without what ends an archive. */
  readonly endMark: 'seen' | 'missing';
}

/** @returns the gap of bytes behind the end of an archive. @param byte at which they begin, when it is known. */
export function somethingElse(file: string | null, byte: number | null): ArchivePart {
  const message = 'behind the end of the archive there is something else, which was not read';
  return { part: 'gap', gap: { kind: 'corrupt', weight: 'minor', message, file, byte } };
}

/** Advice for what is packed in a way that is not opened. */
export const UNPACK_IT = 'Unpack it and import the folder';

/** @returns the gap of a file that is packed in a way that is not opened. @param message why. @param advice without a full stop. */
export function notOpened(message: string, advice: string, file: string): ArchivePart {
  return { part: 'gap', gap: { kind: 'unsupported', weight: 'major', message, advice, file, byte: null } };
}

/** Asked before a member is given. `no`: this one and all behind it are not read, and who answered says so. */
export type Admission = (path: string) => 'yes' | 'no';

/** Progress of reading the source itself. */
export interface SourceProgress {
  /** Bytes of the archive (or of the folder's files) read so far. */
  bytesRead: number;
}

/**
 * What a name of nearly every member does not have: a character beyond printable ASCII, a backslash, a drive, a folder that is empty, `.`
 * or `..`.
 */
const NOT_PLAIN = /[^ -[\]-~]|^[A-Za-z]:\/|^\/|\/\/|(?:^|\/)\.{1,2}(?:\/|$)|\/$|^$/;

/**
 * Makes a member's name displayable and relative: separators `/`, no leading `./`, no drive, no `..`, control
 * characters visible. @returns the path and, when anything but `./` was changed, what it held.
 */
export function memberPath(name: string): { readonly path: string; readonly changed: string | null } {
  const plain = name.startsWith('./') ? name.slice(2) : name;
  if (!NOT_PLAIN.test(plain)) return { path: plain, changed: null };
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

/** Characters of a name that a message shows. */
const SHOWN_CHARS = 200;

/** @returns the path a member is kept under, empty when it has none, and what must be said about its name. */
export function memberLabel(name: string): { readonly path: string; readonly shown: string; readonly gap: Gap | null } {
  const named = memberPath(name);
  const path = cut(named.path, NAME_CHARS_MAX);
  const shown = cut(named.path, SHOWN_CHARS);
  if (path === '') return { path, shown, gap: nameGap('member without a usable name skipped', null) };
  if (path.length < named.path.length) return { path, shown, gap: nameGap('name cut to 4,096 characters', shown) };
  if (named.changed === null) return { path, shown, gap: null };
  return { path, shown, gap: nameGap(`name changed for display: it held ${named.changed}`, shown) };
}

function nameGap(message: string, file: string | null): Gap {
  return { kind: 'name', weight: 'minor', message, file, byte: null };
}

/** A string of its own: a slice keeps the whole string it was cut from in memory. */
function cut(text: string, chars: number): string {
  return text.length <= chars ? text : Buffer.from(text.slice(0, chars)).toString();
}
