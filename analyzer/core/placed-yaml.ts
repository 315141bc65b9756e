/** Reads YAML that a person wrote (rules, runbooks) by a schema; what is wrong is told with its line and column. */
import { type Document, isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { mistakePath, mistakeWords, type Path } from './mistake-words.ts';

/** YAML aliases can expand exponentially; rules and runbooks have no use for them. */
const ALIASES_MAX = 10;

/** Line and column from 1. */
export interface FilePlace {
  readonly line: number;
  readonly column: number;
}

/** Something that is wrong with a written file. */
export interface FileMistake extends FilePlace {
  readonly message: string;
}

export interface YamlPart<T> {
  readonly value: T;
  /** @returns where the value of these keys stands in the file, or the nearest thing around it. */
  placeOf(path: Path): FilePlace;
}

export type ReadYaml<T> =
  | { readonly ok: true; readonly part: YamlPart<T> }
  | { readonly ok: false; readonly mistakes: readonly FileMistake[] };

/**
 * @param text all of a file or a part of it.
 * @param name what the part is called when the mistake concerns all of it.
 * @param firstLine of the part in the file, from 1.
 * @returns what the schema made of it, or everything that is wrong; never throws.
 */
export function readYaml<S extends z.ZodType>(
  text: string,
  schema: S,
  name: string,
  firstLine = 1,
): ReadYaml<z.output<S>> {
  const lines = new LineCounter();
  // Warnings would be printed; with `silent` a second document would pass unseen.
  const document = parseDocument(text, {
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const at = (offset: number): FilePlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1) + firstLine - 1, column: Math.max(col, 1) };
  };
  const refused = (mistakes: readonly FileMistake[]) => ({ ok: false, mistakes }) as const;
  if (document.errors.length > 0) {
    return refused(document.errors.map(({ pos, message }) => ({ ...at(pos[0]), message })));
  }
  const plain = plainValue(document);
  if (!plain.ok) return refused([{ ...at(0), message: plain.because }]);
  const placeOf = (path: Path): FilePlace => at(offsetOf(document.contents, path));
  const checked = schema.safeParse(plain.value);
  if (checked.success) return { ok: true, part: { value: checked.data, placeOf } };
  return refused(
    checked.error.issues.map((issue) => ({
      ...placeOf(mistakePath(issue)),
      message: mistakeWords(issue, plain.value, name),
    })),
  );
}

type PlainValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly because: string };

function plainValue(document: Document.Parsed): PlainValue {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: ALIASES_MAX }) };
  } catch (error) {
    return { ok: false, because: error instanceof Error ? error.message : String(error) };
  }
}

/** @returns where the value at `path` (or the nearest thing around it) stands in the text. */
function offsetOf(root: unknown, path: Path): number {
  let node: unknown = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === String(step));
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
