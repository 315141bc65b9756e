/** Lets the screen that is shown answer keys; the newest registration wins and gives way when it leaves. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';
import type { ScreenCommand } from './keyboard.ts';

export type ScreenKeys = Partial<Readonly<Record<ScreenCommand, () => void>>>;

interface Registry {
  readonly add: (keys: { readonly current: ScreenKeys }) => () => void;
  /** @returns true when the screen had an answer. */
  readonly run: (command: ScreenCommand) => boolean;
}

/** @returns an empty registry. */
function createScreenKeys(): Registry {
  const stack: { readonly current: ScreenKeys }[] = [];
  return {
    add: (keys) => {
      stack.push(keys);
      return () => {
        const index = stack.indexOf(keys);
        if (index >= 0) stack.splice(index, 1);
      };
    },
    run: (command) => {
      for (let index = stack.length - 1; index >= 0; index -= 1) {
        const action = stack[index]?.current[command];
        if (action !== undefined) {
          action();
          return true;
        }
      }
      return false;
    },
  };
}

const KeysContext = createContext<Registry | null>(null);

export function ScreenKeysProvider({ children }: { readonly children: ReactNode }) {
  const registry = useMemo(createScreenKeys, []);
  return <KeysContext.Provider value={registry}>{children}</KeysContext.Provider>;
}

export function useScreenKeyRegistry(): Registry {
  const registry = useContext(KeysContext);
  if (registry === null) throw new Error('ScreenKeysProvider is missing');
  return registry;
}

/** Answers keys while the calling component is shown. */
export function useScreenKeys(keys: ScreenKeys): void {
  const registry = useScreenKeyRegistry();
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => registry.add(current), [registry]);
}
