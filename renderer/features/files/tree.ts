/** The tree of source files as the list of rows that are shown. Pure. */

import { nodeNames } from '../../model/node-names.ts';
import type { Bundle, SourceFile } from '../../model/types.ts';
import type { FileOrder } from '../../stores/files.ts';

export type TreeRow =
  | {
      readonly kind: 'folder';
      /** `bundle` or `bundle/path`; also the key under which it is remembered as shut. */
      readonly key: string;
      readonly name: string;
      readonly level: number;
      readonly files: number;
      readonly state: 'open' | 'shut';
      readonly title: string;
    }
  | {
      readonly kind: 'file';
      readonly key: string;
      readonly name: string;
      readonly level: number;
      readonly file: SourceFile;
    };

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: SourceFile[];
  count: number;
}

type Entry =
  | {
      readonly kind: 'folder';
      readonly folder: Folder;
      readonly key: string;
      readonly name: string;
      readonly level: number;
      readonly title: string;
    }
  | { readonly kind: 'files'; readonly folder: Folder; readonly level: number };

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** @returns true when the path, the role or the node's name holds the filter's text. */
function passesFilter(file: SourceFile, node: string, filter: string): boolean {
  const text = filter.trim().toLowerCase();
  return text === '' || [file.path, file.role, node].some((part) => part.toLowerCase().includes(text));
}

/** What comes first in each order: the largest, the longest, the earliest; files without a time come last. */
const ORDERS: Readonly<Record<Exclude<FileOrder, 'name'>, (a: SourceFile, b: SourceFile) => number>> = {
  size: (a, b) => b.bytes - a.bytes,
  lines: (a, b) => b.lines - a.lines,
  time: (a, b) => firstTime(a) - firstTime(b),
};

const firstTime = ({ firstTime: iso }: SourceFile) => (iso === null ? Number.MAX_VALUE : Date.parse(iso));

/**
 * @returns in order of name one row a bundle, folder and file, folders first; in another order one row a bundle and file,
 * for folders would keep what is to be compared apart.
 * Folders in `shut` hide what is inside them, unless a filter is set: then everything that passes is shown.
 */
export function treeRows(
  bundles: readonly Bundle[],
  files: readonly SourceFile[],
  filter: string,
  shut: ReadonlySet<string>,
  order: FileOrder = 'name',
): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const names = nodeNames(bundles).whole;
  const open = (key: string) => filter.trim() !== '' || !shut.has(key);
  if (order !== 'name') {
    for (const bundle of bundles)
      pushFlat(
        rows,
        bundle,
        names.get(bundle.id) ?? '',
        files,
        filter,
        open(bundle.id) ? 'open' : 'shut',
        ORDERS[order],
      );
    return rows;
  }
  for (const bundle of bundles) {
    const root: Folder = { folders: new Map(), files: [], count: 0 };
    const node = names.get(bundle.id) ?? '';
    for (const file of files) {
      if (file.bundle !== bundle.id || !passesFilter(file, node, filter)) continue;
      let folder = root;
      root.count += 1;
      for (const part of file.path.split('/').slice(0, -1)) {
        let next = folder.folders.get(part);
        if (next === undefined) {
          next = { folders: new Map(), files: [], count: 0 };
          folder.folders.set(part, next);
        }
        next.count += 1;
        folder = next;
      }
      folder.files.push(file);
    }
    if (root.count === 0 && filter.trim() !== '') continue;
    // What is still to be listed, last first: a path may be thousands of folders deep, a call stack may not.
    const stack: Entry[] = [{ kind: 'folder', folder: root, key: bundle.id, name: node, level: 1, title: bundle.name }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next.kind === 'files') {
        pushFiles(rows, next.folder, next.level);
        continue;
      }
      const { folder, key, name, level, title } = next;
      const state = open(key) ? 'open' : 'shut';
      rows.push({ kind: 'folder', key, name, level, files: folder.count, state, title });
      if (state === 'shut') continue;
      stack.push({ kind: 'files', folder, level: level + 1 });
      for (const [part, child] of [...folder.folders].sort(([a], [b]) => byName(b, a))) {
        stack.push({ kind: 'folder', folder: child, key: `${key}/${part}`, name: part, level: level + 1, title: part });
      }
    }
  }
  return rows;
}

function pushFlat(
  rows: TreeRow[],
  bundle: Bundle,
  node: string,
  files: readonly SourceFile[],
  filter: string,
  state: 'open' | 'shut',
  compare: (a: SourceFile, b: SourceFile) => number,
): void {
  const own = files.filter((file) => file.bundle === bundle.id && passesFilter(file, node, filter));
  if (own.length === 0 && filter.trim() !== '') return;
  rows.push({ kind: 'folder', key: bundle.id, name: node, level: 1, files: own.length, state, title: bundle.name });
  if (state === 'shut') return;
  for (const file of own.sort((a, b) => compare(a, b) || byName(a.path, b.path))) {
    rows.push({ kind: 'file', key: `${file.bundle} ${file.id}`, name: file.path, level: 2, file });
  }
}

function pushFiles(rows: TreeRow[], folder: Folder, level: number): void {
  const named = folder.files.map((file) => ({ file, name: file.path.slice(file.path.lastIndexOf('/') + 1) }));
  for (const { file, name } of named.sort((a, b) => byName(a.name, b.name))) {
    rows.push({ kind: 'file', key: `${file.bundle} ${file.id}`, name, level, file });
  }
}
