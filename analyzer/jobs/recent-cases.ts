/** The list of cases opened lately: one small JSON file in the state folder, replaced as a whole. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { RecentCase } from '../contract/contract.ts';
import type { CaseId } from '../core/ids.ts';
import { RECENT_CASES_KEPT } from '../core/limits.ts';

const FILE = 'recent-cases.json';
const Stored = z.array(RecentCase);

/** @returns recent cases, newest first. A missing or damaged list is an empty one: it is a convenience, not a record. */
export function readRecentCases(stateFolder: string): readonly RecentCase[] {
  try {
    return Stored.parse(JSON.parse(readFileSync(path.join(stateFolder, FILE), 'utf8')));
  } catch {
    return [];
  }
}

/** Puts a case at the top of the list; what is not given is kept from its last entry. */
export function rememberCase(
  stateFolder: string,
  id: CaseId,
  known: Pick<RecentCase, 'title' | 'bundles' | 'nodes'> & Partial<Pick<RecentCase, 'verdict' | 'severity'>>,
): void {
  const all = readRecentCases(stateFolder);
  const before = all.find((entry) => entry.id === id);
  const entry: RecentCase = {
    id,
    openedAt: new Date().toISOString(),
    verdict: before?.verdict ?? null,
    severity: before?.severity ?? null,
    ...known,
  };
  const list = [entry, ...all.filter((other) => other.id !== id)].slice(0, RECENT_CASES_KEPT);
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const partial = path.join(stateFolder, `${FILE}.${process.pid}`);
  writeFileSync(partial, JSON.stringify(list, null, 1), { mode: 0o600 });
  renameSync(partial, path.join(stateFolder, FILE));
}
