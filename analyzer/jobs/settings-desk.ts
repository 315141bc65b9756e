/** Settings and rules over the contract. */
import path from 'node:path';
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import type { Settings, SettingsAnswer } from '../contract/settings.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import { LIMITS_RAISED } from '../core/settings-limits.ts';
import { type KeptSettings, keepSettings, readSettings } from './settings.ts';

const LIMIT_NAMES = Object.keys(LIMITS_RAISED) as (keyof typeof LIMITS_RAISED)[];
const GIB = 2 ** 30;

/** What an import is held to; the rest of ArchiveLimits nobody may raise. */
export interface ImportLimits {
  readonly members: number;
  readonly unpackedBytes: number;
  readonly expansion: number;
}

export class SettingsDesk {
  readonly #folder: string | null;
  readonly #ownRuleFolders: readonly string[];
  /** Of a host that keeps none. */
  #unkept: Settings | null = null;

  /**
   * @param folder where the settings are kept; null keeps none.
   * @param ownRuleFolders folders of rules that hold for this engine alone, beside those of the settings.
   */
  constructor(folder: string | null, ownRuleFolders: readonly string[] = []) {
    this.#folder = folder;
    this.#ownRuleFolders = ownRuleFolders;
  }

  /** As they are now: another window, or the user's editor, may have changed them. */
  current(): Settings {
    return this.#kept().settings;
  }

  ruleFolders(): readonly string[] {
    return [...this.current().ruleFolders, ...this.#ownRuleFolders];
  }

  importLimits(): ImportLimits {
    const { unpackedGib, members, expansion } = this.current().limits;
    return { members, unpackedBytes: unpackedGib * GIB, expansion };
  }

  answer(): SettingsAnswer {
    const kept = this.#kept();
    const limits = LIMIT_NAMES.map((name) => ({ name, ...LIMITS_RAISED[name], value: kept.settings.limits[name] }));
    return { ...kept, limits };
  }

  set({ settings }: MethodArguments<'settings.set'>): Result<SettingsAnswer> {
    const folders = [...settings.ruleFolders, ...settings.runbookFolders];
    const relative = folders.find((folder) => !path.isAbsolute(folder));
    if (relative !== undefined) {
      const advice = 'Give the whole path, from the root of the file system.';
      return fail('wrong-usage', 'The path is not absolute.', relative, advice);
    }
    if (this.#folder === null) this.#unkept = settings;
    else {
      const done = keepSettings(this.#folder, settings);
      if (!done.ok) return done;
    }
    return ok(this.answer());
  }

  async rules(): Promise<MethodOutput<'rules.list'>> {
    const { listedRules, ruleShelf } = await import('./rule-shelf.ts');
    const shelf = ruleShelf(this.ruleFolders());
    return { rules: listedRules(shelf), rejected: shelf.rejected };
  }

  #kept(): KeptSettings {
    const kept = readSettings(this.#folder);
    return this.#unkept === null ? kept : { ...kept, settings: this.#unkept };
  }
}
