/** Names of files that an archive has more than once, as tar has each time a file was appended: a file is found by its path. */
import type { FileId } from '../core/ids.ts';

interface Named {
  readonly id: FileId;
  readonly path: string;
}

/** @returns another path for each file whose own one before it has: `messages (2)`, which no file of the archive has. */
export function distinctPaths(files: readonly Named[]): ReadonlyMap<FileId, string> {
  const taken = new Set<string>();
  const again: Named[] = [];
  for (const file of files) {
    if (taken.has(file.path)) again.push(file);
    else taken.add(file.path);
  }
  const distinct = new Map<FileId, string>();
  /** The number that was given last: a hostile archive has 200,000 files of one name. */
  const numbers = new Map<string, number>();
  for (const { id, path } of again) {
    let number = numbers.get(path) ?? 1;
    do number += 1;
    while (taken.has(`${path} (${number})`));
    numbers.set(path, number);
    taken.add(`${path} (${number})`);
    distinct.set(id, `${path} (${number})`);
  }
  return distinct;
}
