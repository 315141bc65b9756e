/** Names in the folder of a case, for those who must not open it. */

/** What the engineer keeps. SQLite puts its journals beside it, under the name with one of JOURNAL_ENDINGS. */
export const CASE_FILE = 'case.coldcase';
export const JOURNAL_ENDINGS = ['-wal', '-shm', '-journal'] as const;
export const BUNDLES_FOLDER = 'bundles';
