/** When a line matches a rule, and the literals it is found by. */
import type { Rule } from './schema.ts';

export function rolesOf(rule: Rule): readonly string[] {
  return rule.where.flatMap((entry) => entry.roles);
}

export function appliesTo(rule: Rule, role: string): boolean {
  return rule.where.some((entry) => entry.roles.includes(role));
}

export function entriesIn(rule: Rule, role: string): Rule['match'] {
  return rule.match.filter((entry) => entry.roles?.includes(role) !== false);
}

/** @returns literals of which a line must hold one, when logs of this role are shared by programs; null if it need not. */
export function alsoInLine(rule: Rule, role: string): readonly string[] | null {
  const places = rule.where.filter((entry) => entry.roles.includes(role));
  const lines = places.flatMap((entry) => (entry.line === undefined ? [] : [entry.line]));
  return lines.length < places.length ? null : lines;
}

/** @returns true when the rule matches the first line of a message; for samples, and for tests of user rules. */
export function ruleMatchesText(rule: Rule, role: string, message: string): boolean {
  const line = message.split('\n', 1)[0] ?? '';
  return (
    rule.where.some((entry) => entry.roles.includes(role) && (entry.line === undefined || line.includes(entry.line))) &&
    lineMatch(rule, entriesIn(rule, role), line) !== null
  );
}

/** @returns the groups of the first entry that matches the line, or null when none does. */
export function lineMatch(
  rule: Rule,
  entries: Rule['match'],
  line: string,
): Readonly<Record<string, string | undefined>> | null {
  if (rule.unless?.some((text) => line.includes(text)) === true) return null;
  for (const entry of entries) {
    if (!entry.literals.some((text) => line.includes(text))) continue;
    if (entry.regex === undefined) return {};
    const match = entry.regex.exec(line);
    if (match !== null) return match.groups ?? {};
  }
  return null;
}
