/** Where Coldcase keeps things on this machine, by the habits of each system. */
import os from 'node:os';
import path from 'node:path';

export interface Folders {
  /** Temporary cases; swept, so nothing of value is kept here. */
  readonly cache: string;
  /** Cases made without a name. */
  readonly cases: string;
  /** Recent cases. */
  readonly state: string;
}

/** @param platform as in process.platform. XDG variables count everywhere when they are absolute paths. */
export function standardFolders(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  home = os.homedir(),
): Folders {
  const of = (name: string, fallback: string): string => {
    const value = env[name];
    return value !== undefined && path.isAbsolute(value) ? value : fallback;
  };
  const local = of('LOCALAPPDATA', path.join(home, 'AppData', 'Local'));
  const [cache, lasting] =
    platform === 'win32'
      ? [path.join(local, 'coldcase', 'cache'), path.join(local, 'coldcase')]
      : platform === 'darwin'
        ? [
            path.join(of('XDG_CACHE_HOME', path.join(home, 'Library', 'Caches')), 'coldcase'),
            path.join(home, 'Library', 'Application Support', 'coldcase'),
          ]
        : [
            path.join(of('XDG_CACHE_HOME', path.join(home, '.cache')), 'coldcase'),
            path.join(of('XDG_DATA_HOME', path.join(home, '.local', 'share')), 'coldcase'),
          ];
  // The desktop application honours the same variable.
  const state = of('COLDCASE_STATE', lasting);
  return { cache, cases: path.join(state, 'cases'), state };
}
