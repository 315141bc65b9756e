/**
 * Finds a browser of this machine that can print to PDF: Chromium or one made from it. Nothing is ever downloaded.
 * Names and places: the packages of Debian, Fedora and Arch, Google's and Microsoft's own installers.
 */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '../../core/failure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Tried in this order, each in every folder of PATH. */
const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const WINDOWS_NAMES = ['chromium.exe', 'chrome.exe', 'msedge.exe'];

const LINUX_PLACES = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome', '/opt/microsoft/msedge'];
const MAC_PLACES = [
  'Chromium.app/Contents/MacOS/Chromium',
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];
const WINDOWS_PLACES = [
  ['Chromium', 'Application', 'chrome.exe'],
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
];

/** What to do where no browser is found, or the one that is found cannot be used. */
export const OTHER_WAYS =
  'Install Chromium, Chrome or Edge, or name one with COLDCASE_CHROMIUM; or export the report as HTML and print that from any browser.';

/**
 * @param env COLDCASE_CHROMIUM names a browser by its absolute path: then no other one is taken. Else PATH, and on
 * Windows and macOS the folders that programs are installed to.
 * @returns the absolute path of an executable file; `not-found` says what to do.
 */
export async function findChromium(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): Promise<Result<string>> {
  const named = env.COLDCASE_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (path.isAbsolute(named) && (await isExecutable(named))) return ok(named);
    const because = path.isAbsolute(named) ? 'is no program that can be run' : 'is no absolute path';
    return fail('not-found', `The browser named by COLDCASE_CHROMIUM ${because}.`, named, OTHER_WAYS);
  }
  for (const candidate of chromiumCandidates(env, platform)) {
    if (await isExecutable(candidate)) return ok(candidate);
  }
  return fail(
    'not-found',
    'A PDF is printed by a browser, and none was found on this machine (Chromium, Chrome or Edge).',
    null,
    OTHER_WAYS,
  );
}

/** @returns absolute paths in the order in which they are tried; relative folders of PATH are left out. */
export function chromiumCandidates(env: Environment, platform: NodeJS.Platform): readonly string[] {
  const { delimiter, isAbsolute, join } = platform === 'win32' ? path.win32 : path.posix;
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const searched = platform === 'linux' ? [...folders, ...LINUX_PLACES] : folders;
  const names = platform === 'win32' ? WINDOWS_NAMES : NAMES;
  const onPath = names.flatMap((name) => searched.map((folder) => join(folder, name)));
  return [...new Set([...onPath, ...installed(env, platform)])];
}

function installed(env: Environment, platform: NodeJS.Platform): readonly string[] {
  if (platform === 'linux') return ['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge'];
  if (platform === 'darwin') {
    const home = env.HOME === undefined ? [] : [path.posix.join(env.HOME, 'Applications')];
    return MAC_PLACES.flatMap((place) => ['/Applications', ...home].map((folder) => path.posix.join(folder, place)));
  }
  if (platform !== 'win32') return [];
  const roots = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter(
    (root): root is string => root !== undefined && path.win32.isAbsolute(root),
  );
  return WINDOWS_PLACES.flatMap((place) => roots.map((root) => path.win32.join(root, ...place)));
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
