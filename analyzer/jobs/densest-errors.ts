/** When the node's own logs complain most: ten minutes with the most lines of severity warning and error. */
import type { BundleReader } from '../core/case-reader.ts';
import type { DensestErrors } from '../core/vocabulary.ts';
import { NODE_LOG_ROLES } from '../layouts/roles.ts';

/** Histograms of this level have a bucket every two minutes. */
const LEVEL = 1;
const BUCKET_MS = 120_000;
const WINDOW_BUCKETS = 5;

/** @returns the window and what is usual elsewhere; null when no line of these logs has a severity and an instant. */
export function densestErrors(reader: BundleReader): DensestErrors | null {
  const counts = new Map<number, number>();
  for (const file of reader.files()) {
    if (file.aliasOf !== null || !NODE_LOG_ROLES.has(file.role)) continue;
    for (const { time, counts: levels } of reader.histogram(file.id, LEVEL)) {
      const bucket = Math.floor(time / BUCKET_MS);
      counts.set(bucket, (counts.get(bucket) ?? 0) + levels[2] + levels[3]);
    }
  }
  const buckets = [...counts.keys()].sort((one, two) => one - two);
  const [first] = buckets;
  const last = buckets.at(-1);
  if (first === undefined || last === undefined) return null;
  const best = densest(buckets, counts);
  if (best.count === 0) return null;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const windows = (last - first + 1) / WINDOW_BUCKETS;
  const usual = windows <= 1 ? best.count : (total - best.count) / (windows - 1);
  return {
    from: new Date(best.bucket * BUCKET_MS).toISOString(),
    to: new Date((best.bucket + WINDOW_BUCKETS) * BUCKET_MS).toISOString(),
    count: best.count,
    usual: Math.round(usual * 10) / 10,
  };
}

/** @returns the earliest of the windows with the largest count; a window starts at a bucket that has lines. */
function densest(
  buckets: readonly number[],
  counts: ReadonlyMap<number, number>,
): { readonly bucket: number; readonly count: number } {
  let best = { bucket: 0, count: -1 };
  for (const bucket of buckets) {
    let count = 0;
    for (let at = bucket; at < bucket + WINDOW_BUCKETS; at++) count += counts.get(at) ?? 0;
    if (count > best.count) best = { bucket, count };
  }
  return best;
}
