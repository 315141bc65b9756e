/**
 * A link to one line that means the same wherever its archive is imported: the archive by its hash, the file by its
 * path, the line by its number and by the hash of its bytes, so that it is known when it is another line.
 *
 *   coldcase://line/<sha256 of the bundle>/<path, percent-encoded>?line=12&sha256=<first 16 hex digits of the line's>
 */
import { fail, ok, type Result } from './failure.ts';
import { BundleId } from './ids.ts';
import { NAME_CHARS_MAX } from './limits.ts';

export const LINK_SCHEME = 'coldcase';

/** As the contract takes them. Only a path of more than a thousand characters, all of them beyond ASCII, would need more. */
export const LINK_CHARS_MAX = 10_000;

/** Hex digits of the line's hash: enough to know a line again, short enough for a ticket. */
const LINE_HASH_DIGITS = 16;

const START = `${LINK_SCHEME}://line/`;

export interface LineLink {
  readonly bundle: BundleId;
  /** Path of the file in the bundle. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** First 16 hex digits of the sha256 of the line's bytes, without its line ending. */
  readonly sha256: string;
}

/** @param link its hash may be longer. @returns the link as text: ASCII, without blanks. */
export function printLink({ bundle, file, line, sha256 }: LineLink): string {
  // Slashes are encoded too: whoever takes `a/../b` for the path of an address would shorten it.
  const path = encodeURIComponent(file.toWellFormed()).replace(/[!'()*]/g, percentEncoded);
  return `${START}${bundle}/${path}?line=${line}&sha256=${sha256.slice(0, LINE_HASH_DIGITS)}`;
}

/** What encodeURIComponent leaves and ticket systems take for the end of an address or for emphasis. */
function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** @returns the link; fails with `wrong-usage` and what is wrong with it. */
export function parseLink(text: string): Result<LineLink> {
  const link = text.trim();
  if (link.length > LINK_CHARS_MAX) return refused(`it is longer than ${LINK_CHARS_MAX} characters`);
  if (!link.startsWith(START)) return refused(`it does not begin with ${START}`);
  const [, bundle = '', path = '', query = ''] = /^([^/?#]*)\/([^?#]*)\?(.*)$/s.exec(link.slice(START.length)) ?? [];
  const id = BundleId.safeParse(bundle);
  if (!id.success) return refused('it names no archive by its sha256');
  const file = decoded(path);
  if (file === null) return refused('the path in it is not percent-encoded UTF-8');
  if (file === '' || file.length > NAME_CHARS_MAX) return refused('it names no file');
  const asked = /^line=([1-9]\d{0,14})&sha256=([0-9a-f]+)$/.exec(query);
  const [, line, sha256] = asked ?? [];
  if (line === undefined || sha256 === undefined) return refused('it does not end with ?line=<number>&sha256=<hash>');
  if (sha256.length !== LINE_HASH_DIGITS) return refused(`the hash of its line has not ${LINE_HASH_DIGITS} digits`);
  return ok({ bundle: id.data, file, line: Number(line), sha256 });
}

function refused(why: string): Result<never> {
  return fail('wrong-usage', `This is not a link to a line: ${why}.`, null, 'Copy the whole link, up to its hash.');
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
