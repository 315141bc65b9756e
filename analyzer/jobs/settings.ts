/** The settings of this machine's user: one small JSON file in the state folder, replaced as a whole. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { type Settings, Settings as SettingsShape } from '../contract/settings.ts';
import { fail, ok, type Result } from '../core/failure.ts';

const FILE = 'settings.json';

export interface KeptSettings {
  readonly settings: Settings;
  /** See SettingsAnswer. */
  readonly file: string | null;
  readonly damaged: string | null;
}

/** @param folder null keeps none. @returns what is kept, or the usual settings and why what is kept cannot be used. */
export function readSettings(folder: string | null): KeptSettings {
  const usual = SettingsShape.parse({});
  if (folder === null) return { settings: usual, file: null, damaged: null };
  const file = path.join(folder, FILE);
  try {
    const parsed = SettingsShape.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (parsed.success) return { settings: parsed.data, file, damaged: null };
    return { settings: usual, file, damaged: z.prettifyError(parsed.error) };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { settings: usual, file, damaged: missing ? null : (error as Error).message };
  }
}

/** Fails with `disk`. */
export function keepSettings(folder: string, settings: Settings): Result<null> {
  const partial = path.join(folder, `${FILE}.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(partial, `${JSON.stringify(settings, null, 1)}\n`, { mode: 0o600 });
    renameSync(partial, path.join(folder, FILE));
    return ok(null);
  } catch (error) {
    if (existsSync(partial)) rmSync(partial, { force: true });
    return fail('disk', `the settings could not be kept: ${(error as Error).message}`, folder);
  }
}
