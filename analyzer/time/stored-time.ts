/** Stamps as stored times (see FileClock): ms since 1970, local times as if they were UTC, years filled in. */
import { dayNumber, SECONDS_PER_DAY, STAMP_CODE, type StampParts } from './stamp-parts.ts';

/**
 * Before this no Kubernetes node existed: an earlier time of a member or in a name is a placeholder, and gives no line
 * its year.
 */
export const FIRST_PLAUSIBLE_TIME = Date.UTC(2014, 0, 1);

/** A node's clock may run ahead of the collector's by this much, or its zone may be ahead of UTC. */
const AHEAD_MAX_MS = 24 * 3600 * 1000;

/** 29 February exists in one year of four (once in eight around 2100). */
const YEARS_TRIED = 10;

const MILLIS_PER_DAY = SECONDS_PER_DAY * 1000;

/** Gives stamps without a year the latest one that does not put them more than a day behind the reference. */
export class YearFinder {
  readonly #latest: number;
  readonly #newest: number;
  /** The last day asked for, and its number in the newest year and in the one before: only the time decides between them. */
  #monthDay = -1;
  #day = Number.NaN;
  #earlier = Number.NaN;

  /** @param reference ms since 1970; without a plausible one no stamp without year has a stored time. */
  constructor(reference: number) {
    this.#latest = reference + AHEAD_MAX_MS;
    this.#newest = new Date(this.#latest).getUTCFullYear();
  }

  /** @returns ms since 1970 of a stamp without year, NaN when no year fits. */
  timeOf(stamp: StampParts): number {
    if (stamp.day !== this.#monthDay) this.#look(stamp.day);
    const ofDay = stamp.second * 1000 + stamp.millis;
    const time = this.#day * MILLIS_PER_DAY + ofDay;
    return time <= this.#latest ? time : this.#earlier * MILLIS_PER_DAY + ofDay;
  }

  #look(monthDay: number): void {
    const days: number[] = [];
    for (let year = this.#newest; year > this.#newest - YEARS_TRIED && days.length < 2; year--) {
      const day = dayNumber(year, monthDay >> 5, monthDay & 31);
      if (day >= 0 && day * MILLIS_PER_DAY <= this.#latest) days.push(day);
    }
    this.#monthDay = monthDay;
    this.#day = days[0] ?? Number.NaN;
    this.#earlier = days[1] ?? Number.NaN;
  }
}

/** @returns the stored time of a stamp that was found, NaN when its year cannot be told. */
export function storedTimeOf(stamp: StampParts, years: YearFinder): number {
  if (stamp.kind === STAMP_CODE.yearless) return years.timeOf(stamp);
  return stamp.day * MILLIS_PER_DAY + (stamp.second * 1000 + stamp.millis);
}
