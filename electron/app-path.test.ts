import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../analyzer/hosts/web/headers.ts';
import { isAppAddress, isOwnPage, resolveAppFile, staysHere } from './app-path.ts';

const root = path.resolve('renderer-folder');

describe('resolveAppFile', () => {
  it.each([
    ['app://coldcase/', 'index.html', 'text/html; charset=utf-8'],
    ['app://coldcase/index.html', 'index.html', 'text/html; charset=utf-8'],
    ['app://coldcase/index.html?x=1#/start', 'index.html', 'text/html; charset=utf-8'],
    ['app://coldcase/assets/index-BSwrFaX3.js', 'assets/index-BSwrFaX3.js', 'text/javascript; charset=utf-8'],
    ['app://coldcase/assets/a%2Db.css', 'assets/a-b.css', 'text/css; charset=utf-8'],
  ])('answers %s with %s', (address, file, mediaType) => {
    expect(resolveAppFile(root, address)).toMatchObject({ file: path.join(root, file), mediaType });
  });

  it.each([
    'app://coldcase/..%2f..%2fpackage.json',
    'app://coldcase/..%5c..%5cpackage.json',
    'app://coldcase/assets/..%2F..%2Findex.html',
    'app://coldcase//etc/passwd.json',
    'app://coldcase/c:/windows/a.json',
    'app://coldcase/index.html%00.js',
    'app://coldcase/.hidden.json',
    'app://coldcase/assets/',
    'app://coldcase/assets/index.js.map',
    'app://coldcase/index',
    'app://coldcase/%E0%A4%A.js',
    'app://other/index.html',
    'app://coldcase.example.com/index.html',
    'app://user@other/index.html',
    'app:index.html',
    'file:///index.html',
    'https://coldcase/index.html',
    'not an address',
  ])('refuses %s', (address) => {
    expect(resolveAppFile(root, address).kind).toBe('refused');
  });

  it('never leaves its folder, whatever is asked', () => {
    const piece = fc.oneof(
      fc.constantFrom('..', '.', '%2e', '%2E%2e', '%2f', '%5c', '/', '\\', '%00', 'index.html', 'a.js', '%25', ':'),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const answer = resolveAppFile(root, `app://coldcase/${pieces.join('')}`);
        if (answer.kind === 'refused') return;
        expect(path.relative(root, answer.file).split(path.sep)).not.toContain('..');
        expect(path.isAbsolute(path.relative(root, answer.file))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('addresses of the window', () => {
  it.each([
    ['app://coldcase/index.html', true],
    ['app://coldcase/index.html#/findings', true],
    ['app://coldcase/', true],
    ['app://coldcase/other.html', false],
    ['app://coldcase.example.com/index.html', false],
    ['https://coldcase/index.html', false],
    ['file:///index.html', false],
  ])('own page: %s is %s', (address, own) => {
    expect(isOwnPage(address)).toBe(own);
  });

  it.each([
    ['app://coldcase/assets/a.js', true],
    ['data:image/png;base64,AA==', true],
    ['devtools://devtools/bundled/inspector.html', true],
    ['https://example.com/', false],
    ['http://127.0.0.1:80/', false],
    ['ws://localhost/', false],
    ['file:///etc/passwd', false],
    ['app://other/', false],
    ['', false],
  ])('%s stays in this process: %s', (address, here) => {
    expect(staysHere(address)).toBe(here);
  });

  it('knows its own host only', () => {
    expect(isAppAddress('app://coldcase/x')).toBe(true);
    expect(isAppAddress('app://COLDCASE.evil/x')).toBe(false);
  });
});

describe('content policy of the desktop', () => {
  it('is exactly this', () => {
    expect(contentSecurityPolicy('NONCE').split('; ').sort()).toEqual(
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'nonce-NONCE'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].sort(),
    );
  });
});
