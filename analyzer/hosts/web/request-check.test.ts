import { describe, expect, it } from 'vitest';
import { refusalOf } from './request-check.ts';

const PORT = 4321;
const own = { host: `127.0.0.1:${PORT}` };
const check = (method: string, headers: Record<string, string>, url = '/') =>
  refusalOf({ method, url, headers }, PORT)?.status ?? 'answered';

describe('refusalOf', () => {
  it.each([
    ['a link opened from the terminal', 'GET', { ...own, 'sec-fetch-site': 'none' }],
    ['the page itself', 'GET', { ...own, 'sec-fetch-site': 'same-origin' }],
    ['a client without fetch metadata', 'GET', own],
    ['localhost', 'GET', { host: `localhost:${PORT}` }],
    ['IPv6 loopback', 'GET', { host: `[::1]:${PORT}` }],
    ['a call of the page', 'POST', { ...own, origin: `http://127.0.0.1:${PORT}`, 'sec-fetch-site': 'same-origin' }],
  ])('answers %s', (_what, method, headers) => {
    expect(check(method, headers)).toBe('answered');
  });

  it.each([
    ['a rebound name', 'GET', { host: `evil.example:${PORT}` }],
    ['a rebound name without port', 'GET', { host: 'evil.example' }],
    ['another port', 'GET', { host: '127.0.0.1:80' }],
    ['no Host', 'GET', {}],
    ['a Host in other words', 'GET', { host: `127.1:${PORT}` }],
    ['a trailing dot', 'GET', { host: `localhost.:${PORT}` }],
    ['another origin', 'POST', { ...own, origin: 'http://evil.example' }],
    ['our host with another port as origin', 'POST', { ...own, origin: 'http://127.0.0.1:80' }],
    ['localhost posting to 127.0.0.1', 'POST', { ...own, origin: `http://localhost:${PORT}` }],
    ['https', 'POST', { ...own, origin: `https://127.0.0.1:${PORT}` }],
    ['an opaque origin', 'POST', { ...own, origin: 'null' }],
    ['a cross-site link', 'GET', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['a page on another port', 'GET', { ...own, 'sec-fetch-site': 'same-site' }],
    ['a POST that claims to be typed', 'POST', { ...own, 'sec-fetch-site': 'none' }],
    ['a POST without origin', 'POST', own],
  ])('refuses %s with 403', (_what, method, headers) => {
    expect(check(method, headers as Record<string, string>)).toBe(403);
  });

  it.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'])('does not answer %s', (method) => {
    expect(check(method, own)).toBe(405);
  });

  it('does not read endless addresses', () => {
    expect(check('GET', own, `/${'a'.repeat(5_000)}`)).toBe(414);
  });
});
