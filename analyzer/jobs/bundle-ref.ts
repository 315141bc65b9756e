/** A bundle of a case as a worker opens it: the sealed file, and what the case knows beside it. */
import type { BundleReader } from '../core/case-reader.ts';
import type { ClockOverride } from '../core/clock-override.ts';
import { FailureError } from '../core/failure.ts';
import { openBundle } from '../store/bundle-reader.ts';
import type { CaseStore } from '../store/case-store.ts';

export interface BundleRef {
  readonly file: string;
  readonly marked: 'healthy' | null;
  /** What the engineer says about its clocks. */
  readonly overrides: readonly ClockOverride[];
}

/** @returns those of the bundles of a case, in its order. */
export function bundleRefs(store: CaseStore): readonly BundleRef[] {
  return store.bundles().map((reader) => bundleRef(store, reader));
}

export function bundleRef(store: CaseStore, reader: BundleReader): BundleRef {
  return {
    file: store.bundleFile(reader.bundle.id),
    marked: reader.bundle.markedHealthy ? 'healthy' : null,
    overrides: store.overridesOf(reader),
  };
}

/** Throws the failure of a bundle that cannot be opened. */
export function openRef(ref: BundleRef): BundleReader {
  const opened = openBundle(ref.file, ref.marked, ref.overrides);
  if (!opened.ok) throw new FailureError(opened.failure);
  return opened.value;
}

/**
 * Lends readers of the bundles, in their order, until `work` has ended.
 * Throws what `work` throws, or the failure of the first bundle that cannot be opened.
 */
export async function withReaders<T>(
  refs: readonly BundleRef[],
  work: (readers: readonly BundleReader[]) => T | Promise<T>,
): Promise<T> {
  const readers: BundleReader[] = [];
  try {
    for (const ref of refs) readers.push(openRef(ref));
    return await work(readers);
  } finally {
    for (const reader of readers) reader.close();
  }
}

/** @returns text that differs between refs whose readers would answer differently. */
export function refKey(ref: BundleRef): string {
  return JSON.stringify([ref.file, ref.marked, ref.overrides]);
}
