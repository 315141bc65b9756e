/** Rule files of the user's folders, as they are now. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { RULE_FILE_BYTES_MAX } from '../core/limits.ts';
import { whyUnreadable } from '../core/why-unreadable.ts';

/** Files of one folder; the shipped catalogue has a few hundred. */
const FILES_MAX = 2_000;

/** @returns what tells whether the content of a file in these folders changed; empty when there are no folders. */
export function ownRulesFingerprint(folders: readonly string[]): string {
  if (folders.length === 0) return '';
  return createHash('sha256')
    .update(JSON.stringify(ownRuleFiles(folders)))
    .digest('hex')
    .slice(0, 16);
}

/** A file of a user's folder, or with an empty `file` what is wrong with the folder. */
export interface OwnRuleFile {
  readonly folder: string;
  readonly file: string;
  readonly text: RuleText;
}

/** @returns the files as they are now, and what is wrong with a folder. */
export function ownRuleFiles(folders: readonly string[]): readonly OwnRuleFile[] {
  return [...new Set(folders)].flatMap((folder) => {
    const { files, why } = ruleFilesIn(folder);
    return [
      ...why.map((one) => ({ folder, file: '', text: { ok: false as const, why: one } })),
      ...files.map((file) => ({ folder, file, text: readRuleFile(path.join(folder, file)) })),
    ];
  });
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
    return { ok: false, why: `cannot be read (${whyUnreadable(error)})` };
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
    return { files: [], why: [`cannot be read (${whyUnreadable(error)})`] };
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
