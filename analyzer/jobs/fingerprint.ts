/**
 * Identity of what concludes: kept analyses are only used again by the engine and the rules that made them.
 * Of a built engine the bytes of the analysis worker and of its rules, of one that runs from source the state of its files.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { checkedRulesFile, dataFolder, workerEntry } from '../core/resources.ts';

/** @returns 16 hex digits. */
export function engineFingerprint(): string {
  const hash = createHash('sha256');
  const entry = workerEntry('analysis');
  const rules = checkedRulesFile();
  if (rules === null) addStates(hash, path.dirname(path.dirname(entry)));
  else {
    hash.update(readFileSync(entry));
    hash.update(readFileSync(rules));
    addStates(hash, dataFolder('layouts'));
  }
  return hash.digest('hex').slice(0, 16);
}

function addStates(hash: ReturnType<typeof createHash>, folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const state = statSync(path.join(folder, name));
    if (state.isFile()) hash.update(`${name}\0${state.size}\0${state.mtimeMs}\n`);
  }
}
