/** Which UTF-16 units a part of a pattern accepts, without the flags `u` and `v`. */
import type { AST } from '@eslint-community/regexpp';

export type UnitTest = (unit: number) => boolean;

/** @returns what an element accepts before its negation and without regard to letters in any case. */
export function unitTest(
  element: AST.Character | AST.CharacterClass | AST.CharacterSet | AST.ExpressionCharacterClass,
): UnitTest {
  if (element.type === 'Character') return ofRange(element.value, element.value);
  if (element.type === 'CharacterSet') return ofSet(element);
  if (element.type !== 'CharacterClass') return () => false;
  const tests = element.elements.map((one): UnitTest => {
    if (one.type === 'CharacterClassRange') return ofRange(one.min.value, one.max.value);
    if (one.type === 'Character') return ofRange(one.value, one.value);
    return one.type === 'CharacterSet' ? ofSet(one) : () => false;
  });
  const [only, more] = tests;
  return only !== undefined && more === undefined ? only : (unit) => tests.some((test) => test(unit));
}

function ofRange(min: number, max: number): UnitTest {
  return (unit) => unit >= min && unit <= max;
}

/** \d \s \w and their negations; `\p` is a letter without the flag `u`. */
function ofSet(set: AST.CharacterSet): UnitTest {
  if (set.kind === 'any') return () => true;
  const test = set.kind === 'digit' ? isDigit : set.kind === 'space' ? isSpace : isWordUnit;
  return set.negate ? (unit) => !test(unit) : test;
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

function isSpace(unit: number): boolean {
  return unit < 128 ? unit === 32 || (unit >= 9 && unit <= 13) : /\s/.test(String.fromCharCode(unit));
}

export function isWordUnit(unit: number): boolean {
  return isDigit(unit) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95;
}

/** Canonicalize of ECMA-262 22.2.2.7.3: units that are the same in any case have the same. */
export function canonical(unit: number): number {
  if (unit < 128) return unit >= 97 && unit <= 122 ? unit - 32 : unit;
  const upper = String.fromCharCode(unit).toUpperCase();
  const other = upper.charCodeAt(0);
  return upper.length !== 1 || other < 128 ? unit : other;
}

/** @returns a test that accepts a unit when `test` accepts one that is the same in any case. */
export function anyCaseUnits(test: UnitTest): UnitTest {
  return (unit) => test(unit) || (sameUnits().get(canonical(unit))?.some(test) ?? false);
}

let same: ReadonlyMap<number, readonly number[]> | null = null;

/** Units by what they are in any case, where these are several. Made when first needed: it takes 10 ms. */
function sameUnits(): ReadonlyMap<number, readonly number[]> {
  if (same !== null) return same;
  const found = new Map<number, number[]>();
  for (let unit = 0; unit < 0x10000; unit++) {
    const key = canonical(unit);
    if (key === unit) continue;
    const units = found.get(key) ?? [key];
    units.push(unit);
    found.set(key, units);
  }
  same = found;
  return found;
}
