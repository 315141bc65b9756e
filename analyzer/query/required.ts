import type { AST } from '@eslint-community/regexpp';
import type { PatternTerm } from './query.ts';

export type Required = string | { readonly all: readonly Required[] } | { readonly any: readonly Required[] };

export function requiredOf(_tree: AST.Pattern, _letters: PatternTerm['letters']): Required | null {
  return null;
}
