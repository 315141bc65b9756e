/** When a line matches a rule, and the literals it is found by. */
import type { Entity } from '../core/vocabulary.ts';
import { ownWords } from './quoted-output.ts';
import type { Rule } from './schema.ts';

/** What of a rule decides whether a line matches; without an area it is not about probes and hooks. */
export type LinePattern = Pick<Rule, 'id' | 'where' | 'match' | 'unless'> & Partial<Pick<Rule, 'area'>>;

export function rolesOf(rule: Pick<Rule, 'where'>): readonly string[] {
  return rule.where.flatMap((entry) => entry.roles);
}

export function appliesTo(rule: Pick<Rule, 'where'>, role: string): boolean {
  return rule.where.some((entry) => entry.roles.includes(role));
}

export function entriesIn(rule: Pick<Rule, 'match'>, role: string): Rule['match'] {
  return rule.match.filter((entry) => entry.roles?.includes(role) !== false);
}

/** @returns literals of which a line must hold one, when logs of this role are shared by programs; null if it need not. */
export function alsoInLine(rule: Pick<Rule, 'where'>, role: string): readonly string[] | null {
  const places = rule.where.filter((entry) => entry.roles.includes(role));
  const lines = places.flatMap((entry) => (entry.line === undefined ? [] : [entry.line]));
  return lines.length < places.length ? null : lines;
}

/** @returns true when the rule matches the first line of a message; for samples, and for tests of user rules. */
export function ruleMatchesText(rule: LinePattern, role: string, message: string): boolean {
  const line = message.split('\n', 1)[0] ?? '';
  return (
    rule.where.some(
      (entry) => entry.roles.includes(role) && (entry.line === undefined || writtenByAny(line, [entry.line])),
    ) && lineMatch(rule, entriesIn(rule, role), line) !== null
  );
}

/** A loop: this is asked of every line that holds a literal, and a closure for each costs as much as looking. */
export function holdsAny(line: string, texts: readonly string[]): boolean {
  for (const text of texts) if (line.includes(text)) return true;
  return false;
}

/** @returns whether the literal names a program as syslog and journals do: `kernel:`, `kubelet[`, `kubelet: `. */
function namesProgram(text: string): boolean {
  return text.endsWith('[') || text.endsWith(':') || text.endsWith(': ');
}

/**
 * @returns true when the line holds one of the literals; a literal that names a program must name the one that wrote the
 * line. What stands behind another program's `name: ` is its text: a command line that sudo logs, a note of logger.
 */
export function writtenByAny(line: string, texts: readonly string[]): boolean {
  for (const text of texts) {
    const at = line.indexOf(text);
    if (at < 0) continue;
    if (!namesProgram(text)) return true;
    const colon = line.indexOf(': ');
    if (colon < 0 || colon >= at) return true;
  }
  return false;
}

/** What a line matched with: the expression, and what its groups are; no expression when a literal was enough. */
export interface LineMatch {
  readonly regex: RegExp | null;
  readonly groups: Readonly<Record<string, string | undefined>> | undefined;
}

const BY_LITERAL: LineMatch = { regex: null, groups: undefined };

/**
 * @returns how the first entry that matches the line does, or null when none does. What kubelet quotes of a pod counts
 * for rules about probes and hooks only.
 */
export function lineMatch(
  rule: Pick<LinePattern, 'area' | 'unless'>,
  entries: Rule['match'],
  line: string,
): LineMatch | null {
  if (rule.unless !== undefined && holdsAny(line, rule.unless)) return null;
  const match = matchIn(entries, line);
  if (match === null) return null;
  const own = ownWords(line, rule.area);
  return own === line ? match : matchIn(entries, own);
}

function matchIn(entries: Rule['match'], line: string): LineMatch | null {
  for (const { literals, regex } of entries) {
    if (!holdsAny(line, literals)) continue;
    if (regex === undefined) return BY_LITERAL;
    const match = regex.exec(line);
    if (match !== null) return { regex, groups: match.groups };
  }
  return null;
}

/** The groups of each expression, read from it once: a healthy log can match a hundred thousand times. */
const NAMED = new WeakMap<RegExp, readonly { readonly group: string; readonly kind: Entity['kind'] }[]>();

/** @returns the entities that the groups name; `pod2` names a second pod of the same line. */
export function namedEntities({ regex, groups }: LineMatch): readonly Entity[] {
  if (regex === null || groups === undefined) return [];
  const known = NAMED.get(regex) ?? namedGroups(regex);
  NAMED.set(regex, known);
  const found: Entity[] = [];
  for (const { group, kind } of known) {
    const name = groups[group];
    if (name !== undefined && name !== '') found.push({ kind, name });
  }
  return found;
}

function namedGroups({ source }: RegExp): readonly { readonly group: string; readonly kind: Entity['kind'] }[] {
  const names = [...source.matchAll(/\(\?<([^=!>][^>]*)>/g)].map(([, name = '']) => name);
  return [...new Set(names)].map((group) => ({ group, kind: group.replace(/\d$/, '') as Entity['kind'] }));
}
