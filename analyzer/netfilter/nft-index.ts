/**
 * Elements of a set or map, found by value: exact elements in one step, prefixes and ranges one after the other. Made
 * when a packet first asks, because a ruleset holds thousands of maps that no traced packet meets.
 */
import type { NftElement, NftExpression } from '../core/nft-ruleset.ts';
import { type Part, readPart, type Value, type ValueKind } from './nft-values.ts';
import type { Unsure } from './program.ts';

export interface ElementIndex {
  /** @param values one a part of the key. @returns the element, null when there is none, or why that is not known. */
  find(values: readonly Value[]): NftElement | Unsure | null;
}

interface Wide {
  readonly parts: readonly Exclude<Part, { is: 'unread' }>[];
  readonly element: NftElement;
}

/** @param endUnknown why elements may be missing, or null when all are there. */
export function indexElements(
  elements: readonly NftElement[],
  kinds: readonly ValueKind[],
  endUnknown: string | null,
): ElementIndex {
  let made: ElementIndex | null = null;
  return {
    find(values) {
      made ??= makeIndex(elements, kinds, endUnknown);
      return made.find(values);
    },
  };
}

function makeIndex(
  elements: readonly NftElement[],
  kinds: readonly ValueKind[],
  endUnknown: string | null,
): ElementIndex {
  const exact = new Map<string, NftElement>();
  const wide: Wide[] = [];
  let catchAll: NftElement | null = null;
  let unknown = endUnknown;
  for (const element of elements) {
    if (element.key.kind === 'value' && element.key.value === '*') {
      catchAll = element;
      continue;
    }
    const keys: readonly NftExpression[] = element.key.kind === 'concat' ? element.key.parts : [element.key];
    if (keys.length !== kinds.length) {
      unknown ??= 'an element has another form than the key';
      continue;
    }
    const parts = keys.map((key, index) => readPart(kinds[index] as ValueKind, key));
    const read = parts.filter((part) => part.is !== 'unread');
    const bad = parts.find((part) => part.is === 'unread');
    if (bad?.is === 'unread') unknown ??= bad.because;
    else if (read.every((part) => part.is === 'exact')) exact.set(keyOf(read.map((part) => part.value)), element);
    else wide.push({ parts: read, element });
  }
  return {
    find(values) {
      const found =
        exact.get(keyOf(values)) ??
        wide.find(({ parts }) => parts.every((part, index) => holds(part, values[index] as Value)))?.element;
      if (found !== undefined) return found;
      return unknown === null ? catchAll : { unsure: unknown };
    },
  };
}

function holds(part: Exclude<Part, { is: 'unread' }>, value: Value): boolean {
  return part.is === 'exact' ? part.value === value : part.holds(value);
}

function keyOf(values: readonly Value[]): string {
  return values.join('\u0000');
}
