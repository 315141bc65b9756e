/** Which lines of one text stand otherwise in another one that is mostly the same. */

/** Lines `from` to `until` (from 1, both counted) of the first text read so in the second; `until` = `from` - 1: they come in between. */
export interface ChangedLines {
  readonly from: number;
  readonly until: number;
  readonly text: string;
}

/** How far apart two texts may be before the rest of them counts as changed: a section that only one of them has is shorter. */
const APART_MAX = 1_000;

/** @returns what makes `wanted` of `made` when these lines are put in their places, in ascending order. Every line of both counts. */
export function changedLines(made: readonly string[], wanted: readonly string[]): readonly ChangedLines[] {
  const found: ChangedLines[] = [];
  let [at, other] = [0, 0];
  while (at < made.length || other < wanted.length) {
    if (at < made.length && other < wanted.length && made[at] === wanted[other]) {
      at++;
      other++;
      continue;
    }
    let [more, otherMore] = nextSame(made, wanted, at, other);
    // A line is put in the place of lines: what is only taken away is told with the line behind it, at the end with the one before.
    if (otherMore === 0 && at + more < made.length) [more, otherMore] = [more + 1, 1];
    const last = found.at(-1);
    if (otherMore > 0) {
      found.push({ from: at + 1, until: at + more, text: wanted.slice(other, other + otherMore).join('\n') });
    } else if (last !== undefined && last.until === at) found[found.length - 1] = { ...last, until: at + more };
    else found.push({ from: at, until: at + more, text: made[at - 1] ?? '' });
    at += more;
    other += otherMore;
  }
  return found;
}

/** @returns how many lines of each come before the next two that are the same in both; all that are left when none are near. */
function nextSame(
  made: readonly string[],
  wanted: readonly string[],
  at: number,
  other: number,
): readonly [number, number] {
  for (let apart = 1; apart <= APART_MAX; apart++) {
    for (let more = 0; more <= apart; more++) {
      const [here, there] = [at + more, other + apart - more];
      if (here >= made.length || there >= wanted.length || made[here] !== wanted[there]) continue;
      if (made[here + 1] === wanted[there + 1]) return [more, apart - more];
    }
  }
  return [made.length - at, wanted.length - other];
}
