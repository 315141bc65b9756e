/**
 * Paths as an engineer names them: whole, by their end, or with `*` (within a name), `**` (any folders) and `?`.
 * No regular expressions: names are hostile, and the time is bounded by the product of the two lengths.
 */

/** @returns true when `path` is the pattern, ends with it after a `/`, or matches it as a glob. */
export function matchesPath(pattern: string, path: string): boolean {
  if (path === pattern || path.endsWith(`/${pattern}`)) return true;
  if (!/[*?]/.test(pattern)) return false;
  const names = path.split('/');
  const globs = pattern.split('/');
  // Without a slash it is for names in any folder.
  return globs.length === 1 && pattern !== '**' ? matchesName(pattern, names.at(-1) ?? '') : matchesNames(globs, names);
}

function matchesNames(globs: readonly string[], names: readonly string[]): boolean {
  return matchesRun(globs, names, '**', matchesName);
}

function matchesName(glob: string, name: string): boolean {
  return matchesRun(glob, name, '*', (one, character) => one === '?' || one === character);
}

/** Goes on greedily, and after a mismatch returns to the last wildcard only: no other choice can do better. */
function matchesRun<T extends string | readonly string[]>(
  wanted: T,
  given: T,
  wildcard: string,
  matchesOne: (wanted: string, given: string) => boolean,
): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let resume = 0;
  while (from < given.length) {
    if (at < wanted.length && wanted[at] === wildcard) {
      star = at++;
      resume = from;
    } else if (at < wanted.length && matchesOne(wanted[at] as string, given[from] as string)) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      from = resume;
    } else return false;
  }
  while (wanted[at] === wildcard) at += 1;
  return at === wanted.length;
}
