/**
 * Who may talk to the web host: whoever opens the printed link first. The token in the link works once and is
 * exchanged for a session cookie; another user of the same jump host who later sees the link gets nothing.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;

/** @returns whether two secrets are the same, in a time that does not depend on where they differ. */
function sameSecret(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface Session {
  /** For the printed link. */
  readonly token: string;
  /** @returns the Set-Cookie value when the token is right and unused, else null. A wrong token uses nothing up. */
  exchange(token: string): string | null;
  /** @returns whether the Cookie header carries this session. */
  accepts(cookieHeader: string | undefined): boolean;
}

/**
 * @param port part of the cookie's name: cookies are shared by all ports of a host, and two web hosts must not
 * overwrite each other's.
 */
export function createSession(port: number): Session {
  const token = randomBytes(SECRET_BYTES).toString('base64url');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const name = `coldcase_${port}`;
  let used: 'unused' | 'used' = 'unused';
  return {
    token,
    exchange: (given) => {
      if (used === 'used' || !sameSecret(given, token)) return null;
      used = 'used';
      return `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`;
    },
    accepts: (header) =>
      (header ?? '').split(';').some((pair) => {
        const at = pair.indexOf('=');
        return at > 0 && pair.slice(0, at).trim() === name && sameSecret(pair.slice(at + 1).trim(), secret);
      }),
  };
}
