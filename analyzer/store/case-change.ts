/** Changes of the case file: in one transaction, refused where nothing would be kept, and told apart from bugs. */
import { FailureError, fail } from '../core/failure.ts';
import type { OpenCaseFile } from './case-file.ts';

/** @returns what the work returns. Throws a `disk` FailureError when the case file cannot be written. */
export function changeCase<T>({ db, access }: OpenCaseFile, work: () => T): T {
  refuseToChange(access);
  try {
    return db.transaction(work)();
  } catch (error) {
    throw notWritten(error);
  }
}

/** SQLite's result codes (sqlite.org/rescode.html) of a file that cannot be written now. */
const DISK_CODES = /^SQLITE_(READONLY|FULL|IOERR|CANTOPEN|PERM|AUTH|BUSY)/;

/** @returns a `disk` failure to throw for what SQLite says of the disk; anything else as it is. */
function notWritten(error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string' || !DISK_CODES.test(code)) return error;
  return unchanged(code.startsWith('SQLITE_READONLY') ? ONLY_READ : String(message));
}

/** @throws FailureError `disk` when nothing that is changed would be kept. */
export function refuseToChange(access: OpenCaseFile['access']): void {
  if (access === 'read-only') throw unchanged(ONLY_READ);
}

const ONLY_READ = 'it can only be read';

function unchanged(why: string): FailureError {
  const advice = 'Check that its disk has room and can be written, or copy the case to another folder.';
  return new FailureError(fail('disk', `The case file cannot be changed: ${why}.`, null, advice).failure);
}
