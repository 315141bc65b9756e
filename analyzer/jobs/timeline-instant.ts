/** Instants and windows as questions about time give them. */
import { FailureError, fail, ok, type Result } from '../core/failure.ts';
import { readInstant } from '../query/values.ts';

/**
 * @param text ISO 8601 with or without a time of day; without a zone it is UTC.
 * @returns ms since 1970; fails with `wrong-usage` for anything else.
 */
export function instantOf(text: string): Result<number> {
  const time = readInstant(text.trim());
  if (typeof time === 'number') return ok(time);
  const advice = 'A time is 2024-05-01T12:00:00Z, 2024-05-01 12:00 or 2024-05-01; UTC when no zone is given.';
  return fail('wrong-usage', `This cannot be used: ${time}.`, text.slice(0, 100), advice);
}

/** @returns as `instantOf`. @throws FailureError where that fails. */
export function givenInstant(text: string): number {
  return orThrow(instantOf(text));
}

export interface GivenWindow {
  /** ms since 1970, `to` excluded; null: this end is open. */
  readonly from: number | null;
  readonly to: number | null;
}

/** @returns both ends; fails with `wrong-usage` for what is no instant, and for an end that is not after the start. */
export function windowOf(given: { readonly from: string | null; readonly to: string | null }): Result<GivenWindow> {
  const from = given.from === null ? ok(null) : instantOf(given.from);
  if (!from.ok) return from;
  const to = given.to === null ? ok(null) : instantOf(given.to);
  if (!to.ok) return to;
  if (from.value !== null && to.value !== null && to.value <= from.value) {
    const advice = 'Give an end that is later than the start.';
    return fail('wrong-usage', 'This end of a window is not after its start.', given.to, advice);
  }
  return ok({ from: from.value, to: to.value });
}

/** @returns as `windowOf`. @throws FailureError where that fails. */
export function givenWindow(given: { readonly from: string | null; readonly to: string | null }): GivenWindow {
  return orThrow(windowOf(given));
}

function orThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new FailureError(result.failure);
  return result.value;
}
