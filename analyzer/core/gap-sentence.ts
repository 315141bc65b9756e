/** What is told of a gap. */
import type { Gap } from './vocabulary.ts';

/** @returns what could not be known and, where there is something to do about it, that; without a full stop. */
export function gapSentence({ message, advice }: Pick<Gap, 'message' | 'advice'>): string {
  return advice === undefined ? message : `${message}. ${advice}`;
}
