/** Addresses of the app:// protocol. Pure, so that every way out of the folder can be tested without a window. */
import path from 'node:path';
import { MEDIA_TYPES } from '../analyzer/hosts/web/media-types.ts';

export const APP_SCHEME = 'app';
export const APP_HOST = 'coldcase';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;
export const APP_PAGE = `${APP_ORIGIN}/index.html`;

export type AppFile =
  | { readonly kind: 'page'; readonly file: string; readonly mediaType: string }
  | { readonly kind: 'asset'; readonly file: string; readonly mediaType: string }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * @param root absolute folder of the built renderer.
 * @param address URL as the renderer requested it, e.g. `app://coldcase/assets/index.js`.
 * @returns the file to answer with. Anything that is not plainly a file below `root` is refused: another host, an
 * encoded separator, a dot segment, a drive letter, a NUL, an unknown file type.
 */
export function resolveAppFile(root: string, address: string): AppFile {
  const url = parseAddress(address);
  if (url === null) return refused('not an address');
  if (url.protocol !== `${APP_SCHEME}:` || url.host !== APP_HOST) return refused('another host');
  let pathname: string;
  try {
    pathname = decodeURIComponent(url.pathname);
  } catch {
    return refused('malformed escape');
  }
  if (pathname === '/' || pathname === '') pathname = '/index.html';
  const segments = pathname.slice(1).split('/');
  // The URL parser resolves plain dot segments; those that survive were encoded (`..%2f`).
  if (segments.some((segment) => !/^[\w][\w.@-]*$/.test(segment))) return refused('not a plain path');
  const mediaType = MEDIA_TYPES[path.extname(pathname).toLowerCase()];
  if (mediaType === undefined) return refused('unknown file type');
  const file = path.join(root, ...segments);
  if (!file.startsWith(root + path.sep)) return refused('outside the application');
  return { kind: mediaType.startsWith('text/html') ? 'page' : 'asset', file, mediaType };
}

function refused(because: string): AppFile {
  return { kind: 'refused', because };
}

/** @returns true when `address` is a page of this application (any path, query or fragment of our host). */
export function isAppAddress(address: string): boolean {
  const url = parseAddress(address);
  return url !== null && url.protocol === `${APP_SCHEME}:` && url.host === APP_HOST;
}

/** @returns true when `address` is the application's one page, whatever its fragment. */
export function isOwnPage(address: string): boolean {
  const page = address.split('#', 1)[0] ?? '';
  return page === APP_PAGE || page === APP_PAGE.replace(/index\.html$/, '');
}

/** @returns true for addresses that are answered inside this process. */
export function staysHere(address: string): boolean {
  return isAppAddress(address) || address.startsWith('data:') || address.startsWith('devtools://');
}

/** `URL.parse` would say it shorter; it is younger than the oldest runtime the tests use. */
function parseAddress(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
