/** What an instant rests on, in words. */
import type { SearchMatch } from './types.ts';

export const BASIS_WORDS: Readonly<Record<NonNullable<SearchMatch['timeBasis']>, string>> = {
  explicit: '',
  'zone-given': 'with the zone that was given',
  'zone-inferred': 'with an inferred zone',
  'zone-assumed': 'taken as UTC',
  'year-inferred': 'with an inferred year',
  'boot-clock': 'counted from the start of the kernel',
  inherited: 'of the line before',
};
