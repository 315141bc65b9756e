import { describe, expect, it } from 'vitest';
import { createSession } from './session.ts';

describe('createSession', () => {
  it('exchanges the token once', () => {
    const session = createSession(80);
    expect(session.exchange('wrong')).toBeNull();
    expect(session.exchange('')).toBeNull();
    const cookie = session.exchange(session.token);
    expect(cookie).toMatch(/^coldcase_80=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(session.exchange(session.token)).toBeNull();
  });

  it('accepts only its own cookie, among others', () => {
    const session = createSession(80);
    const cookie = session.exchange(session.token)?.split(';')[0] ?? '';
    expect(session.accepts(cookie)).toBe(true);
    expect(session.accepts(`a=b; ${cookie}; c=d`)).toBe(true);
    expect(session.accepts(undefined)).toBe(false);
    expect(session.accepts(`${cookie}x`)).toBe(false);
    expect(session.accepts(cookie.replace('coldcase_80', 'coldcase_81'))).toBe(false);
    expect(session.accepts(`coldcase_80=${session.token}`)).toBe(false);
    expect(createSession(80).accepts(cookie)).toBe(false);
  });
});
