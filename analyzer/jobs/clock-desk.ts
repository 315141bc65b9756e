/** Sets what the engineer says about clocks, after checking that it can be used and that it means a file that is there. */
import type { ClockOverride, ClockOverrideRequest } from '../core/clock-override.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import { didYouMean } from '../core/nearest.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { concernsFile, overridesFor, refusedValue } from '../time/overrides.ts';

export interface ClockChange {
  readonly set: ClockOverride;
  readonly replaced: ClockOverride | null;
  readonly files: number;
}

/** Fails with `wrong-usage`: a value that is no zone or shift; a file, node or bundle that the case does not hold. */
export function overrideClock(store: CaseStore, request: ClockOverrideRequest): Result<ClockChange> {
  const refused = refusedValue(request);
  if (refused !== null) return fail('wrong-usage', refused, request.value);
  const candidate = { ...request, id: 1, setAt: '' };
  const readers = store.bundles().filter((reader) => overridesFor(reader.bundle, [candidate]).length > 0);
  if (readers.length === 0) {
    const names = store.bundles().map(({ bundle }) => bundle.node ?? bundle.name);
    const advice = request.node === null ? null : (didYouMean(request.node, names) ?? `Nodes: ${names.join(', ')}`);
    return fail('wrong-usage', 'No bundle of this case is meant.', request.node ?? request.bundle, advice);
  }
  const all = readers.flatMap((reader) => reader.files());
  const meant = all.filter((file) => concernsFile(request, file.path));
  if (meant.length === 0) {
    const paths = all.map((file) => file.path);
    const advice = didYouMean(request.file ?? '', paths) ?? 'List the files with `coldcase files`.';
    return fail('wrong-usage', 'No file of this case is meant.', request.file, advice);
  }
  return ok({ ...store.setOverride(request), files: meant.filter((file) => changes(request, file)).length });
}

/** A zone does nothing to stamps that carry theirs, and nothing is done to files without stamps. */
function changes({ what }: ClockOverrideRequest, { clock }: SourceFile): boolean {
  return clock.stamps !== 'none' && (what === 'shift' || clock.zoneMinutes !== null);
}
