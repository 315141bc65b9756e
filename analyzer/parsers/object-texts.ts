/**
 * Cuts a file of Kubernetes objects into one text an object, with the line each begins on, so that one broken or
 * hostile object does not take the others with it and nothing larger than an object is ever parsed.
 *
 *   {"apiVersion": "v1", "kind": "List", "items": [{"kind": "Service", ...}, ...]}    kubectl get -o json
 *   {"kind":"PodList","items":[...]}                                                   support bundles
 *   [{"kind":"Pod"}, ...]  and  {...}\n{...}                                           arrays, objects one after the other
 *   apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n...                     kubectl get -o yaml
 *   apiVersion: v1\nkind: Service\n...\n---\n...                                       documents of YAML
 */

/** One object as it stands in the file. */
export interface ObjectText {
  readonly format: 'json' | 'yaml';
  readonly text: string;
  /** Line of the file on which `text` begins, from 1. */
  readonly line: number;
}

export interface ObjectTexts {
  readonly objects: readonly ObjectText[];
  /** Kinds of the lists that hold them, as far as they are printed: `List`, `ServiceList`. */
  readonly lists: readonly string[];
  /** Objects beyond the limit. */
  readonly leftOut: number;
  /** Why the end of the file could not be read, or null. */
  readonly cut: string | null;
}

/** A cluster of the largest supported size has 150,000 pods; a file with more objects is not read to its end. */
export const OBJECTS_MAX = 200_000;

/** @returns the objects of the file in order. Linear in the text; never throws. */
export function objectTexts(text: string): ObjectTexts {
  const first = /[^\s\uFEFF]/.exec(text)?.[0];
  return first === '{' || first === '[' ? jsonObjects(text) : yamlObjects(text);
}

const QUOTE = 34;
const BACKSLASH = 92;
const NEWLINE = 10;
const OPEN = 123;
const CLOSE = 125;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const COMMA = 44;

/**
 * Where objects lie in JSON, told by depth alone: at depth 0, in an array at depth 0, or in the array `items` of an
 * object at depth 0. Strings are skipped; what is between an object's braces is left to JSON.parse.
 */
function jsonObjects(text: string): ObjectTexts {
  const objects: ObjectText[] = [];
  const lists: string[] = [];
  let leftOut = 0;
  let line = 1;
  let depth = 0;
  /** Depth at which a `{` opens an object of its own: 0, or inside an array of objects. */
  let itemDepth = 0;
  let start = -1;
  let startLine = 1;
  let top: { from: number; line: number; items: boolean; key: string | null } | null = null;
  let topArray = false;

  const keep = (from: number, to: number, at: number): void => {
    if (objects.length >= OBJECTS_MAX) leftOut += 1;
    else objects.push({ format: 'json', text: text.slice(from, to), line: at });
  };

  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE) {
      line += 1;
      continue;
    }
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      if (end < 0) return { objects, lists, leftOut, cut: 'a text in quotation marks does not end' };
      if (top !== null && depth === 1 && start < 0) {
        const word = text.slice(at + 1, Math.min(end, at + 80));
        if (top.key === 'kind') {
          if (/^\w*List$/.test(word)) lists.push(word);
          top.key = null;
        } else top.key = word === 'kind' || word === 'items' ? word : null;
      }
      at = end;
      continue;
    }
    // Blanks, numbers and words decide nothing.
    if (code !== OPEN && code !== CLOSE && code !== OPEN_LIST && code !== CLOSE_LIST && code !== COMMA) continue;
    const char = text[at];
    if (char === '{') {
      if (depth === 0) top = { from: at, line, items: false, key: null };
      else if (start < 0 && depth === itemDepth) {
        start = at;
        startLine = line;
      }
      depth += 1;
    } else if (char === '[') {
      if (depth === 0) {
        topArray = true;
        itemDepth = 1;
      } else if (top !== null && depth === 1 && top.key === 'items') {
        top.items = true;
        itemDepth = 2;
      }
      depth += 1;
    } else if (char === '}' || char === ']') {
      depth = Math.max(0, depth - 1);
      if (char === '}' && start >= 0 && depth === itemDepth) {
        keep(start, at + 1, startLine);
        start = -1;
      } else if (char === ']' && depth < itemDepth) itemDepth = 0;
      if (depth === 0 && top !== null) {
        if (!top.items) keep(top.from, at + 1, top.line);
        top = null;
      }
      if (depth === 0) topArray = false;
    } else if (char === ',' && top !== null && depth === 1) top.key = null;
  }
  const open = start >= 0 || top !== null || topArray;
  return { objects, lists, leftOut, cut: open ? 'the text ends inside an object' : null };
}

function stringEnd(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at >= 0) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH && at - 1 - slashes > from) slashes += 1;
    if (slashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return -1;
}

/** Documents between `---`; the items of a list in block style are cut out by the column of their dashes. */
function yamlObjects(text: string): ObjectTexts {
  const objects: ObjectText[] = [];
  const lists: string[] = [];
  let leftOut = 0;
  const keep = (lines: readonly string[], line: number): void => {
    if (!lines.some((each) => each.trim() !== '' && !each.trimStart().startsWith('#'))) return;
    if (objects.length >= OBJECTS_MAX) leftOut += 1;
    else objects.push({ format: 'yaml', text: lines.join('\n'), line });
  };
  let open: string[] = [];
  let openLine = 1;
  const close = (next: number): void => {
    const list = listItems(open);
    if (list === null) keep(open, openLine);
    else {
      if (list.kind !== null) lists.push(list.kind);
      for (const item of list.items) keep(item.lines, openLine + item.at);
    }
    open = [];
    openLine = next;
  };
  let number = 0;
  for (const raw of text.split('\n')) {
    number += 1;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) close(number + 1);
    else open.push(line);
  }
  close(number);
  return { objects, lists, leftOut, cut: null };
}

interface YamlList {
  readonly kind: string | null;
  readonly items: readonly { readonly at: number; readonly lines: readonly string[] }[];
}

/**
 * A line that begins with a dash in the column of the list's first dash is an item of that list: the text of an item,
 * block scalars included, stands further right.
 * @returns null when the document is no list in block style.
 */
function listItems(lines: readonly string[]): YamlList | null {
  const head = lines.findIndex((line) => /^items:\s*(?:#.*)?$/.test(line));
  if (head < 0) {
    // `items: []` is a list without objects: it says that there are none.
    if (!lines.some((line) => /^items:\s*\[\s*\]\s*$/.test(line))) return null;
    return { kind: kindOf(lines), items: [] };
  }
  let indent: number | null = null;
  const items: { at: number; lines: string[] }[] = [];
  const rest = lines.slice(0, head);
  for (let at = head + 1; at < lines.length; at += 1) {
    const line = lines[at] as string;
    const dash = /^( *)-(?= |$)/.exec(line);
    if (indent === null && dash !== null) indent = (dash[1] as string).length;
    if (dash !== null && dash[1]?.length === indent) {
      // The dash becomes a blank, so that columns and lines stay those of the file.
      items.push({ at, lines: [line.replace('-', ' ')] });
      continue;
    }
    if (/^[A-Za-z]/.test(line)) {
      // Keys of the list behind its items.
      rest.push(...lines.slice(at));
      break;
    }
    items.at(-1)?.lines.push(line);
  }
  return { kind: kindOf(rest), items };
}

function kindOf(lines: readonly string[]): string | null {
  for (const line of lines) {
    const kind = /^kind:\s*["']?(\w{1,80}List|List)["']?\s*$/.exec(line)?.[1];
    if (kind !== undefined) return kind;
  }
  return null;
}
