/** One line of a check run, before its evidence is cited. */
import type { LineRef } from '../core/vocabulary.ts';

export interface CheckResultLine {
  readonly level: 'OK' | 'INFO' | 'WARN' | 'ISSUE';
  readonly text: string;
  readonly evidence: readonly LineRef[];
}
