/** The span of time that every screen looks at: shown beside the scope, cleared with one press. */
import { Clock, X } from 'lucide-react';
import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { instant } from '../model/format.ts';
import { parseInstant, queryTime, windowLabel } from '../model/time-window.ts';
import { useSession, useStores } from '../stores/stores.tsx';

/** @returns first and last instant of the files of the case. */
function useCaseSpan(): { readonly from: number; readonly to: number } | null {
  const files = useSession((state) => state.files);
  if (files.state !== 'ready') return null;
  const starts = files.value.flatMap((file) => (file.firstTime === null ? [] : [Date.parse(file.firstTime)]));
  const ends = files.value.flatMap((file) => (file.lastTime === null ? [] : [Date.parse(file.lastTime)]));
  if (starts.length === 0 || ends.length === 0) return null;
  return { from: starts.reduce((a, b) => Math.min(a, b)), to: ends.reduce((a, b) => Math.max(a, b)) };
}

const typed = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '' : queryTime(ms).replace('T', ' ').replace(/Z$/, '');

function Form({ close }: { readonly close: () => void }) {
  const { session } = useStores();
  const window = useSession((state) => state.window);
  const span = useCaseSpan();
  const known = useSession((state) => state.files.state === 'ready');
  const [from, setFrom] = useState(typed(window?.from));
  const [to, setTo] = useState(typed(window?.to));
  const [wrong, setWrong] = useState<string | null>(null);
  const apply = () => {
    const day = span?.to ?? null;
    const start = from.trim() === '' ? null : parseInstant(from, parseInstant(to, day) ?? day);
    const end = to.trim() === '' ? null : parseInstant(to, start ?? day);
    if (from.trim() !== '' && start === null) return setWrong('The start is no time: 2025-10-14 10:05, or 10:05.');
    if (to.trim() !== '' && end === null) return setWrong('The end is no time: 2025-10-14 11:05, or 11:05.');
    if (start !== null && end !== null && end <= start) return setWrong('The end is not after the start.');
    session.getState().setWindow(start === null && end === null ? null : { from: start, to: end });
    close();
  };
  return (
    <form
      className="window-form"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <h2>Time window</h2>
      <p className="meta">
        {span === null
          ? known
            ? 'No line of this case carries a known time.'
            : 'UTC.'
          : `UTC. Lines of this case: ${instant(new Date(span.from).toISOString())} to ${instant(new Date(span.to).toISOString())}.`}
      </p>
      <div className="window-form__ends">
        <label className="field">
          <span>From</span>
          <input
            className="input input--s mono"
            value={from}
            placeholder={typed(span === null ? null : Math.floor(span.from / 60_000) * 60_000)}
            spellCheck={false}
            onChange={(event) => setFrom(event.target.value)}
          />
        </label>
        <label className="field">
          <span>To</span>
          <input
            className="input input--s mono"
            value={to}
            placeholder={typed(span === null ? null : Math.ceil(span.to / 60_000) * 60_000)}
            spellCheck={false}
            onChange={(event) => setTo(event.target.value)}
          />
        </label>
      </div>
      {wrong === null ? null : (
        <p className="pen-wrong" role="alert">
          {wrong}
        </p>
      )}
      <div className="row">
        <button type="submit" className="btn btn--s btn--primary">
          Apply
        </button>
        {window === null ? null : (
          <button
            type="button"
            className="btn btn--s"
            onClick={() => {
              session.getState().setWindow(null);
              close();
            }}
          >
            All times
          </button>
        )}
      </div>
    </form>
  );
}

export function TimeWindowControl() {
  const { session } = useStores();
  const window = useSession((state) => state.window);
  const label = window === null ? 'all times' : `${windowLabel(window)} UTC`;
  return (
    <span className={window === null ? 'window' : 'window is-set'}>
      <DialogTrigger>
        <Button className="window__open" aria-label={`Time window: ${label}`}>
          <Clock className="icon" aria-hidden="true" />
          {window === null ? null : <span className="clip">{label}</span>}
        </Button>
        <Popover className="popover" placement="bottom start">
          <Dialog aria-label="Time window">{({ close }) => <Form close={close} />}</Dialog>
        </Popover>
      </DialogTrigger>
      {window === null ? null : (
        <button
          type="button"
          className="window__clear"
          aria-label="Clear the time window"
          title="All times"
          onClick={(event) => {
            // The button goes with the window.
            event.currentTarget.parentElement?.querySelector<HTMLElement>('.window__open')?.focus();
            session.getState().setWindow(null);
          }}
        >
          <X className="icon" aria-hidden="true" />
        </button>
      )}
    </span>
  );
}
