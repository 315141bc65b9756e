/** Names near a mistyped one. */

/** @returns the edit distance (insert, delete, replace, swap of neighbours). */
function distance(a: string, b: string): number {
  const width = b.length + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: width }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column < width; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[width - 1] ?? 0;
}

/** @returns the distance of names that resemble each other; infinity when a third differs or no letter is left. */
function nearDistance(wanted: string, name: string): number {
  const most = Math.max(2, Math.floor(wanted.length / 3));
  // Of the 30,000 paths of a must-gather most are not compared letter by letter.
  if (Math.abs(wanted.length - name.length) > most) return Number.POSITIVE_INFINITY;
  const apart = distance(wanted, name);
  const near = apart <= most && apart < Math.max(wanted.length, name.length);
  return near || apart === 0 ? apart : Number.POSITIVE_INFINITY;
}

/** A name longer than this is not compared letter by letter. */
const COMPARED_CHARS_MAX = 200;

/** @returns up to `limit` of `names` that resemble `wanted`, nearest first; those that contain it count as near. */
export function nearest(wanted: string, names: readonly string[], limit = 3): readonly string[] {
  const short = wanted.toLowerCase().slice(0, COMPARED_CHARS_MAX);
  const end = short.slice(short.lastIndexOf('/') + 1);
  return names
    .map((name) => {
      const other = name.toLowerCase().slice(0, COMPARED_CHARS_MAX);
      const last = other.slice(other.lastIndexOf('/') + 1);
      const apart = Math.min(nearDistance(short, other), nearDistance(end, last));
      return { name, apart: short.length >= 3 && other.includes(short) ? Math.min(apart, 1) : apart };
    })
    .filter(({ apart }) => Number.isFinite(apart))
    .sort((a, b) => a.apart - b.apart || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** @returns advice naming the nearest, or null when nothing is near. */
export function didYouMean(wanted: string, names: readonly string[]): string | null {
  const near = nearest(wanted, names);
  return near.length === 0 ? null : `Did you mean ${near.join(', or ')}?`;
}
