/** Clocks of files in words. */
import type { ClockOverride } from '../../core/clock-override.ts';
import type { FileClock, TimeBasis } from '../../core/file-clock.ts';
import { shiftText, zoneText } from '../../time/zones.ts';

/** @returns a few words for a table: `-07:00 inferred`, `UTC assumed`, `zoned`, `since boot`, `-`. */
export function clockWords(clock: FileClock): string {
  const shift = clock.shiftMs === 0 ? '' : ` ${shiftText(clock.shiftMs)}`;
  return `${zoneWords(clock)}${shift}`;
}

function zoneWords({ stamps, zoneMinutes, zoneFrom, yearReference, boot }: FileClock): string {
  switch (stamps) {
    case 'none':
      return '-';
    case 'zoned':
      return 'zoned';
    case 'mixed':
      return 'partly zoned';
    case 'boot':
      return boot === null ? 'since boot, start not known' : 'since boot';
    case 'yearless':
      if (yearReference === null) return 'year not known';
  }
  return `${zoneText(zoneMinutes ?? 0)} ${zoneFrom ?? 'assumed'}`;
}

/** Widest name of a basis, so that lines stand below one another. */
const BASIS_WIDTH = 13;

/** @returns `2024-05-01T12:00:00.123Z year-inferred`, in columns of one width; a dash when nothing tells. */
export function instantWords(time: string | null, basis: TimeBasis | null): string {
  return `${(time ?? '-').padEnd(24)} ${(basis ?? '-').padEnd(BASIS_WIDTH)}`;
}

/** @returns `3: zone -07:00 of kubelet/*, node ip-10-0-1-2`. */
export function overrideWords({ id, what, value, file, node, bundle }: ClockOverride): string {
  const targets = [
    ...(file === null ? [] : [file]),
    ...(node === null ? [] : [`node ${node}`]),
    ...(bundle === null ? [] : [`bundle ${bundle.slice(0, 12)}`]),
  ];
  return `${id}: ${what} ${value} of ${targets.length === 0 ? 'every file' : targets.join(', ')}`;
}
