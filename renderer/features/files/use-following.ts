/** Keeps two files at the same instant: where one is moved, the other one comes along. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { SourceFile } from '../../model/types.ts';
import { fileKey } from '../../stores/files.ts';
import type { Side } from '../../stores/files-route.ts';
import { useFiles, useSession, useStores } from '../../stores/stores.tsx';
import type { Lead } from './pane.ts';

/** A pane that is still being moved leads nowhere yet. */
const REST_MS = 150;

const keyOf = (file: SourceFile | null): string =>
  file === null ? '' : fileKey({ bundle: file.bundle, file: file.path });

/** Where a pane stands: the instant that is looked at, and its distance from the upper edge in pixels. */
interface Looked {
  readonly of: string;
  readonly time: string | null;
  readonly above: number;
}

export interface Following {
  readonly lead: (side: Side) => Lead | null;
  readonly onMoved: (side: Side, time: string | null, above: number) => void;
}

export function useFollowing(panes: Readonly<Record<Side, SourceFile | null>>): Following {
  const { bridge, screens } = useStores();
  const caseId = useSession((state) => state.openCase?.id);
  const follow = useFiles((state) => state.follow === 'on');
  const [led, setLed] = useState<{ readonly side: Side; readonly of: string; readonly to: Lead } | null>(null);
  const last = useRef<Partial<Record<Side, Looked>>>({});
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef(0);
  const { main, beside } = panes;

  const bring = useCallback(
    (from: Side, delay: number) => {
      clearTimeout(timer.current);
      const place = last.current[from];
      const side = from === 'main' ? 'beside' : 'main';
      const other = side === 'main' ? main : beside;
      const time = place?.time ?? null;
      if (caseId === undefined || place === undefined || other === null || time === null) return;
      timer.current = setTimeout(() => {
        asked.current += 1;
        const mine = asked.current;
        void bridge.call('file.lineAt', { caseId, bundle: other.bundle, file: other.path, time }).then((answer) => {
          if (mine !== asked.current) return;
          if (!answer.ok) screens.getState().announce(`Time not followed: ${answer.failure.message}`);
          else if (answer.value.line !== null) {
            const { line, time: at } = answer.value;
            last.current[side] = { of: keyOf(other), time: at, above: place.above };
            setLed({ side, of: keyOf(other), to: { line, above: place.above } });
          }
        });
      }, delay);
    },
    [bridge, screens, caseId, main, beside],
  );
  // It starts where the first file stands: the other one was opened beside it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: later moves are told by the panes
  useEffect(() => {
    if (follow) bring('main', 0);
    else setLed(null);
    return () => {
      clearTimeout(timer.current);
      // What is still answered is about the time before.
      asked.current += 1;
    };
  }, [follow]);

  return {
    lead: (side) => (led !== null && follow && led.side === side && led.of === keyOf(panes[side]) ? led.to : null),
    onMoved: (side, time, above) => {
      const of = keyOf(panes[side]);
      const arrived = last.current[side]?.of !== of;
      last.current[side] = { of, time, above };
      // Another file beside was not moved there: it comes to where the first one stands.
      if (follow) bring(side === 'beside' && arrived ? 'main' : side, REST_MS);
    },
  };
}
