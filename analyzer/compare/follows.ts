/** Differences that only follow from another one between the same sides: told behind it, so that the cause stands alone. */
import { type DraftDifference, WEIGHT } from './draft.ts';

interface Consequence {
  /** Id of the difference it follows from. */
  readonly from: string;
  /** Tested against the id of what may follow. */
  readonly of: RegExp;
  readonly because: string;
}

const CONSEQUENCES: readonly Consequence[] = [
  {
    from: 'fact:kube-proxy:mode',
    of: /^fact:(?:chain IPv[46] |nft IPv[46] |ipset:|module:ip_vs|module:nf_tables|interface:kube-ipvs0$|kube-proxy:ipvsScheduler$)/,
    because: 'it follows from the mode of kube-proxy',
  },
  {
    from: 'fact:version:operating system',
    of: /^fact:(?:version:(?:kernel|container runtime|machine image)$|unit:|mount:|module:)/,
    because: 'it goes with the operating system',
  },
];

/** @returns the differences, those that follow from others weighing less than any fact, with the reason. */
export function withConsequences(differences: readonly DraftDifference[]): readonly DraftDifference[] {
  return differences.map((one) => {
    const from = CONSEQUENCES.find(({ of }) => of.test(one.id));
    const cause = from === undefined ? undefined : differences.find(({ id }) => id === from.from);
    if (from === undefined || cause === undefined || cause.id === one.id || !isBetweenTheSame(cause, one)) return one;
    return { ...one, weight: WEIGHT.fact - 60, because: from.because, severity: null };
  });
}

/** Sides that have one value of the first have one value of the second, as far as both are known. */
function isBetweenTheSame(cause: DraftDifference, one: DraftDifference): boolean {
  const seen = new Map<string, string>();
  return one.values.every(({ value }, at) => {
    const from = cause.values[at]?.value ?? null;
    if (from === null || value === null) return true;
    const known = seen.get(from);
    seen.set(from, known ?? value);
    return known === undefined || known === value;
  });
}
