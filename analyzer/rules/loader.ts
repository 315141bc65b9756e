/** Reads rule files. A broken one is reported with line and column and skipped: it never stops the others. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { RULE_FILE_BYTES_MAX } from '../core/limits.ts';
import { type FileMistake, readYaml } from '../core/placed-yaml.ts';
import { type Rule, RuleSource } from './schema.ts';

export interface RejectedRule extends FileMistake {
  /** Path relative to the rules folder. */
  readonly file: string;
}

export interface LoadedRules {
  readonly rules: readonly Rule[];
  /** The file of each rule, relative to the folder. */
  readonly files: readonly string[];
  readonly rejected: readonly RejectedRule[];
}

/**
 * @param folder holds one folder an area, each with one rule a file (`kube-proxy/sync-failure.yaml`).
 * @param roles the file roles a rule may name.
 * @returns the rules sorted by id, and what was wrong with the files that were skipped.
 */
export function loadRules(folder: string, roles: readonly string[]): LoadedRules {
  const rules = new Map<string, { readonly rule: Rule; readonly file: string }>();
  const rejected: RejectedRule[] = [];
  for (const file of ruleFiles(folder)) {
    const full = path.join(folder, file);
    if (statSync(full).size > RULE_FILE_BYTES_MAX) {
      rejected.push({ file, line: 1, column: 1, message: `larger than ${RULE_FILE_BYTES_MAX} bytes` });
      continue;
    }
    const parsed = parseRule(readFileSync(full, 'utf8'), file, roles);
    if (!parsed.ok) rejected.push(...parsed.reasons);
    else if (rules.has(parsed.rule.id)) {
      rejected.push({ file, line: 1, column: 1, message: `id ${parsed.rule.id} is used by another file` });
    } else rules.set(parsed.rule.id, { rule: parsed.rule, file });
  }
  const sorted = [...rules.values()].sort((one, two) => (one.rule.id < two.rule.id ? -1 : 1));
  return { rules: sorted.map(({ rule }) => rule), files: sorted.map(({ file }) => file), rejected };
}

function ruleFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((area) =>
      readdirSync(path.join(folder, area.name))
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => `${area.name}/${name}`),
    )
    .sort();
}

export type ParsedRule =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly reasons: readonly RejectedRule[] };

/** @returns the rule in a YAML text, or everything that is wrong with it, with line and column. */
export function parseRule(text: string, file: string, roles: readonly string[]): ParsedRule {
  const read = readYaml(text, RuleSource, 'rule');
  if (!read.ok) return { ok: false, reasons: read.mistakes.map((mistake) => ({ file, ...mistake })) };
  const { value, placeOf } = read.part;
  const foreign = foreignRoles(value, roles);
  if (foreign.length === 0) return { ok: true, rule: value };
  const message = `where: no such file role, or one that match names and where does not: ${foreign.join(', ')}`;
  return { ok: false, reasons: [{ file, ...placeOf(['where']), message }] };
}

function foreignRoles(rule: Rule, roles: readonly string[]): readonly string[] {
  const looked = rule.where.flatMap((entry) => entry.roles);
  const inMatches = rule.match.flatMap((entry) => entry.roles ?? []).filter((role) => !looked.includes(role));
  return [...looked.filter((role) => !roles.includes(role)), ...inMatches];
}
