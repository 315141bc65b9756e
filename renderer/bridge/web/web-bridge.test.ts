import { afterEach, describe, expect, it, vi } from 'vitest';
import { CASE_ID, makeJob } from '../fake/fake-case.ts';
import { createWebBridge } from './web-bridge.ts';

class FakeEvents {
  static readonly CLOSED = 2;
  static last: FakeEvents;
  readyState = 1;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  onmessage: (message: { readonly data: string }) => void = () => undefined;
  constructor() {
    FakeEvents.last = this;
  }
}

function bridgeWith(fetch: (url: string, init: RequestInit) => Promise<Response>) {
  vi.stubGlobal('EventSource', FakeEvents);
  vi.stubGlobal('fetch', fetch);
  return createWebBridge();
}

afterEach(() => vi.unstubAllGlobals());

describe('web bridge', () => {
  it('posts the input as JSON and turns the answer into a Result', async () => {
    const sent: string[] = [];
    const bridge = bridgeWith(async (url, init) => {
      sent.push(`${init.method} ${url} ${String(init.body)}`);
      return Response.json({ value: [], failure: null });
    });
    expect(await bridge.call('file.list', { caseId: CASE_ID })).toEqual({ ok: true, value: [] });
    expect(sent).toEqual(['POST api/call/file.list {"caseId":"/cases/case-1"}']);
  });

  it('answers with a failure, never a rejection', async () => {
    const failure = { code: 'not-found', message: 'no such case', where: '/x', advice: null } as const;
    expect(await bridgeWith(async () => Response.json({ value: null, failure })).call('job.list', {})).toEqual({
      ok: false,
      failure,
    });
    const refused = await bridgeWith(async () => new Response('no', { status: 403 })).call('job.list', {});
    expect(refused.ok ? null : refused.failure.advice).toContain('coldcase serve');
    const gone = await bridgeWith(() => Promise.reject(new TypeError('network'))).call('job.list', {});
    expect(gone.ok ? null : gone.failure.code).toBe('busy');
  });

  it('downloads the PDF that the host prints, or says why there is none', async () => {
    const sent: string[] = [];
    const downloads: string[] = [];
    const blobs: Blob[] = [];
    vi.stubGlobal('URL', {
      createObjectURL: (blob: Blob) => {
        blobs.push(blob);
        return 'blob:pdf';
      },
      revokeObjectURL: () => undefined,
    });
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      downloads.push(`${this.download} from ${this.href}`);
    });
    const pdf = { status: 200, headers: { 'content-type': 'application/pdf' } };
    const bridge = bridgeWith(async (url, init) => {
      sent.push(`${init.method} ${url} ${String(init.body)}`);
      return new Response(new Uint8Array([37, 80, 68, 70, 0, 255]), pdf);
    });
    expect(await bridge.savePdf('r.pdf', '<p>')).toEqual({ ok: true, value: expect.stringContaining('r.pdf') });
    expect(sent).toEqual(['POST api/pdf <p>']);
    expect(downloads).toEqual(['r.pdf from blob:pdf']);
    expect(blobs[0]?.size).toBe(6);

    const failure = { code: 'not-found', message: 'no browser', where: null, advice: 'Install one.' } as const;
    const without = bridgeWith(async () => Response.json({ value: null, failure }));
    expect(await without.savePdf('r.pdf', '<p>')).toEqual({ ok: false, failure });
    const gone = bridgeWith(() => Promise.reject(new TypeError('network')));
    expect((await gone.savePdf('r.pdf', '<p>')).ok).toBe(false);
    const refused = bridgeWith(async () => new Response('no', { status: 403 }));
    expect(await refused.savePdf('r.pdf', '<p>')).toMatchObject({ failure: { code: 'wrong-usage' } });
    expect(downloads).toHaveLength(1);
    click.mockRestore();
  });

  it('hands events to their listeners and says when the host is gone and back', () => {
    const bridge = bridgeWith(async () => Response.json({}));
    const seen: string[] = [];
    const stop = bridge.on('onDidChangeJob', (job) => seen.push(job.id));
    bridge.onEngineState((state) => seen.push(state));
    const event = { data: JSON.stringify({ type: 'event', event: 'onDidChangeJob', payload: makeJob() }) };
    FakeEvents.last.onmessage(event);
    FakeEvents.last.onmessage({ data: JSON.stringify({ type: 'engine-state', state: 'restarting' }) });
    FakeEvents.last.onerror();
    FakeEvents.last.onopen();
    stop();
    FakeEvents.last.onmessage(event);
    expect(seen).toEqual(['job-1', 'restarting', 'restarting', 'ready']);
  });
});
