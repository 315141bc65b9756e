/** Applies what the engineer says about clocks to what was inferred. Pure. */
import type { ClockOverride, ClockOverrideRequest } from '../core/clock-override.ts';
import type { FileClock } from '../core/file-clock.ts';
import type { BundleId } from '../core/ids.ts';
import { DAY_MS, MINUTE_MS } from './calendar.ts';
import { matchesPath } from './path-pattern.ts';
import {
  givenZoneMinutes,
  otherSeasonWords,
  SHIFT_EXAMPLES,
  shiftMilliseconds,
  shiftText,
  ZONE_EXAMPLES,
  zoneText,
} from './zones.ts';

/** The bundle that a file is of, as far as overrides name bundles. */
export interface ClockOwner {
  readonly id: BundleId;
  readonly name: string;
  readonly node: string | null;
  /** ISO instant; names of zones are resolved there. */
  readonly collectedAt: string | null;
}

/** @returns null when the value can be used, else a sentence that says what was expected. */
export function refusedValue({ what, value }: Pick<ClockOverrideRequest, 'what' | 'value'>): string | null {
  if (what === 'zone') {
    return givenZoneMinutes(value, Date.now()) === null ? `This is no zone. Expected ${ZONE_EXAMPLES}.` : null;
  }
  return shiftMilliseconds(value) === null ? `This is no shift of a clock. Expected ${SHIFT_EXAMPLES}.` : null;
}

/** @returns those that concern any file of the bundle, in the order given. */
export function overridesFor(owner: ClockOwner, overrides: readonly ClockOverride[]): readonly ClockOverride[] {
  return overrides.filter(
    (one) =>
      (one.bundle === null || one.bundle === owner.id) &&
      (one.node === null || one.node === owner.node || (owner.node === null && one.node === owner.name)),
  );
}

/** @returns true when the override is for this file of a bundle that it concerns. */
export function concernsFile(override: Pick<ClockOverride, 'file'>, path: string): boolean {
  return override.file === null || matchesPath(override.file, path);
}

/**
 * Of several zones (or shifts) the one that names the file wins over one for the bundle, that over one for the node;
 * of equals the one set last. They are never added up.
 * @returns the clock as it was, with what the engineer says in the place of what was inferred.
 */
export function applyOverrides(
  clock: FileClock,
  path: string,
  owner: ClockOwner,
  overrides: readonly ClockOverride[],
): FileClock {
  if (clock.stamps === 'none' || overrides.length === 0) return clock;
  const concerning = overridesFor(owner, overrides).filter((one) => concernsFile(one, path));
  const zone = strongest(concerning, 'zone');
  const shift = strongest(concerning, 'shift');
  const zoned = zone === null ? clock : withZone(clock, zone, owner);
  return shift === null ? zoned : withShift(zoned, shift);
}

function strongest(overrides: readonly ClockOverride[], what: ClockOverride['what']): ClockOverride | null {
  const weight = (one: ClockOverride): number =>
    (one.file === null ? 0 : 4) + (one.bundle === null ? 0 : 2) + (one.node === null ? 0 : 1);
  return overrides
    .filter((one) => one.what === what)
    .reduce<ClockOverride | null>(
      (best, one) =>
        best === null || weight(one) > weight(best) || (weight(one) === weight(best) && one.id > best.id) ? one : best,
      null,
    );
}

function withZone(clock: FileClock, { value, file }: ClockOverride, owner: ClockOwner): FileClock {
  const at = (owner.collectedAt === null ? clock.yearReference : Date.parse(owner.collectedAt)) ?? Date.now();
  const minutes = givenZoneMinutes(value, at);
  if (minutes === null) return clock;
  if (clock.stamps === 'mixed') {
    const said = `the zone given by hand${targetWords(file)} is not used: some lines carry their zone, and the others cannot be told from them`;
    return { ...clock, because: [said, ...clock.because] };
  }
  if (clock.zoneMinutes === null) return clock;
  const season = otherSeasonWords(value, at - YEAR_LOOK_DAYS * DAY_MS, at);
  const before = clock.zoneFrom === 'inferred' ? `inferred was ${zoneText(clock.zoneMinutes)}` : 'it was taken as UTC';
  const because = [
    `zone ${zoneText(minutes)}: given by hand${targetWords(file)}; ${before}`,
    ...(season === null ? [] : [season]),
    ...clock.because,
  ];
  // The kernel's start was read from a local time with the zone that is replaced.
  const boot = clock.boot === null ? null : clock.boot + (clock.zoneMinutes - minutes) * MINUTE_MS;
  return { ...clock, zoneMinutes: minutes, zoneFrom: 'given', boot, because };
}

/** Summer and winter time lie in it. */
const YEAR_LOOK_DAYS = 273;

function withShift(clock: FileClock, { value, file, node }: ClockOverride): FileClock {
  const shiftMs = shiftMilliseconds(value);
  if (shiftMs === null) return clock;
  const target = file === null && node !== null ? ` for node ${node}` : targetWords(file);
  return { ...clock, shiftMs, because: [`shifted by ${shiftText(shiftMs)}: given by hand${target}`, ...clock.because] };
}

function targetWords(file: string | null): string {
  return file === null ? '' : ` for ${file}`;
}
