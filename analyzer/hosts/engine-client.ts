/**
 * The host's side of the engine's process: calls become messages, a dead process becomes a Failure, and a
 * supervisor starts the engine again. Used by the web host and by Electron main; carries no Node API of its own.
 */
import * as z from 'zod';
import type { EventName, EventPayload, MethodInput, MethodName, MethodOutput } from '../contract/contract.ts';
import type { EngineApi } from '../contract/engine-api.ts';
import { AnswerMessage, type CallMessage, EventMessage, ReadyMessage } from '../contract/messages.ts';
import { type Failure, fail, type Result } from '../core/failure.ts';

/** One started engine process. `onExit` fires once, with how it ended ("exit code 1", "signal SIGKILL"). */
export interface EngineChannel {
  post(message: CallMessage): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (how: string) => void): void;
  /** Asks the process to close its files and end; it is killed when it does not. */
  kill(): void;
}

/** 'restarting' also covers the first start: calls made then wait for the engine. */
export type EngineState = 'ready' | 'restarting' | 'lost';

export interface EngineClient extends EngineApi {
  readonly state: EngineState;
  /** Listens to changes of the state. @returns a function that ends the subscription. */
  onState(listener: (state: EngineState) => void): () => void;
  /** Ends the engine process; resolves when it has ended. Pending calls fail. */
  close(): Promise<void>;
}

/** Folders of the engine: cases are made in the first; recent cases and other state live in the second. */
export interface EngineFolders {
  readonly casesFolder: string;
  readonly stateFolder: string;
}

/** @returns the arguments of the engine process (workerEntry('engine-process')) for these folders. */
export function engineArguments(folders: EngineFolders): readonly string[] {
  return [`--cases=${folders.casesFolder}`, `--state=${folders.stateFolder}`];
}

const FromEngine = z.union([AnswerMessage, EventMessage, ReadyMessage]);

/** Crashes in a row before the engine counts as lost: the third start of a broken engine teaches nothing new. */
const STARTS_IN_A_ROW_MAX = 4;
/** An engine that ran this long was well: a later crash is counted as the first one again. */
const WELL_AFTER_MILLISECONDS = 60_000;
const BACK_OFF_MILLISECONDS = [100, 500, 2_000] as const;

function endedFailure(how: string): Failure {
  return {
    code: 'internal',
    message: `The engine process ended (${how}) before it answered.`,
    where: null,
    advice:
      'It is being started again. Sealed bundles are not affected; an import that was running has to be repeated.',
  };
}

const LOST: Failure = {
  code: 'internal',
  message: 'The engine process ended several times in a row and is no longer started.',
  where: null,
  advice: 'Close Coldcase and start it again; if it ends again, report this with the log.',
};
const CLOSED: Failure = { code: 'cancelled', message: 'Coldcase is closing.', where: null, advice: null };

class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();
  add(listener: (value: T) => void): () => void {
    // A wrapper of its own: the same function may subscribe twice and leave once.
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }
  send(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}

/** Timers of the supervisor, replaced in tests. */
export interface SupervisorClock {
  now(): number;
  after(milliseconds: number, run: () => void): () => void;
}

const systemClock: SupervisorClock = {
  now: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** One running call. */
interface Pending {
  readonly settle: (result: Result<unknown>) => void;
}

class Client implements EngineClient {
  readonly #start: () => EngineChannel;
  readonly #clock: SupervisorClock;
  readonly #restarts: 'restart' | 'once';
  readonly #pending = new Map<number, Pending>();
  readonly #waiting: CallMessage[] = [];
  readonly #events = new Listeners<EventMessage>();
  readonly #states = new Listeners<EngineState>();
  #state: EngineState = 'restarting';
  #channel: EngineChannel | null = null;
  #nextId = 1;
  #startsInARow = 0;
  #startedAt = 0;
  #closing: { readonly promise: Promise<void>; readonly done: () => void } | null = null;
  #cancelBackOff: () => void = () => undefined;

  constructor(start: () => EngineChannel, restarts: 'restart' | 'once', clock: SupervisorClock) {
    this.#start = start;
    this.#restarts = restarts;
    this.#clock = clock;
    this.#startEngine();
  }

  get state(): EngineState {
    return this.#state;
  }

  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<Result<MethodOutput<M>>> {
    if (this.#closing) return Promise.resolve({ ok: false, failure: CLOSED });
    if (this.#state === 'lost') return Promise.resolve({ ok: false, failure: LOST });
    const id = this.#nextId++;
    const message: CallMessage = { type: 'call', id, method, input };
    return new Promise((resolve) => {
      this.#pending.set(id, { settle: (result) => resolve(result as Result<MethodOutput<M>>) });
      // While the engine starts, calls are kept here: a process that dies at once must not take them along.
      if (this.#state === 'ready') this.#post(message);
      else this.#waiting.push(message);
    });
  }

  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
    return this.#events.add((message) => {
      if (message.event === event) listener(message.payload as EventPayload<E>);
    });
  }

  onState(listener: (state: EngineState) => void): () => void {
    return this.#states.add(listener);
  }

  close(): Promise<void> {
    if (this.#closing) return this.#closing.promise;
    let done = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#closing = { promise, done };
    this.#cancelBackOff();
    this.#failAll(CLOSED);
    if (this.#channel === null) done();
    else this.#channel.kill();
    return promise;
  }

  #setState(state: EngineState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#states.send(state);
  }

  #startEngine(): void {
    this.#startsInARow += 1;
    this.#startedAt = this.#clock.now();
    let channel: EngineChannel;
    try {
      channel = this.#start();
    } catch (error) {
      this.#ended(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#channel = channel;
    channel.onMessage((message) => {
      if (this.#channel === channel) this.#receive(message);
    });
    channel.onExit((how) => {
      if (this.#channel === channel) this.#ended(how);
    });
  }

  #post(message: CallMessage): void {
    try {
      this.#channel?.post(message);
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      this.#settle(message.id, fail('internal', `The call could not be sent to the engine: ${because}`));
    }
  }

  #receive(message: unknown): void {
    const parsed = FromEngine.safeParse(message);
    if (!parsed.success) return;
    switch (parsed.data.type) {
      case 'answer': {
        const { id, value, failure } = parsed.data;
        this.#settle(id, failure === null ? { ok: true, value } : { ok: false, failure });
        return;
      }
      case 'event':
        this.#events.send(parsed.data);
        return;
      case 'ready': {
        this.#setState('ready');
        for (const waiting of this.#waiting.splice(0)) this.#post(waiting);
      }
    }
  }

  #settle(id: number, result: Result<unknown>): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.settle(result);
  }

  #failAll(failure: Failure): void {
    this.#waiting.length = 0;
    for (const id of [...this.#pending.keys()]) this.#settle(id, { ok: false, failure });
  }

  /** Fails the calls the dead engine had; those it never saw wait for the next one. */
  #failPosted(failure: Failure): void {
    const unseen = new Set(this.#waiting.map((message) => message.id));
    for (const id of [...this.#pending.keys()]) if (!unseen.has(id)) this.#settle(id, { ok: false, failure });
  }

  #ended(how: string): void {
    this.#channel = null;
    if (this.#closing) {
      this.#closing.done();
      return;
    }
    if (this.#clock.now() - this.#startedAt >= WELL_AFTER_MILLISECONDS) this.#startsInARow = 0;
    if (this.#restarts === 'once' || this.#startsInARow >= STARTS_IN_A_ROW_MAX) {
      this.#failPosted(endedFailure(how));
      this.#setState('lost');
      this.#failAll(LOST);
      return;
    }
    this.#setState('restarting');
    this.#failPosted(endedFailure(how));
    const backOff = BACK_OFF_MILLISECONDS[Math.max(0, this.#startsInARow - 1)] ?? BACK_OFF_MILLISECONDS.at(-1) ?? 0;
    this.#cancelBackOff = this.#clock.after(backOff, () => this.#startEngine());
  }
}

/**
 * Wraps one started engine process. When it ends, every pending call fails and the state is 'lost'.
 * @returns the engine's API plus its state and close.
 */
export function connectEngine(channel: EngineChannel): EngineClient {
  return new Client(() => channel, 'once', systemClock);
}

/**
 * Starts the engine and, when its process ends unasked, starts it again after a growing pause. Calls the dead
 * engine had fail; new calls wait. After several deaths in a row the state is 'lost' and calls fail at once.
 */
export function superviseEngine(start: () => EngineChannel, clock: SupervisorClock = systemClock): EngineClient {
  return new Client(start, 'restart', clock);
}
