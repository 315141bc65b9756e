/** All rules of an analysis: those that come with Coldcase and those of the user's folders, as their files are now. */
import path from 'node:path';
import { ANALYZERS } from '../analyzers/registry.ts';
import type { ListedRule, RejectedRuleFile } from '../contract/settings.ts';
import { ROLES } from '../layouts/roles.ts';
import { parseRule } from '../rules/loader.ts';
import type { Rule } from '../rules/schema.ts';
import { type OwnRuleFile, ownRuleFiles } from './own-rule-files.ts';
import { shippedRules } from './shipped-rules.ts';

/** A rule and the file it was read from; `folder` null for what comes with Coldcase. */
export interface ShelvedRule {
  readonly rule: Rule;
  readonly folder: string | null;
  readonly file: string;
}

export interface RuleShelf {
  readonly rules: readonly Rule[];
  readonly shelved: readonly ShelvedRule[];
  readonly rejected: readonly RejectedRuleFile[];
}

/**
 * @returns a sentence for each file (and folder) that was not used: its first mistake with its place, and how many more it
 * has: `Rules not used: FILE:LINE:COLUMN MESSAGE, and 3 more in this file`.
 */
export function rejectedFiles(rejected: readonly RejectedRuleFile[]): readonly string[] {
  const byFile = Map.groupBy(rejected, ({ folder, file }) => path.join(folder ?? '', file));
  return [...byFile].flatMap(([full, mistakes]) => {
    // What is wrong with a folder has no place in it, and is not the same twice.
    if (mistakes[0]?.file === '') return mistakes.map(({ message }) => `Rules not used: ${full}: ${message}`);
    const [first] = mistakes.toSorted((one, two) => one.line - two.line || one.column - two.column);
    if (first === undefined) return [];
    const more = mistakes.length === 1 ? '' : `, and ${mistakes.length - 1} more in this file`;
    return [`Rules not used: ${full}:${first.line}:${first.column} ${first.message}${more}`];
  });
}

/**
 * @param folders absolute; a folder's files are those in it and in its folders that end in .yaml or .yml.
 * @returns the rules sorted by id. A broken file, or one whose id is taken, is rejected and never stops the others.
 */
export function ruleShelf(folders: readonly string[]): RuleShelf {
  const shipped = shippedRules();
  const shelved = new Map<string, ShelvedRule>(
    shipped.rules.map((rule, nth) => [rule.id, { rule, folder: null, file: shipped.files[nth] ?? '' }]),
  );
  const rejected: RejectedRuleFile[] = shipped.rejected.map((one) => ({ folder: null, ...one }));
  for (const own of ownRuleFiles(folders)) addFile(own, { shelved, rejected });
  const sorted = [...shelved.values()].sort((one, two) => (one.rule.id < two.rule.id ? -1 : 1));
  return {
    rules: sorted.map(({ rule }) => rule),
    shelved: sorted,
    rejected,
  };
}

/** @returns the shelf as a list shows it. */
export function listedRules({ shelved }: RuleShelf): readonly ListedRule[] {
  return shelved.map(({ rule, folder, file }) => {
    const { id, title, area, part, severity, owner, source } = rule;
    return { id, title, area, part, severity, owner, source, folder, file };
  });
}

interface Adding {
  readonly shelved: Map<string, ShelvedRule>;
  readonly rejected: RejectedRuleFile[];
}

function addFile({ folder, file, text }: OwnRuleFile, { shelved, rejected }: Adding): void {
  const refuse = (message: string): void => void rejected.push({ folder, file, line: 1, column: 1, message });
  if (!text.ok) {
    refuse(text.why);
    return;
  }
  const parsed = parseRule(text.text, file, ROLES);
  if (!parsed.ok) {
    rejected.push(...parsed.reasons.map((one) => ({ folder, ...one })));
    return;
  }
  const { rule } = parsed;
  const taken = shelved.get(rule.id);
  if (taken !== undefined) {
    const where = taken.folder === null ? 'a rule that comes with Coldcase' : path.join(taken.folder, taken.file);
    refuse(`id ${rule.id} is used by ${where}`);
  } else if (ANALYZERS.some(({ id }) => id === rule.id)) refuse(`id ${rule.id} is used by an analyzer`);
  else shelved.set(rule.id, { rule, folder, file });
}
