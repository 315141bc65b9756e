/** What a system says of a file that it does not let read, in words (errno(3)). */

const WORDS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'no permission'],
  ['EPERM', 'no permission'],
  ['ENOENT', 'it is not there'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'a link that is not followed'],
  ['EIO', 'the disk reports an error'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'its name is too long'],
]);

/** @param error what a call of node:fs threw. @returns a clause; the code itself where it is a rare one. */
export function whyUnreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? (error instanceof Error ? error.message : String(error)) : (WORDS.get(code) ?? code);
}
