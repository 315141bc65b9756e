/** What this machine remembers for its user, and the rules that every analysis runs. Schemas only: imported by the renderer. */
import * as z from 'zod';
import { FOLDERS_MAX, LIMITS_RAISED } from '../core/settings-limits.ts';
import { Owner, Part, Severity } from '../core/vocabulary.ts';

const folder = z.string().min(1).max(4096);

const raised = (name: keyof typeof LIMITS_RAISED) =>
  z.number().int().min(LIMITS_RAISED[name].usual).max(LIMITS_RAISED[name].most).default(LIMITS_RAISED[name].usual);

export const RaisedLimits = z
  .object({ unpackedGib: raised('unpackedGib'), members: raised('members'), expansion: raised('expansion') })
  .readonly();
export type RaisedLimits = z.infer<typeof RaisedLimits>;

export const Settings = z
  .object({
    /** Absolute paths of folders with rules of one's own: YAML files in them and in their folders. */
    ruleFolders: z.array(folder).max(FOLDERS_MAX).readonly().default([]),
    /** The same for runbooks. */
    runbookFolders: z.array(folder).max(FOLDERS_MAX).readonly().default([]),
    limits: RaisedLimits.default(() => RaisedLimits.parse({})),
  })
  .readonly();
export type Settings = z.infer<typeof Settings>;

export const SettingsAnswer = z
  .object({
    settings: Settings,
    /** Where they are kept; null: this host keeps none, they hold until it ends. */
    file: z.string().nullable(),
    /** Why the kept settings cannot be used, so that the usual ones hold; null when they can. */
    damaged: z.string().nullable(),
    limits: z
      .array(
        z
          .object({
            name: z.enum(Object.keys(LIMITS_RAISED) as [keyof RaisedLimits, ...(keyof RaisedLimits)[]]),
            title: z.string(),
            /** Why there is a limit. */
            because: z.string(),
            unit: z.string(),
            value: z.number(),
            usual: z.number(),
            most: z.number(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type SettingsAnswer = z.infer<typeof SettingsAnswer>;

/** A rule as a list shows it. */
export const ListedRule = z
  .object({
    id: z.string(),
    title: z.string(),
    area: z.string(),
    part: Part,
    severity: Severity,
    owner: Owner,
    source: z
      .object({ component: z.string(), version: z.string(), where: z.string(), verified: z.enum(['yes', 'no']) })
      .readonly(),
    /** The user's folder it is from; null when it comes with Coldcase. */
    folder: z.string().nullable(),
    /** Path in that folder. */
    file: z.string(),
  })
  .readonly();
export type ListedRule = z.infer<typeof ListedRule>;

/** What is wrong with a file of rules; the others are not affected. `line` and `column` count from 1. */
export const RejectedRuleFile = z
  .object({
    folder: z.string().nullable(),
    /** Empty when it is the folder itself that cannot be read. */
    file: z.string(),
    line: z.number().int(),
    column: z.number().int(),
    message: z.string(),
  })
  .readonly();
export type RejectedRuleFile = z.infer<typeof RejectedRuleFile>;

export const SettingsGet = { input: z.object({}), output: SettingsAnswer } as const;

/** Replaces all settings. Fails with `wrong-usage` when a folder is no absolute path, and with `disk` when they cannot be kept. */
export const SettingsSet = { input: z.object({ settings: Settings }), output: SettingsAnswer } as const;

/** The rules as the files are now; sorted by id. Every analysis from now on uses them. */
export const RulesList = {
  input: z.object({}),
  output: z
    .object({ rules: z.array(ListedRule).readonly(), rejected: z.array(RejectedRuleFile).readonly() })
    .readonly(),
} as const;
