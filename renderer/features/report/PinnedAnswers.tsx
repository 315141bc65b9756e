/** Answers of other screens that go into the report: their titles, notes, and the way back to them. */
import { ArrowRight, X } from 'lucide-react';
import { useRef } from 'react';
import { IconButton } from '../../components/IconButton.tsx';
import { NoteInput } from '../../components/NoteInput.tsx';
import { SECTION_OF } from '../../model/report-draft.ts';
import type { PinnedAnswer, ReportSectionKind } from '../../model/types.ts';
import { usePins, useStores } from '../../stores/stores.tsx';
import { DraftText } from './DraftText.tsx';
import { routeOfPin } from './pin-routes.ts';

/** Where an answer of each section is pinned. */
const FROM: Partial<Readonly<Record<ReportSectionKind, string>>> = {
  traces: 'No trace is pinned: “Add to report” stands above a trace in Network.',
  comparisons: 'No comparison is pinned: “Add to report” stands above the answer in Compare.',
  runbooks: 'No result is pinned: “Add to report” stands above the result of a runbook.',
  timeline: 'Nothing more is pinned: “Add to report” stands on Timeline, and beside what came before a line.',
};

function Answer({ pin }: { readonly pin: PinnedAnswer }) {
  const { pins, screens, navigation } = useStores();
  const input = useRef<HTMLTextAreaElement>(null);
  const say = (text: string) => screens.getState().announce(text);
  const route = routeOfPin(pin);
  return (
    <li className="report__pin">
      <div className="report__pin-head">
        <DraftText
          label="Title in the report"
          when="left"
          kept={pin.title}
          onChange={(title) =>
            void pins
              .getState()
              .change(pin.id, { title })
              .then((failure) => {
                if (failure !== null) say(`Title not kept: ${failure.message}`);
              })
          }
        />
        {route === null ? null : (
          <IconButton
            icon={ArrowRight}
            look="quiet"
            label={`Open ${pin.title}`}
            title="Open where it was asked"
            onClick={() => navigation.getState().go(route)}
          />
        )}
        <IconButton
          icon={X}
          look="quiet"
          label={`Take ${pin.title} out of the report`}
          title="Take it out of the report"
          onClick={() =>
            void pins
              .getState()
              .remove(pin.id)
              .then((failure) =>
                say(failure === null ? `Taken out: ${pin.title}` : `Not taken out: ${failure.message}`),
              )
          }
        />
      </div>
      <NoteInput
        of={String(pin.id)}
        kept={pin.note}
        label={`Note on ${pin.title}`}
        placeholder="What it shows"
        input={input}
        onKeep={(note) =>
          void pins
            .getState()
            .change(pin.id, { note })
            .then((failure) => say(failure === null ? 'Note kept' : `Note not kept: ${failure.message}`))
        }
      />
    </li>
  );
}

export function PinnedAnswers({ kind }: { readonly kind: ReportSectionKind }) {
  const pins = usePins((state) => state.pins).filter(({ method }) => SECTION_OF[method] === kind);
  return (
    <>
      {pins.length === 0 ? <p className="meta">{FROM[kind]}</p> : null}
      <ul>
        {pins.map((pin) => (
          <Answer key={pin.id} pin={pin} />
        ))}
      </ul>
      {pins.length === 0 ? null : <p className="meta">Asked again whenever a report is made.</p>}
    </>
  );
}
