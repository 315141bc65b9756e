/** What makes a check fail that read a bundle of which the file is damaged (see store/damaged-file.ts). */
import { FailureError } from '../core/failure.ts';
import type { Damage } from '../core/vocabulary.ts';

/** @param error what was thrown. @returns nothing when it says of no file that it is damaged. */
export function damageOf(error: unknown): { readonly damage?: Damage } {
  if (!(error instanceof FailureError) || error.failure.code !== 'corrupt' || error.failure.where === null) return {};
  // A report goes to others: it does not tell where the case lies on this machine.
  const file = error.failure.where.split(/[\\/]/).slice(-2).join('/');
  return { damage: { file, because: error.failure.message } };
}
