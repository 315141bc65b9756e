import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { fail, ok } from '../../core/failure.ts';
import { PDF_HTML_CHARS_MAX } from '../pdf/print-limits.ts';
import { createPrintDesk, type PrintDesk, type PrintPdf } from './print-desk.ts';

const PDF = new Uint8Array([0x25, 0x50, 0x44, 0x46, 0x2d, 0x00, 0xff]);

let server: http.Server;
let desk: PrintDesk;
const ends: (() => Promise<void>)[] = [];
const notes: string[] = [];

async function serveWith(print: PrintPdf): Promise<void> {
  notes.length = 0;
  desk = createPrintDesk(print, (sentence) => notes.push(sentence));
  server = http.createServer((request, response) => void desk.answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const [ownServer, ownDesk] = [server, desk];
  ends.push(async () => {
    ownServer.closeAllConnections();
    ownServer.close();
    await ownDesk.close();
  });
}
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const post = (body: string, mediaType = 'text/html; charset=utf-8', signal?: AbortSignal) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/pdf`, {
    method: 'POST',
    headers: { 'content-type': mediaType },
    body,
    ...(signal === undefined ? {} : { signal }),
  });

/** A print that ends when it is told to, or stopped. */
function slowPrint() {
  let finish: () => void = () => undefined;
  let began: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    began = resolve;
  });
  const stopped = Promise.withResolvers<void>();
  const print: PrintPdf = (_html, { signal }) =>
    new Promise((resolve) => {
      began();
      finish = () => resolve(ok(PDF));
      signal?.addEventListener('abort', () => {
        stopped.resolve();
        resolve(fail('cancelled', 'The PDF was not made: cancelled.'));
      });
    });
  return { print, started, stopped: stopped.promise, finish: () => finish() };
}

it('answers with the PDF, byte by byte, and tells its note', async () => {
  await serveWith(async (html, { note }) => {
    note?.('without a sandbox');
    return html === '<p>é</p>' ? ok(PDF) : fail('internal', 'another document');
  });
  const answer = await post('<p>é</p>');
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(PDF);
  expect(notes).toEqual(['without a sandbox']);
});

it('answers with the failure where there is no browser', async () => {
  await serveWith(async () => fail('not-found', 'none was found', null, 'Install one.'));
  const answer = await post('<p>');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    value: null,
    failure: { code: 'not-found', message: 'none was found', where: null, advice: 'Install one.' },
  });
});

it('takes HTML only, of limited size', async () => {
  await serveWith(async () => ok(PDF));
  expect((await post('{}', 'application/json')).status).toBe(415);
  const status = await new Promise((resolve) => {
    const request = http.request({
      port: (server.address() as AddressInfo).port,
      method: 'POST',
      headers: { 'Content-Type': 'text/html', 'Content-Length': PDF_HTML_CHARS_MAX + 1 },
    });
    request.on('response', (response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    request.on('error', () => undefined);
    request.write('<');
  });
  expect(status).toBe(413);
  expect((await post('<p>')).headers.get('content-type')).toBe('application/pdf');
});

it('makes one PDF at a time, and the next one after it', async () => {
  const slow = slowPrint();
  await serveWith(slow.print);
  const first = post('<p>1');
  await slow.started;
  const second = await post('<p>2');
  expect(await second.json()).toMatchObject({ failure: { code: 'busy' } });
  slow.finish();
  expect((await first).headers.get('content-type')).toBe('application/pdf');
  const third = post('<p>3');
  await slow.started;
  // The print of the third begins when its body is there.
  const again = setInterval(slow.finish, 5);
  expect((await third).headers.get('content-type')).toBe('application/pdf');
  clearInterval(again);
});

it('stops printing when the page is closed, and when the host is', async () => {
  const slow = slowPrint();
  await serveWith(slow.print);
  const closed = new AbortController();
  const first = post('<p>1', 'text/html', closed.signal).catch(() => 'closed');
  await slow.started;
  closed.abort();
  expect(await first).toBe('closed');
  await slow.stopped;

  const other = slowPrint();
  await serveWith(other.print);
  const second = post('<p>2');
  await other.started;
  await desk.close();
  expect(await (await second).json()).toMatchObject({ failure: { code: 'cancelled' } });
});
