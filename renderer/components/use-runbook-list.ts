import { useEffect } from 'react';
import type { Loadable, RunbooksAnswer } from '../model/types.ts';
import { useRunbooks, useStores } from '../stores/stores.tsx';

/** @returns the runbooks of the open case; they are asked for when nobody did. */
export function useRunbookList(): Loadable<RunbooksAnswer> {
  const { runbooks } = useStores();
  const list = useRunbooks((state) => state.list);
  const idle = list.state === 'idle';
  useEffect(() => {
    if (idle) runbooks.getState().load();
  }, [idle, runbooks]);
  return list;
}
