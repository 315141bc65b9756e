/** Takes the answer on the screen into the report, kept as its question; pressed again takes it out. */
import { FilePlus2 } from 'lucide-react';
import { type PinQuestion, pinOf } from '../stores/pins.ts';
import { usePins, useStores } from '../stores/stores.tsx';

export interface Pinnable {
  readonly question: PinQuestion;
  /** What the report calls it. */
  readonly title: string;
}

/** @returns adds an answer to the report, or takes it out, and says so. */
export function usePinAnswer(): (pinnable: Pinnable) => Promise<void> {
  const { pins, screens } = useStores();
  return async ({ question, title }) => {
    const known = pinOf(pins.getState().pins, question);
    const failure =
      known === undefined ? await pins.getState().pin(question, title) : await pins.getState().remove(known.id);
    if (failure !== null) screens.getState().announce(`Not kept: ${failure.message}`);
    else if (known === undefined) screens.getState().announce(`Added to the report: ${title}`, 'report');
    else screens.getState().announce(`Taken out of the report: ${known.title}`, 'report');
  };
}

/** @param keys that do the same, told in the button's title. */
export function AddToReport({ pinnable, keys }: { readonly pinnable: Pinnable; readonly keys: string | null }) {
  const pinned = usePins((state) => pinOf(state.pins, pinnable.question) !== undefined);
  const pin = usePinAnswer();
  return (
    <button
      type="button"
      className="btn btn--s"
      aria-pressed={pinned}
      title={`${pinned ? 'Take it out of the report' : 'The report asks it again and tells the answer'}${keys === null ? '' : ` (${keys})`}`}
      onClick={() => void pin(pinnable)}
    >
      <FilePlus2 className="icon" aria-hidden="true" />
      {pinned ? 'In the report' : 'Add to report'}
    </button>
  );
}
