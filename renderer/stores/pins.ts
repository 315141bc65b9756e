/** Answers of other screens that go into the report of the open case, each kept as its question. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import { NO_CASE } from '../model/no-case.ts';
import type { CaseId, Failure, PinnedAnswer } from '../model/types.ts';
import { createQueue } from './in-turn.ts';

/** What is pinned: a method of the contract and its input without the case. */
export type PinQuestion = Pick<PinnedAnswer, 'method' | 'input'>;

export interface PinsState {
  readonly pins: readonly PinnedAnswer[];
  readonly load: () => Promise<void>;
  /** Pins a question, once. @returns why it could not be kept. */
  readonly pin: (question: PinQuestion, title: string) => Promise<Failure | null>;
  readonly change: (id: number, part: Partial<Pick<PinnedAnswer, 'title' | 'note'>>) => Promise<Failure | null>;
  readonly remove: (id: number) => Promise<Failure | null>;
  readonly forgetCase: () => void;
}

export type PinsStore = StoreApi<PinsState>;

/** Of a pinned answer, as the contract has it. */
const TITLE_CHARS_MAX = 200;

/** @returns the value as text that is the same whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** @returns the pinned answer to this question; what the engine added to its input does not count. */
export function pinOf(pins: readonly PinnedAnswer[], { method, input }: PinQuestion): PinnedAnswer | undefined {
  const asked = Object.entries(input);
  return pins.find(
    (pin) => pin.method === method && asked.every(([key, value]) => canonical(pin.input[key]) === canonical(value)),
  );
}

/** @returns the store; `load` must be called when a case is opened. */
export function createPins(bridge: Bridge, caseId: () => CaseId | null): PinsStore {
  // One change after the other: pressed twice, a question is pinned once.
  const queue = createQueue();
  return createStore<PinsState>()((set, get) => {
    const inTurn = (change: (id: CaseId) => Promise<Failure | null>): Promise<Failure | null> => {
      const id = caseId();
      if (id === null) return Promise.resolve(NO_CASE);
      return queue(async () => (caseId() === id ? change(id) : NO_CASE));
    };
    const write = async (id: CaseId, pin: Omit<PinnedAnswer, 'id' | 'pinnedAt'> & { readonly id: number | null }) => {
      const { method, input, title, note } = pin;
      const answer = await bridge.call('pin.set', { caseId: id, id: pin.id, method, input, title, note });
      if (!answer.ok) return answer.failure;
      const known = get().pins.some((one) => one.id === answer.value.id);
      if (caseId() === id)
        set(({ pins }) => ({
          pins: known ? pins.map((one) => (one.id === answer.value.id ? answer.value : one)) : [...pins, answer.value],
        }));
      return null;
    };
    return {
      pins: [],
      load: async () => {
        const id = caseId();
        if (id === null) return;
        const answer = await bridge.call('pin.list', { caseId: id });
        if (answer.ok && caseId() === id) set({ pins: answer.value });
      },
      pin: (question, title) =>
        inTurn(async (id) =>
          pinOf(get().pins, question) === undefined
            ? write(id, { ...question, id: null, title: title.slice(0, TITLE_CHARS_MAX), note: '' })
            : null,
        ),
      change: (pin, part) =>
        inTurn(async (id) => {
          // Another window may have changed the rest of it.
          const now = await bridge.call('pin.list', { caseId: id });
          if (!now.ok) return now.failure;
          const known = now.value.find((one) => one.id === pin);
          return known === undefined ? null : write(id, { ...known, ...part });
        }),
      remove: (pin) =>
        inTurn(async (id) => {
          const answer = await bridge.call('pin.remove', { caseId: id, ids: [pin] });
          if (!answer.ok) return answer.failure;
          if (caseId() === id) set(({ pins }) => ({ pins: pins.filter((one) => one.id !== pin) }));
          return null;
        }),
      forgetCase: () => set({ pins: [] }),
    };
  });
}
