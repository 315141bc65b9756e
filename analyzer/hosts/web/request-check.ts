/**
 * Which requests are looked at, at all. A loopback server is reachable from every web page the user has open:
 * by its address (cross-site requests) and by a name that resolves to 127.0.0.1 (DNS rebinding). Both are told
 * apart from our own page by headers a page cannot set: Host, Origin and Sec-Fetch-Site.
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface Refusal {
  readonly status: 403 | 405 | 414;
  readonly message: string;
}

/** The longest real address is an upload with its file name. */
const URL_CHARS_MAX = 4_096;

/** @returns the Host values of this server. */
function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
}

/**
 * @returns why the request is refused, or null. `headers` as node:http gives them: names in lower case.
 * Only the loopback addresses count as Host: a rebound name is somebody else's page.
 */
export function refusalOf(
  request: {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly headers: IncomingHttpHeaders;
  },
  port: number,
): Refusal | null {
  const { method, url, headers } = request;
  if (method !== 'GET' && method !== 'POST') return { status: 405, message: 'Only GET and POST are answered.' };
  if ((url ?? '').length > URL_CHARS_MAX) return { status: 414, message: 'The address is too long.' };
  const host = headers.host ?? '';
  if (!ownHosts(port).includes(host)) {
    return { status: 403, message: 'Refused: this host name does not belong to this Coldcase.' };
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, message: 'Refused: the request comes from another site.' };
  }
  const site = headers['sec-fetch-site'];
  // 'none' is the user's own doing: the link pasted or opened from the terminal. 'same-site' is another port.
  if (site !== undefined && site !== 'same-origin' && !(site === 'none' && method === 'GET')) {
    return {
      status: 403,
      message: 'Refused: the request comes from another site. Paste the link into the address bar instead.',
    };
  }
  if (method === 'POST' && origin === undefined && site === undefined) {
    return { status: 403, message: 'Refused: a POST has to name its origin.' };
  }
  return null;
}
