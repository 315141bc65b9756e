/**
 * How the time stamps of one source file become instants. Stamps are stored as they stand in the text (see StampKind);
 * what they lack is inferred once for a bundle, shown with its evidence, and can be overridden at any time: nothing
 * that was stored has to change.
 */
import * as z from 'zod';

/**
 * What the stamps of a file say. `zoned`: the instant itself; `zoneless`: a local time with its year; `yearless`: a
 * local time without year; `boot`: seconds since the kernel started; `mixed`: some zoned, some local; `none`: no stamps.
 */
export const StampKind = z.enum(['zoned', 'zoneless', 'yearless', 'boot', 'mixed', 'none']);
export type StampKind = z.infer<typeof StampKind>;

/** What an instant rests on, from the strongest to the weakest; `inherited`: taken over from the line before. */
export const TimeBasis = z.enum([
  'explicit',
  'zone-given',
  'zone-inferred',
  'zone-assumed',
  'year-inferred',
  'boot-clock',
  'inherited',
]);
export type TimeBasis = z.infer<typeof TimeBasis>;

export const FileClock = z
  .object({
    stamps: StampKind,
    /** Minutes east of UTC of the local times; null when they carry their zone, or when there are none. */
    zoneMinutes: z.number().int().nullable(),
    /** `given` by the engineer, `inferred` from evidence, `assumed` to be UTC; null when stamps carry their zone. */
    zoneFrom: z.enum(['given', 'inferred', 'assumed']).nullable(),
    /** Stamps without a year get the latest year that does not put them a day behind this instant (ms since 1970). */
    yearReference: z.number().nullable(),
    /** Instant of the kernel's start (ms since 1970), for stamps since boot; null when it is not known. */
    boot: z.number().nullable(),
    /** Added to every instant of the file: a shift given by the engineer for this file or its node, in ms. */
    shiftMs: z.number(),
    /** What zone, year and boot rest on, one sentence each; empty when the stamps say everything. */
    because: z.array(z.string()).readonly(),
  })
  .readonly();
export type FileClock = z.infer<typeof FileClock>;

/** The clock of a file without stamps, and of text that no bundle is known for. */
export const NO_CLOCK: FileClock = {
  stamps: 'none',
  zoneMinutes: null,
  zoneFrom: null,
  yearReference: null,
  boot: null,
  shiftMs: 0,
  because: [],
};

/**
 * Stored times are milliseconds since 1970 with local times read as UTC, years filled in by the clock's
 * yearReference, and stamps since boot counted from 1970.
 * @param stamps how the time is told, for a line that does so otherwise than its file.
 * @returns what to add to a stored time to get the instant (ms), or null when such stamps give none.
 */
export function instantOffset(clock: FileClock, stamps: FileClock['stamps'] = clock.stamps): number | null {
  switch (stamps) {
    case 'none':
      return null;
    case 'boot':
      return clock.boot === null ? null : clock.boot + clock.shiftMs;
    case 'yearless':
      return clock.yearReference === null ? null : clock.shiftMs - (clock.zoneMinutes ?? 0) * 60_000;
    case 'zoneless':
      return clock.shiftMs - (clock.zoneMinutes ?? 0) * 60_000;
    case 'zoned':
    case 'mixed':
      return clock.shiftMs;
  }
}
