/**
 * What was over before that which lasts explains less of it. A cause that repeats its line while it lasts (a watch that
 * is tried again, a sync that fails again) and then says nothing for long is over; another cause that is still logged
 * after it is the better reason of what lasts. A cause that was logged once or twice may last in silence.
 */
import type { Finding } from '../core/vocabulary.ts';

/** Fewer lines do not show that a cause repeats its line. */
const REPEATED_MIN = 3;
/** client-go and kube-proxy try again once a minute at least; a cause that is silent for less may be still there. */
const SILENCE_MIN_MS = 600_000;
/** And for so many times the usual time between two of its lines. */
const SILENT_INTERVALS = 10;

/** @returns the instant since when it is over at the latest; null when that cannot be told. */
function overSince({ first, last, count }: Finding): number | null {
  if (first === null || last === null || count < REPEATED_MIN) return null;
  const interval = (Date.parse(last) - Date.parse(first)) / (count - 1);
  return Date.parse(last) + Math.max(SILENCE_MIN_MS, SILENT_INTERVALS * interval);
}

/**
 * @param symptom what `cause` would explain; one without times is there when the node was captured.
 * @param others what would explain it as well.
 * @returns the one that was logged last of those that outlast the cause; null when none does, or the symptom does not.
 */
export function outlastedBy(cause: Finding, symptom: Finding, others: readonly Finding[]): Finding | null {
  const over = overSince(cause);
  if (over === null || (symptom.last !== null && Date.parse(symptom.last) <= over)) return null;
  // Of the same capture: what was logged days after the symptom was seen says nothing of it.
  const lasting = others.filter(
    ({ last, bundle }) => bundle === symptom.bundle && last !== null && Date.parse(last) > over,
  );
  return lasting.reduce<Finding | null>((one, two) => (one === null || endOf(two) > endOf(one) ? two : one), null);
}

function endOf({ last }: Finding): number {
  return last === null ? Number.NEGATIVE_INFINITY : Date.parse(last);
}
