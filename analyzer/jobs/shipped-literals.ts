/** What an import looks for in every line: the literals of the rules that come with Coldcase. */
import { readFileSync } from 'node:fs';
import { NO_LITERALS, type WantedLiterals } from '../core/case-writer.ts';
import { ruleLiteralsFile } from '../core/resources.ts';

let cached: WantedLiterals | null = null;

/** @returns the same each time; none when the engine runs from source: without them an analysis reads the logs themselves. */
export function shippedLiterals(): WantedLiterals {
  cached ??= readLiterals();
  return cached;
}

function readLiterals(): WantedLiterals {
  try {
    return JSON.parse(readFileSync(ruleLiteralsFile(), 'utf8')) as WantedLiterals;
  } catch {
    return NO_LITERALS;
  }
}
