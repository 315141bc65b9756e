import { describe, expect, it } from 'vitest';
import type { CallMessage } from '../contract/messages.ts';
import { connectEngine, type EngineChannel, type SupervisorClock, superviseEngine } from './engine-client.ts';

class FakeChannel implements EngineChannel {
  readonly posted: CallMessage[] = [];
  #message: (message: unknown) => void = () => undefined;
  #exit: (how: string) => void = () => undefined;
  killed = 0;
  post(message: CallMessage): void {
    this.posted.push(message);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#message = listener;
  }
  onExit(listener: (how: string) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    this.killed += 1;
    this.#exit('signal SIGTERM');
  }
  say(message: unknown): void {
    this.#message(message);
  }
  die(how = 'exit code 1'): void {
    this.#exit(how);
  }
  answerLast(value: unknown): void {
    this.say({ type: 'answer', id: this.posted.at(-1)?.id, value, failure: null });
  }
}

/** A clock that moves only when told. */
function handClock(): SupervisorClock & { advance(milliseconds: number): void; readonly waits: number[] } {
  let time = 0;
  let due: { at: number; run: () => void } | null = null;
  const waits: number[] = [];
  return {
    waits,
    now: () => time,
    after: (milliseconds, run) => {
      waits.push(milliseconds);
      const mine = { at: time + milliseconds, run };
      due = mine;
      return () => {
        if (due === mine) due = null;
      };
    },
    advance: (milliseconds) => {
      time += milliseconds;
      if (due && due.at <= time) {
        const { run } = due;
        due = null;
        run();
      }
    },
  };
}

function supervised() {
  const channels: FakeChannel[] = [];
  const clock = handClock();
  const client = superviseEngine(() => {
    const channel = new FakeChannel();
    channels.push(channel);
    return channel;
  }, clock);
  const last = (): FakeChannel => channels.at(-1) as FakeChannel;
  return { channels, clock, client, last };
}

describe('connectEngine', () => {
  it('keeps calls until the engine is ready, then matches answers to calls in any order', async () => {
    const channel = new FakeChannel();
    const client = connectEngine(channel);
    const first = client.call('case.recent', {});
    const second = client.call('job.list', {});
    expect(channel.posted).toHaveLength(0);
    channel.say({ type: 'ready' });
    expect(channel.posted.map((call) => call.method)).toEqual(['case.recent', 'job.list']);
    channel.say({ type: 'answer', id: channel.posted[1]?.id, value: ['jobs'], failure: null });
    channel.say({ type: 'answer', id: channel.posted[0]?.id, value: ['cases'], failure: null });
    expect(await second).toEqual({ ok: true, value: ['jobs'] });
    expect(await first).toEqual({ ok: true, value: ['cases'] });
  });

  it('hands failures on as they are', async () => {
    const channel = new FakeChannel();
    const client = connectEngine(channel);
    channel.say({ type: 'ready' });
    const call = client.call('case.recent', {});
    const failure = { code: 'disk', message: 'The disk is full.', where: null, advice: null };
    channel.say({ type: 'answer', id: channel.posted[0]?.id, value: null, failure });
    expect(await call).toEqual({ ok: false, failure });
  });

  it('fails pending and later calls when the engine ends, naming how', async () => {
    const channel = new FakeChannel();
    const client = connectEngine(channel);
    channel.say({ type: 'ready' });
    const pending = client.call('case.recent', {});
    channel.die('signal SIGKILL');
    const answer = await pending;
    expect(answer).toMatchObject({ ok: false, failure: { code: 'internal' } });
    expect(answer.ok ? '' : answer.failure.message).toContain('SIGKILL');
    expect(client.state).toBe('lost');
    expect(await client.call('case.recent', {})).toMatchObject({ ok: false });
  });

  it('delivers events until unsubscribed and ignores malformed messages', () => {
    const channel = new FakeChannel();
    const client = connectEngine(channel);
    const seen: unknown[] = [];
    const end = client.on('onDidChangeCase', (payload) => seen.push(payload));
    const event = { type: 'event', event: 'onDidChangeCase', payload: { caseId: '/cases/a' } };
    channel.say(event);
    channel.say({ type: 'event', event: 'constructor', payload: {} });
    channel.say('nonsense');
    channel.say({ type: 'answer', id: 99, value: null, failure: null });
    end();
    channel.say(event);
    expect(seen).toEqual([{ caseId: '/cases/a' }]);
  });

  it('answers with a failure when a message cannot be copied', async () => {
    const channel = new FakeChannel();
    channel.post = () => {
      throw new Error('could not be cloned');
    };
    const client = connectEngine(channel);
    channel.say({ type: 'ready' });
    const answer = await client.call('case.recent', {});
    expect(answer.ok ? '' : answer.failure.message).toContain('could not be cloned');
  });
});

describe('superviseEngine', () => {
  it('starts the engine again and lets new calls wait for it', async () => {
    const { channels, clock, client, last } = supervised();
    const states: string[] = [];
    client.onState((state) => states.push(state));
    last().say({ type: 'ready' });
    const lostCall = client.call('case.recent', {});
    last().die();
    expect(await lostCall).toMatchObject({ ok: false });
    const waiting = client.call('job.list', {});
    clock.advance(100);
    expect(channels).toHaveLength(2);
    expect(last().posted).toHaveLength(0);
    last().say({ type: 'ready' });
    last().answerLast([]);
    expect(await waiting).toEqual({ ok: true, value: [] });
    expect(states).toEqual(['ready', 'restarting', 'ready']);
  });

  it('pauses longer each time and gives up after four starts in a row', async () => {
    const { channels, clock, client, last } = supervised();
    const waiting = client.call('case.recent', {});
    for (let round = 0; round < 4; round += 1) {
      last().die();
      clock.advance(10_000);
    }
    expect(channels).toHaveLength(4);
    expect(clock.waits).toEqual([100, 500, 2_000]);
    expect(client.state).toBe('lost');
    expect(await waiting).toMatchObject({ ok: false });
  });

  it('counts a crash after a long good run as the first one', () => {
    const { channels, clock, client, last } = supervised();
    for (let round = 0; round < 8; round += 1) {
      last().say({ type: 'ready' });
      clock.advance(60_000);
      last().die();
      clock.advance(10_000);
    }
    expect(channels).toHaveLength(9);
    expect(client.state).not.toBe('lost');
  });

  it('treats a start that throws as a crash', () => {
    const clock = handClock();
    let starts = 0;
    const client = superviseEngine(() => {
      starts += 1;
      throw new Error('ENOENT');
    }, clock);
    for (let round = 0; round < 5; round += 1) clock.advance(10_000);
    expect(starts).toBe(4);
    expect(client.state).toBe('lost');
  });

  it('does not start again once it is closed', async () => {
    const { channels, clock, client, last } = supervised();
    last().say({ type: 'ready' });
    const pending = client.call('case.recent', {});
    await client.close();
    clock.advance(60_000);
    expect(channels).toHaveLength(1);
    expect(last().killed).toBe(1);
    expect(await pending).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
    expect(await client.call('case.recent', {})).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
  });

  it('closes during the back-off', async () => {
    const { channels, clock, client, last } = supervised();
    last().die();
    await client.close();
    clock.advance(60_000);
    expect(channels).toHaveLength(1);
  });
});
