import { describe, expect, it } from 'vitest';
import type { Engine } from '../contract/engine-api.ts';
import { ok, type Result } from '../core/failure.ts';
import { serveEngine } from './engine-server.ts';

function engineThat(call: (method: string, input: unknown) => Promise<Result<unknown>>) {
  const listeners = new Map<string, (payload: unknown) => void>();
  let closed = 0;
  const engine = {
    call,
    on: (event: string, listener: (payload: unknown) => void) => {
      listeners.set(event, listener);
      return () => listeners.delete(event);
    },
    close: async () => {
      closed += 1;
    },
  } as unknown as Engine;
  return { engine, listeners, closed: () => closed };
}

function port() {
  const posted: unknown[] = [];
  let receive: (message: unknown) => void = () => undefined;
  return {
    posted,
    say: (message: unknown) => receive(message),
    post: (message: unknown) => {
      posted.push(structuredClone(message));
    },
    onMessage: (listener: (message: unknown) => void) => {
      receive = listener;
    },
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('serveEngine', () => {
  it('announces itself, answers calls and forwards events', async () => {
    const { engine, listeners } = engineThat(async (method) => ok([method]));
    const parent = port();
    await serveEngine(parent, Promise.resolve(engine));
    parent.say({ type: 'call', id: 7, method: 'case.recent', input: {} });
    await settled();
    listeners.get('onDidChangeCase')?.({ caseId: '/a' });
    expect(parent.posted).toEqual([
      { type: 'ready' },
      { type: 'answer', id: 7, value: ['case.recent'], failure: null },
      { type: 'event', event: 'onDidChangeCase', payload: { caseId: '/a' } },
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'engine.nothing', ''])('refuses the method %j', async (method) => {
    const calls: string[] = [];
    const { engine } = engineThat(async (name) => {
      calls.push(name);
      return ok(null);
    });
    const parent = port();
    await serveEngine(parent, Promise.resolve(engine));
    parent.say({ type: 'call', id: 1, method, input: {} });
    await settled();
    expect(calls).toEqual([]);
    expect(parent.posted.at(-1)).toMatchObject({ type: 'answer', id: 1, failure: { code: 'wrong-usage' } });
  });

  it('turns exceptions and values that cannot be copied into failures', async () => {
    const { engine } = engineThat(async (method) => {
      if (method === 'job.list') throw new Error('a bug');
      return ok(() => 'a function cannot be copied');
    });
    const parent = port();
    await serveEngine(parent, Promise.resolve(engine));
    parent.say({ type: 'call', id: 1, method: 'job.list', input: {} });
    parent.say({ type: 'call', id: 2, method: 'case.recent', input: {} });
    parent.say({ type: 'call', id: 'x', method: 'case.recent', input: {} });
    await settled();
    const answers = parent.posted.slice(1);
    expect(answers).toHaveLength(2);
    expect(answers).toContainEqual(
      expect.objectContaining({ id: 1, failure: expect.objectContaining({ message: 'a bug' }) }),
    );
    expect(answers).toContainEqual(
      expect.objectContaining({ id: 2, failure: expect.objectContaining({ code: 'internal' }) }),
    );
  });

  it('answers calls that came while the engine was created', async () => {
    const { engine } = engineThat(async () => ok('late'));
    const parent = port();
    let create: (engine: Engine) => void = () => undefined;
    const serving = serveEngine(
      parent,
      new Promise((resolve) => {
        create = resolve;
      }),
    );
    parent.say({ type: 'call', id: 1, method: 'case.recent', input: {} });
    create(engine);
    await serving;
    await settled();
    expect(parent.posted).toContainEqual({ type: 'answer', id: 1, value: 'late', failure: null });
  });

  it('closes the engine and stops forwarding', async () => {
    const { engine, listeners, closed } = engineThat(async () => ok(null));
    const close = await serveEngine(port(), Promise.resolve(engine));
    await close();
    expect(closed()).toBe(1);
    expect(listeners.size).toBe(0);
  });
});
