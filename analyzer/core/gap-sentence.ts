/** What is told of a gap. */
import { grouped } from './grouped.ts';
import type { Gap } from './vocabulary.ts';

/** @returns what could not be known and, where there is something to do about it, that; without a full stop. */
export function gapSentence({ message, advice }: Pick<Gap, 'message' | 'advice'>): string {
  return advice === undefined ? message : `${message}. ${advice}`;
}

/** @returns `byte 28,860`, where it is known and the sentence does not say it already; else null. */
export function gapByte({ message, byte }: Pick<Gap, 'message' | 'byte'>): string | null {
  if (byte === null) return null;
  const said = `byte ${grouped(byte)}`;
  return new RegExp(`${said}(?!,?\\d)`).test(message) ? null : said;
}
