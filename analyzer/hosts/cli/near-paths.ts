/** A path that does not exist, and those that were perhaps meant: as they can be pasted, folders and all. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { nearest } from '../../core/nearest.ts';

/**
 * The first name of the path that is not there is the one that is mistyped.
 * @param given as it was typed. @returns advice, or null when nothing is near.
 */
export async function nearPaths(workingFolder: string, given: string): Promise<string | null> {
  const exists = async (one: string): Promise<boolean> =>
    (await stat(path.resolve(workingFolder, one)).catch(() => null)) !== null;
  const below: string[] = [];
  let missing = path.normalize(given).replace(/(?<=.)[\\/]+$/, '');
  while (path.dirname(missing) !== missing && !(await exists(path.dirname(missing)))) {
    below.unshift(path.basename(missing));
    missing = path.dirname(missing);
  }
  const folder = path.dirname(missing);
  const beside = await readdir(path.resolve(workingFolder, folder)).catch((): string[] => []);
  const near: string[] = [];
  for (const name of nearest(path.basename(missing), beside)) {
    const meant = path.join(folder, name);
    const whole = path.join(meant, ...below);
    near.push(quoted((await exists(whole)) ? whole : meant));
  }
  return near.length === 0 ? null : `Did you mean ${near.join(', or ')}?`;
}

/** A name with blanks falls apart in a shell. */
function quoted(name: string): string {
  return /^[\w./\\:@%+=,~-]+$/.test(name) ? name : JSON.stringify(name);
}
