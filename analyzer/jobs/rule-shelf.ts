/** All rules of an analysis: those that come with Coldcase and those of the user's folders, as their files are now. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ANALYZERS } from '../analyzers/registry.ts';
import type { ListedRule, RejectedRuleFile } from '../contract/settings.ts';
import { ROLES } from '../layouts/roles.ts';
import { parseRule, RULE_FILE_BYTES_MAX } from '../rules/loader.ts';
import type { Rule } from '../rules/schema.ts';
import { shippedRules } from './shipped-rules.ts';

/** Files of one folder; the shipped catalogue has a few hundred. */
const FILES_MAX = 2_000;

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
  for (const own of ownFiles(folders)) addFile(own, { shelved, rejected });
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

/** @returns what tells whether the content of a file in these folders changed; empty when there are no folders. */
export function ownRulesFingerprint(folders: readonly string[]): string {
  if (folders.length === 0) return '';
  return createHash('sha256')
    .update(JSON.stringify(ownFiles(folders)))
    .digest('hex')
    .slice(0, 16);
}

/** A file of a user's folder, or with an empty `file` what is wrong with the folder. */
interface OwnFile {
  readonly folder: string;
  readonly file: string;
  readonly text: RuleText;
}

function ownFiles(folders: readonly string[]): readonly OwnFile[] {
  return [...new Set(folders)].flatMap((folder) => {
    const { files, why } = ruleFilesIn(folder);
    return [
      ...why.map((one) => ({ folder, file: '', text: { ok: false as const, why: one } })),
      ...files.map((file) => ({ folder, file, text: readRuleFile(path.join(folder, file)) })),
    ];
  });
}

interface Adding {
  readonly shelved: Map<string, ShelvedRule>;
  readonly rejected: RejectedRuleFile[];
}

function addFile({ folder, file, text }: OwnFile, { shelved, rejected }: Adding): void {
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

type RuleText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

function readRuleFile(full: string): RuleText {
  try {
    // A pipe with that name would keep the reader waiting for ever.
    const found = statSync(full);
    if (!found.isFile()) return { ok: false, why: 'no regular file' };
    if (found.size > RULE_FILE_BYTES_MAX) return { ok: false, why: `larger than ${RULE_FILE_BYTES_MAX} bytes` };
    return { ok: true, text: readFileSync(full, 'utf8') };
  } catch (error) {
    return { ok: false, why: `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})` };
  }
}

/** @returns the rule files of a folder, sorted, and why there are none or not all. */
function ruleFilesIn(folder: string): { readonly files: readonly string[]; readonly why: readonly string[] } {
  try {
    const inside = readdirSync(folder, { withFileTypes: true });
    const files = inside.flatMap((entry) => {
      if (!entry.isDirectory()) return isRuleName(entry.name) ? [entry.name] : [];
      return namesIn(path.join(folder, entry.name)).map((name) => `${entry.name}/${name}`);
    });
    const more = files.length - FILES_MAX;
    return {
      files: files.sort().slice(0, FILES_MAX),
      why: more > 0 ? [`more than ${FILES_MAX} files: the last ${more} were not read`] : [],
    };
  } catch (error) {
    return { files: [], why: [`cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`] };
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(isRuleName);
  } catch {
    return [];
  }
}

function isRuleName(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
