/** A bridge for tests: answers from a table, remembers what was asked, and lets the test send events. */
import type {
  EventName,
  EventPayload,
  MethodInput,
  MethodName,
  MethodOutput,
} from '../../../analyzer/contract/contract.ts';
import type { Bridge } from '../../../analyzer/contract/engine-api.ts';
import type { Result } from '../../model/types.ts';

export type Answers = {
  readonly [M in MethodName]?: (input: MethodInput<M>) => Result<MethodOutput<M>> | Promise<Result<MethodOutput<M>>>;
};

/** What only some hosts can do. */
export type FakeHost = Partial<Pick<Bridge, 'choosePaths' | 'pathsOf' | 'upload' | 'onLink'>>;

export interface FakeBridge extends Bridge {
  readonly asked: readonly { readonly method: MethodName; readonly input: unknown }[];
  readonly saved: readonly { readonly fileName: string; readonly text: string }[];
  send<E extends EventName>(event: E, payload: EventPayload<E>): void;
  sendEngineState(state: 'ready' | 'restarting' | 'lost'): void;
}

/** Methods without an answer fail with `not-found`, as an unknown case would. */
export function createFakeBridge(answers: Answers, host: FakeHost = {}): FakeBridge {
  const asked: { readonly method: MethodName; readonly input: unknown }[] = [];
  const saved: { readonly fileName: string; readonly text: string }[] = [];
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const engine = new Set<(state: 'ready' | 'restarting' | 'lost') => void>();
  return {
    host: 'fake',
    ...host,
    asked,
    saved,
    async call(method, input) {
      asked.push({ method, input });
      const answer = answers[method];
      if (answer !== undefined) return answer(input);
      return {
        ok: false,
        failure: { code: 'not-found', message: `No answer for ${method}`, where: null, advice: null },
      };
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener as (payload: never) => void));
      return () => set.delete(listener as (payload: never) => void);
    },
    async saveDocument(fileName, _mediaType, content) {
      saved.push({ fileName, text: typeof content === 'string' ? content : `${content.length} bytes` });
      return { ok: true, value: `/documents/${fileName}` };
    },
    async savePdf(fileName, html) {
      saved.push({ fileName, text: html });
      return { ok: true, value: `/documents/${fileName}` };
    },
    onEngineState(listener) {
      engine.add(listener);
      return () => engine.delete(listener);
    },
    send(event, payload) {
      for (const listener of listeners.get(event) ?? []) (listener as (payload: unknown) => void)(payload);
    },
    sendEngineState(state) {
      for (const listener of engine) listener(state);
    },
  };
}
