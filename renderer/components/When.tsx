import { clockOf, givenWords } from '../model/clocks.ts';
import { instant, shortInstant } from '../model/format.ts';
import type { BundleId } from '../model/types.ts';
import { useSession } from '../stores/stores.tsx';

/** The file whose clock made an instant of a stamp. */
export interface TimedBy {
  readonly bundle: BundleId;
  readonly file: string;
}

/** @returns what the engineer gave for the clock of a file, in short; null where nothing was given. */
function useGivenClock(of: TimedBy | undefined): string | null {
  return useSession(({ files }) => {
    if (of === undefined || files.state !== 'ready') return null;
    const clock = clockOf(files.value, of);
    return clock === null ? null : givenWords(clock);
  });
}

/**
 * An instant in UTC; the full one on hover. A claim about captured state has none, and says so. With `of` it says when
 * the zone or the clock of its file was given by hand.
 */
export function When({
  iso,
  length = 'short',
  of,
}: {
  readonly iso: string | null;
  readonly length?: 'short' | 'full';
  readonly of?: TimedBy;
}) {
  const given = useGivenClock(of);
  if (iso === null) return <span className="meta">state</span>;
  return (
    <time dateTime={iso} title={`${instant(iso)} UTC${given === null ? '' : `, ${given} by hand`}`}>
      {length === 'short' ? shortInstant(iso) : `${instant(iso)} UTC`}
      {given === null ? null : (
        <span className="when__given">
          {length === 'short' ? <span aria-hidden="true">±</span> : `, ${given} by hand`}
          {length === 'short' ? <span className="visually-hidden">, {given} by hand</span> : null}
        </span>
      )}
    </time>
  );
}
