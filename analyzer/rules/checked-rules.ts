/**
 * Rules as the build has checked them: a schema takes longer for hundreds of rules than everything else that a start does
 * with them. As JSON a rule is what the schema made of it, expressions as their source.
 */
import type { Rule } from './schema.ts';

type Expressions<T> = readonly (Omit<T, 'regex'> & { readonly regex?: string })[];

/** What JSON holds of a rule. */
type CheckedRule = Omit<Rule, 'match' | 'reasons'> & {
  readonly match: Expressions<Rule['match'][number]>;
  readonly reasons?: Expressions<NonNullable<Rule['reasons']>[number]>;
};

/** @returns what `checkedRule` makes the rule of again, as it is after JSON. */
export function ruleAsJson(rule: Rule): unknown {
  return JSON.parse(JSON.stringify(rule, (_, value: unknown) => (value instanceof RegExp ? value.source : value)));
}

/** @param json of `ruleAsJson`, which the build has written: it is not checked again. */
export function checkedRule(json: unknown): Rule {
  const { match, reasons, ...rest } = json as CheckedRule;
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
