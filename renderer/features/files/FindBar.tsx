/** The search in the file that is shown; the words are those of every search. */
import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import { type RefObject, useEffect } from 'react';
import { IconButton } from '../../components/IconButton.tsx';
import { faultText, QueryBox } from '../../components/QueryBox.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { counted } from '../../model/format.ts';
import { useNotebook, useStores } from '../../stores/stores.tsx';
import type { Find } from './use-find.ts';

/** @returns how many lines match, in words. */
export function matchesSay({ map, text, fault }: Find): string {
  if (text === '' || fault !== null) return '';
  if (map.state === 'failed') return `Not counted: ${map.failure.message}`;
  if (map.state !== 'ready') return 'counting';
  const said = map.value.total === 0 ? 'no match' : counted(map.value.total, 'match', 'matches');
  return map.value.complete ? said : `${said} so far: not every line was looked at`;
}

/** @returns true when every line was looked at in vain: there is no match to go to. */
export function matchesNothing({ map }: Find): boolean {
  return map.state === 'ready' && map.value.complete && map.value.total === 0;
}

export function FindBar({
  find,
  input,
  onNext,
  onPrevious,
  onClose,
}: {
  readonly find: Find;
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly onNext: () => void;
  readonly onPrevious: () => void;
  readonly onClose: () => void;
}) {
  const { files } = useStores();
  const history = useNotebook((state) => state.history);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, [input]);
  const said = matchesSay(find);
  return (
    <search
      className="find"
      aria-label="Search in this file"
      onKeyDownCapture={(event) => {
        if (event.key !== 'Enter' || !event.shiftKey || event.target !== input.current) return;
        event.preventDefault();
        event.stopPropagation();
        onPrevious();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="find__box">
        <QueryBox
          input={input}
          label="Search in this file"
          placeholder='words, "a phrase", /pattern/, sev:error'
          lines="one"
          value={find.typed}
          fault={find.fault}
          history={history}
          onType={(text) => files.getState().change({ find: text })}
          onEnter={onNext}
        >
          <Search className="icon" aria-hidden="true" />
          <kbd className="kbd">Ctrl F</kbd>
        </QueryBox>
      </div>
      <span className="find__said" role="status">
        {find.fault === null ? (
          said
        ) : (
          <>
            <SeverityMark mark="critical" label={null} />
            {faultText(find.fault)}
          </>
        )}
      </span>
      <IconButton
        icon={ChevronUp}
        label="Previous match"
        title="Previous match ([)"
        disabled={find.query === null}
        onClick={onPrevious}
      />
      <IconButton
        icon={ChevronDown}
        label="Next match"
        title="Next match (])"
        disabled={find.query === null}
        onClick={onNext}
      />
      <IconButton icon={X} look="quiet" label="Close the search in this file" title="Close (Esc)" onClick={onClose} />
    </search>
  );
}
