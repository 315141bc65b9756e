/** Stamps that begin with year, month and day: `2024-05-01T12:00:00.123Z`, `2024-05-01 12:00:00,123`, `2024/05/01 12:00:00`. */
import {
  BLANK,
  dateAt,
  fractionAt,
  fractionBytes,
  fractionMillis,
  STAMP_CODE,
  type StampParts,
  timeOfDay,
  zoneAt,
  zoneBytes,
  zoneMinutes,
} from './stamp-parts.ts';

const DATED_BYTES = 19;
const LETTER_T = 84;

/** @returns true when a dated stamp begins at `at`: it is in `out` then, its end in `bodyAt`. */
export function datedStamp(bytes: Uint8Array, at: number, end: number, out: StampParts): boolean {
  if (at + DATED_BYTES > end) return false;
  const between = bytes[at + 10];
  if (between !== LETTER_T && between !== BLANK) return false;
  const day = dateAt(bytes, at);
  if (day < 0) return false;
  const second = timeOfDay(bytes, at + 11);
  if (second < 0) return false;
  const fraction = fractionAt(bytes, at + DATED_BYTES, end);
  const behind = at + DATED_BYTES + fractionBytes(fraction);
  const zone = zoneAt(bytes, behind, end);
  out.day = day;
  out.millis = fractionMillis(fraction);
  if (zone === 0) {
    out.kind = STAMP_CODE.zoneless;
    out.second = second;
    out.bodyAt = behind;
  } else {
    out.kind = STAMP_CODE.zoned;
    out.second = second - zoneMinutes(zone) * 60;
    out.bodyAt = behind + zoneBytes(zone);
  }
  return true;
}
