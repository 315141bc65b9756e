/** What is said of clocks wherever a time is shown, and how far a node's clock would have to be shifted. Pure. */
import type { BundleId, ClockAlignment, FileClock, SourceFile } from './types.ts';

const CLOCKS = new WeakMap<readonly SourceFile[], ReadonlyMap<string, FileClock>>();
const keyOf = (bundle: BundleId, file: string): string => `${bundle} ${file}`;

/** @returns the clock of a file; null when the file is not known. Each line that is drawn asks: the list is indexed once. */
export function clockOf(
  files: readonly SourceFile[],
  { bundle, file }: { readonly bundle: BundleId; readonly file: string },
): FileClock | null {
  const known = CLOCKS.get(files) ?? new Map(files.map((one) => [keyOf(one.bundle, one.path), one.clock]));
  CLOCKS.set(files, known);
  return known.get(keyOf(bundle, file)) ?? null;
}

/** Seconds below which a difference of clocks is told to the tenth. */
const COARSE_MS = 10_000;
const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** @returns e.g. `-90 s`, `+0.1 s`, `+2 h 5 min`, `0 s`: a shift or an offset with its sign. */
export function shiftWords(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  const sign = milliseconds < 0 ? '-' : '+';
  if (size < 50) return '0 s';
  if (size < COARSE_MS) return `${sign}${(size / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
  if (size < 600_000) return `${sign}${Math.round(size / 1_000)} s`;
  let left = Math.round(size / 60_000) * 60_000;
  const parts: string[] = [];
  for (const [unit, name] of UNITS) {
    const amount = Math.floor(left / unit);
    left -= amount * unit;
    if (amount > 0) parts.push(`${amount} ${name}`);
  }
  return `${sign}${parts.slice(0, 2).join(' ')}`;
}

/** @returns e.g. `UTC`, `-04:00`. */
export function zoneWords(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** @returns what the engineer gave, short: `zone +02:00 given, shifted by -90 s`; null where nothing was given. */
export function givenWords(clock: FileClock): string | null {
  const parts = [
    ...(clock.zoneFrom === 'given' && clock.zoneMinutes !== null ? [`zone ${zoneWords(clock.zoneMinutes)} given`] : []),
    ...(clock.shiftMs === 0 ? [] : [`shifted by ${shiftWords(clock.shiftMs)}`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

/** Below this a shift would say more than anchors do. */
const SHIFT_MIN_MS = 1_000;

/**
 * @returns the shift that would put a node's clock on the reference (ms, whole seconds from ten seconds on); null when
 * it is not known, when anchors spread wider than it, or when it is the shift that was given already.
 */
export function suggestedShift({ outcome, offsetMs, spreadMs, shiftMs }: ClockAlignment): number | null {
  if (outcome !== 'aligned' || offsetMs === null) return null;
  if (Math.abs(offsetMs) < SHIFT_MIN_MS || Math.abs(offsetMs) <= (spreadMs ?? 0)) return null;
  const step = Math.abs(offsetMs) < COARSE_MS ? 100 : 1_000;
  const shift = -Math.round(offsetMs / step) * step;
  return shift === shiftMs ? null : shift;
}

/** @returns a shift as the engine takes it: `-90s`, `+1500ms`. */
export function shiftValue(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '+';
  const size = Math.abs(Math.round(milliseconds));
  return size % 1_000 === 0 ? `${sign}${size / 1_000}s` : `${sign}${size}ms`;
}
