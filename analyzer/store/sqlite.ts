/** Opening SQLite files: the one place that makes connections, because the first of a thread also loads the addon. */
import Database from 'better-sqlite3';
import { unstopped } from '../core/thread-end.ts';

let isLoaded = false;

/**
 * @param source path of the file, `:memory:`, or the content of a file. @returns an open connection, to be closed by the caller.
 * @throws what SQLite says, with its `code` (sqlite.org/rescode.html).
 */
export function openSqlite(source: string | Buffer, options?: Database.Options): Database.Database {
  loadAddon();
  return new Database(source, options);
}

/**
 * Loads the addon in a turn that nobody is stopped in: a thread that is stopped while the addon registers itself aborts the
 * whole process (`FATAL ERROR: Error::New napi_get_last_error_info`; better-sqlite3 13.2, one in a hundred of threads stopped at
 * their start). The file itself is opened outside of the turn: that can wait for a disk.
 */
function loadAddon(): void {
  if (isLoaded) return;
  unstopped(() => new Database(':memory:').close());
  isLoaded = true;
}
