/**
 * The shipped rules as the build has read and checked them, in one file: reading hundreds of files, and a schema for each, takes
 * longer than everything else that a start does with rules.
 */
import type { LoadedRules } from './loader.ts';
import type { Rule } from './schema.ts';

type Expressions<T> = readonly (Omit<T, 'regex'> & { readonly regex?: string })[];

/** What JSON holds of a rule: expressions as their source. */
type CheckedRule = Omit<Rule, 'match' | 'reasons'> & {
  readonly match: Expressions<Rule['match'][number]>;
  readonly reasons?: Expressions<NonNullable<Rule['reasons']>[number]>;
};

/** What JSON holds of a folder of rules, none of which was refused. */
export interface CheckedRules {
  readonly rules: readonly CheckedRule[];
  readonly files: readonly string[];
}

/** @throws when a rule was refused: what is shipped has no mistakes. */
export function rulesAsJson({ rules, files, rejected }: LoadedRules): CheckedRules {
  const [first] = rejected;
  if (first !== undefined) throw new Error(`${first.file}:${first.line}:${first.column}: ${first.message}`);
  const source = (_: string, value: unknown) => (value instanceof RegExp ? value.source : value);
  return JSON.parse(JSON.stringify({ rules, files }, source)) as CheckedRules;
}

/** @param json of `rulesAsJson`, which the build has written: it is not checked again. */
export function checkedRules({ rules, files }: CheckedRules): LoadedRules {
  return { rules: rules.map(checkedRule), files, rejected: [] };
}

function checkedRule({ match, reasons, ...rest }: CheckedRule): Rule {
  return {
    ...rest,
    match: match.map(compiled),
    ...(reasons === undefined ? {} : { reasons: reasons.map(compiled) }),
  };
}

/** V8 compiles an expression when it is first asked. */
function compiled<T extends { readonly regex?: string }>({ regex, ...rest }: T): Omit<T, 'regex'> & { regex?: RegExp } {
  return regex === undefined ? rest : { ...rest, regex: new RegExp(regex, 'u') };
}
