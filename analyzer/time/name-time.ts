/**
 * The time in the name of an archive or folder. Forms, from the collectors' sources:
 *
 *   eks_i-0abc_2024-05-01_1200-UTC_0.7.9.tar.gz         eks-log-collector.sh: date --utc +%Y-%m-%d_%H%M-%Z
 *   sgfp_bundle_shop_pod-1_20240501_120000              local time of whoever collected
 *   support-bundle-2024-05-01T12_00_00.tar.gz           troubleshoot: time.Now() of the machine that collected
 *   insights-2024-05-01-120000.tar.gz                   Insights operator: UTC, which the name does not say
 *   log__us-east-1__ip-10-0-1-2__2024-05-01T12-00-00Z.tar.gz, ..__1714564800.tar.gz      node diagnostic
 *   sosreport-node1-0123456-2024-05-01-abcdefg.tar.xz   the day only
 *   must-gather.local.5421342344627712289               no time
 */
import { civilTime, DAY_MS } from './calendar.ts';
import { FIRST_PLAUSIBLE_TIME } from './stored-time.ts';

export interface NameTime {
  /** Ms since 1970; of a day alone its first moment. */
  readonly time: number;
  readonly precision: 'second' | 'minute' | 'day';
  /** `unsaid`: the name has no zone; `time` reads it as UTC. */
  readonly zone: 'utc' | 'unsaid';
  /** The part of the name that tells it. */
  readonly said: string;
}

const START = '(?<![0-9A-Za-z])';
const END = '(?![0-9A-Za-z])';
const DATE = String.raw`(\d{4})-(\d\d)-(\d\d)`;
const FORMS: readonly RegExp[] = [
  new RegExp(`${START}${DATE}[_T-](\\d\\d)(\\d\\d)-?(UTC|Z)${END}`),
  new RegExp(`${START}${DATE}[_T-](\\d\\d)[_:.-]?(\\d\\d)[_:.-]?(\\d\\d)-?(UTC|Z)?${END}`),
  new RegExp(`${START}(\\d{4})(\\d\\d)(\\d\\d)[_T-]?(\\d\\d)(\\d\\d)(\\d\\d)-?(UTC|Z)?${END}`),
];
/** A collector that writes UTC whether its name says so or not. */
const NAMED_IN_UTC = /^log__/;
const EPOCH = new RegExp(`${START}(\\d{10}|\\d{13})${END}`);
const DAY_FORMS: readonly RegExp[] = [
  new RegExp(`${START}${DATE}${END}`),
  new RegExp(`${START}(\\d{4})(\\d\\d)(\\d\\d)${END}`),
];

/** @param now ms since 1970: a later time is no collection time. @returns null when the name tells none. */
export function timeInName(name: string, now: number): NameTime | null {
  const text = name.slice(0, 1000);
  const plausible = (time: number | null): time is number =>
    time !== null && time >= FIRST_PLAUSIBLE_TIME && time <= now + DAY_MS;
  for (const form of FORMS) {
    const found = form.exec(text);
    if (found === null) continue;
    const [year, month, day, hour, minute] = found.slice(1, 6).map(Number) as [number, number, number, number, number];
    const seconds = found.length === 7 ? null : Number(found[6]);
    const zone = found.at(-1) === undefined && !NAMED_IN_UTC.test(text) ? 'unsaid' : 'utc';
    const time = civilTime(year, month, day, hour, minute, seconds ?? 0);
    const precision = seconds === null ? 'minute' : 'second';
    if (plausible(time)) return { time, precision, zone, said: found[0] };
  }
  const day = dayIn(text, plausible);
  const epoch = EPOCH.exec(text)?.[1];
  if (epoch !== undefined) {
    const time = Number(epoch) * (epoch.length === 10 ? 1000 : 1);
    // Beside a day of another time it is the number of a support case or an account.
    const contradicts = day !== null && Math.abs(time - day.time) > 2 * DAY_MS;
    if (plausible(time) && !contradicts) return { time, precision: 'second', zone: 'utc', said: epoch };
  }
  return day;
}

function dayIn(text: string, plausible: (time: number | null) => time is number): NameTime | null {
  for (const form of DAY_FORMS) {
    const found = form.exec(text);
    if (found === null) continue;
    const time = civilTime(Number(found[1]), Number(found[2]), Number(found[3]));
    if (plausible(time)) return { time, precision: 'day', zone: 'unsaid', said: found[0] };
  }
  return null;
}
