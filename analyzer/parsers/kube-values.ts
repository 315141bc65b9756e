/** Reading values of Kubernetes objects that come from a customer: nothing is believed to have the type it should have. */

/** Names and addresses are far shorter; a longer text is no such thing. */
const TEXT_CHARS_MAX = 1_000;
/** An EndpointSlice holds 1,000 addresses at most, an Endpoints object as well. */
const LIST_MAX = 20_000;

export type Json = unknown;

/** @returns a field of an object, undefined of anything else. */
export function field(value: Json, ...path: readonly string[]): Json {
  let at: Json = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}

/** @returns the text, or null when it is none, empty or too long. Numbers become text, as YAML may read a version as one. */
export function textOf(value: Json): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= TEXT_CHARS_MAX ? value : null;
}

/** @returns a whole number of 0 to `most`, or null. */
export function wholeNumber(value: Json, most: number): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= most ? number : null;
}

/** @returns the elements of a list, none of anything else. */
export function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value.slice(0, LIST_MAX) : [];
}

/** @returns the texts of a list, or the one text. */
export function textsOf(value: Json): readonly string[] {
  return (Array.isArray(value) ? listOf(value) : [value]).map(textOf).filter((text) => text !== null);
}

export function truth(value: Json): boolean | null {
  return value === true || value === 'true' ? true : value === false || value === 'false' ? false : null;
}
