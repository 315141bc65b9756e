/** Expected failures are values, not exceptions: an exception anywhere in Coldcase is a bug. */
import * as z from 'zod';

/** Why an operation could not be done. The command line maps these to exit codes (see hosts/cli). */
export const FailureCode = z.enum([
  'wrong-usage',
  'not-found',
  'unreadable',
  'empty',
  'cancelled',
  /** It was stopped at the limit it was given, or at the usual one. */
  'time-limit',
  'corrupt',
  'busy',
  'disk',
  'internal',
]);
export type FailureCode = z.infer<typeof FailureCode>;

/** What failed, where, and what the engineer can do. Every sentence is shown to people as it is. */
export const Failure = z
  .object({
    code: FailureCode,
    message: z.string(),
    where: z.string().nullable(),
    advice: z.string().nullable(),
  })
  .readonly();
export type Failure = z.infer<typeof Failure>;

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** @returns a successful Result carrying `value`. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** @returns a failed Result; `where` names the file, line or argument, `advice` what to do about it. */
export function fail(
  code: FailureCode,
  message: string,
  where: string | null = null,
  advice: string | null = null,
): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: { code, message, where, advice } };
}

/**
 * Carries a Failure through code that can only throw (stream callbacks, SQLite transactions).
 * It is turned back into a Result at the nearest job or engine boundary.
 */
export class FailureError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'FailureError';
    this.failure = failure;
  }
}

/** @returns the Failure inside a FailureError, or an `internal` one that keeps the error's own words. */
export function toFailure(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, where: null, advice: 'This is a bug in Coldcase: please report it.' };
}
