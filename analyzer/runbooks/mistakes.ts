/** Mistakes in the YAML of runbooks, each with its place in the whole file. */
import { isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import type { RunbookMistake } from './runbook.ts';

/** Aliases can expand exponentially; runbooks have no use for them. */
const ALIASES_MAX = 10;

export interface YamlPart<T> {
  readonly value: T;
  /** Line of the file where the value at these keys stands. */
  lineOf(path: readonly (string | number)[]): number;
}

export type ReadYaml<T> =
  | { readonly ok: true; readonly part: YamlPart<T> }
  | { readonly ok: false; readonly mistakes: readonly RunbookMistake[] };

/**
 * @param text all of a file or a part of it.
 * @param firstLine of the part in the file, from 1.
 * @param name what the part is called when the mistake concerns all of it.
 */
export function readYaml<S extends z.ZodType>(
  text: string,
  schema: S,
  name: string,
  firstLine = 1,
): ReadYaml<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'core', lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): RunbookMistake => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1) + firstLine - 1, column: Math.max(col, 1), message };
  };
  const refused = (mistakes: readonly RunbookMistake[]) => ({ ok: false, mistakes }) as const;
  if (document.errors.length > 0) return refused(document.errors.map((error) => at(error.pos[0], error.message)));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    return refused([at(0, error instanceof Error ? error.message : String(error))]);
  }
  const checked = schema.safeParse(value);
  if (!checked.success) {
    return refused(
      checked.error.issues.map((issue) => {
        const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
        const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
        const place = offsetOf(document.contents, unknown === undefined ? path : [...path, unknown]);
        return at(place, `${path.join('.') || name}: ${issue.message}`);
      }),
    );
  }
  const lineOf = (path: readonly (string | number)[]) => at(offsetOf(document.contents, path), '').line;
  return { ok: true, part: { value: checked.data, lineOf } };
}

/** @returns where the value at `path` (or the nearest thing around it) stands in the text. */
function offsetOf(root: unknown, path: readonly (string | number)[]): number {
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
