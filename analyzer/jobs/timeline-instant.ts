/** Instants as questions about time give them. */
import { FailureError, fail } from '../core/failure.ts';
import { readInstant } from '../query/values.ts';

/**
 * @param text ISO 8601 with or without a time of day; without a zone it is UTC. @returns ms since 1970.
 * @throws FailureError `wrong-usage` for anything else.
 */
export function givenInstant(text: string): number {
  const time = readInstant(text.trim());
  if (typeof time === 'number') return time;
  const advice = 'A time is 2024-05-01T12:00:00Z, 2024-05-01 12:00 or 2024-05-01; UTC when no zone is given.';
  throw new FailureError(fail('wrong-usage', `This cannot be used: ${time}.`, text.slice(0, 100), advice).failure);
}
