/** SQLite says that a file is damaged, and not which: here it becomes a failure that names it, whoever reads it. */
import type { Database, Statement } from 'better-sqlite3';
import { CASE_FILE } from '../core/case-files.ts';
import { type Failure, FailureError, fail } from '../core/failure.ts';

/** SQLite's result codes (sqlite.org/rescode.html) for bytes that it never wrote: too big is a size that it would not store. */
const DAMAGE_CODES = /^SQLITE_(CORRUPT|NOTADB|TOOBIG)/;

/** @returns whether SQLite says so of the file that was read. */
export function isDamage(error: unknown): boolean {
  return DAMAGE_CODES.test(String((error as { readonly code?: unknown } | null)?.code));
}

/** @returns whether a table or column is not there: our statements name only those of the version that the file says it is of. */
function isUnknownName(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === 'SQLITE_ERROR';
}

/** What reads and changes rows. */
const STEPS = ['get', 'all', 'run'] as const;
type Step = (...values: readonly unknown[]) => unknown;

/**
 * From now on statements of `db` throw a FailureError where the file is damaged. Transactions and pragmas do not.
 * @param failureOf what SQLite says of it.
 */
export function nameDamage(db: Database, failureOf: (why: string) => Failure): void {
  const named = <T>(work: () => T, isAlso: (error: unknown) => boolean = () => false): T => {
    try {
      return work();
    } catch (error) {
      throw isDamage(error) || isAlso(error) ? new FailureError(failureOf((error as Error).message)) : error;
    }
  };
  const prepare = db.prepare.bind(db) as (sql: string) => Statement;
  const prepareNamed = (sql: string): Statement => {
    const statement = named(() => prepare(sql), isUnknownName);
    for (const step of STEPS) {
      const plain = statement[step].bind(statement) as Step;
      Object.assign(statement, { [step]: (...values: readonly unknown[]) => named(() => plain(...values)) });
    }
    return statement;
  };
  Object.assign(db, { prepare: prepareNamed });
}

/** What the engineer keeps is nowhere else, so that this file is never replaced by itself. */
export function damagedCase(file: string, why: string): Failure {
  const advice = `Move ${CASE_FILE} away and open the folder again: its bundles are kept. The notes, pins and bookmarks in it are lost.`;
  return fail('corrupt', `the case file is damaged: ${why}`, file, advice).failure;
}

/** @param what is damaged of it. */
export function damagedBundle(file: string, what: string): Failure {
  // Importing the archive alone would find the bundle, and have nothing to do.
  return fail('corrupt', what, file, 'Delete the file, and import the archive again.').failure;
}
