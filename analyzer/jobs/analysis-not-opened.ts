/** Bundles of a case that nothing can be concluded from, because their files are missing or damaged. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { BundleId } from '../core/ids.ts';
import type { BundleNotOpened } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { BUNDLE_SUFFIX } from '../store/schema.ts';

export function bundlesNotOpened({ unreadable }: Pick<CaseStore, 'unreadable'>): readonly BundleNotOpened[] {
  return unreadable.map(({ message, where, advice }) => {
    const file = where ?? '';
    return {
      // A bundle's file is named by its id.
      bundle: BundleId.parse(path.basename(file, BUNDLE_SUFFIX)),
      // That it cannot be opened is said by whoever tells why.
      because: existsSync(file) ? message.replace(/^the bundle cannot be opened: /, '') : 'its file is missing',
      advice: advice ?? 'Import its archive again.',
    };
  });
}
