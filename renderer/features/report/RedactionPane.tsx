/** What is replaced before the report leaves: profiles, the customer's words, and each value with its pseudonym. */
import { useCallback, useEffect, useState } from 'react';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote, Loading } from '../../components/States.tsx';
import { counted } from '../../model/format.ts';
import { WORD_CHARS_MIN, wordsOf } from '../../model/report-draft.ts';
import type { RedactionChoice, RedactionProfileRow, ReportDraft } from '../../model/types.ts';
import { useReport, useReportAnswers, useStores } from '../../stores/stores.tsx';
import { RedactedValues } from './RedactedValues.tsx';
import { useAsking } from './use-preview.ts';

/** Kept values told one by one. */
const KEPT_SHOWN = 50;

/** @returns changes how the report is redacted; nothing where it is not. */
function useRedactionEdit(): (change: (now: RedactionChoice) => RedactionChoice) => void {
  const { report } = useStores();
  return useCallback(
    (change) =>
      report
        .getState()
        .edit((draft) => (draft.redaction === null ? draft : { ...draft, redaction: change(draft.redaction) })),
    [report],
  );
}

function Switch({
  draft,
  profiles,
}: {
  readonly draft: ReportDraft;
  readonly profiles: readonly RedactionProfileRow[];
}) {
  const { report } = useStores();
  const isOn = draft.redaction !== null;
  const toggle = () => {
    const { redactionBefore } = report.getState().view;
    if (isOn) report.getState().change({ redactionBefore: draft.redaction });
    report.getState().edit((now) => ({
      ...now,
      redaction: isOn ? null : (redactionBefore ?? { profiles: profiles.map(({ id }) => id), words: [], keep: [] }),
    }));
  };
  return (
    <div className="redaction__switch">
      <label>
        <input type="checkbox" className="check" checked={isOn} onChange={toggle} />
        <b>Redact this report</b>
      </label>
      <p className="meta">
        {isOn
          ? 'The same value gets the same pseudonym in all exports of this case, and addresses of one subnet stay in one subnet. A finished export is searched for every original; when one is left, nothing is saved.'
          : 'Nothing is replaced: node names, addresses, pod names and log text are in the report as they were captured.'}
      </p>
    </div>
  );
}

function Profiles({
  choice,
  profiles,
}: {
  readonly choice: RedactionChoice;
  readonly profiles: readonly RedactionProfileRow[];
}) {
  const edit = useRedactionEdit();
  return (
    <fieldset className="redaction__profiles">
      <legend>What is replaced</legend>
      {profiles.map(({ id, title, description, kinds }) => (
        <label key={id} className="redaction__profile" title={kinds.join(', ')}>
          <input
            type="checkbox"
            className="check"
            checked={choice.profiles.includes(id)}
            onChange={() =>
              edit((now) => ({
                ...now,
                profiles: now.profiles.includes(id)
                  ? now.profiles.filter((one) => one !== id)
                  : profiles.map((one) => one.id).filter((one) => one === id || now.profiles.includes(one)),
              }))
            }
          />
          <span>
            <b>{title}</b>
            <small>{description}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Words({ choice }: { readonly choice: RedactionChoice }) {
  const edit = useRedactionEdit();
  const [text, setText] = useState(() => choice.words.join('\n'));
  useEffect(() => {
    // Another window may change them too: what is typed here would take them out again.
    setText((now) => {
      const typed = wordsOf(now);
      const same = typed.words.join('\n') === choice.words.join('\n');
      return same ? now : [...choice.words, ...typed.tooShort].join('\n');
    });
  }, [choice.words]);
  const { tooShort } = wordsOf(text);
  return (
    <label className="field">
      <span>The customer's words, one a line</span>
      <textarea
        className="input note-input mono"
        rows={4}
        spellCheck={false}
        placeholder={'acme\npayments-team'}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          const { words } = wordsOf(event.target.value);
          edit((now) => (now.words.join('\n') === words.join('\n') ? now : { ...now, words: [...words] }));
        }}
      />
      {/* Always there: a line that comes and goes would move what is below. */}
      <small className={tooShort.length === 0 ? '' : 'field__fault'}>
        {tooShort.length === 0
          ? 'Replaced wherever they stand, whatever their case.'
          : `Too short, not replaced: ${tooShort.join(', ')}. A word has ${WORD_CHARS_MIN} letters or more.`}
      </small>
    </label>
  );
}

function Kept({ choice }: { readonly choice: RedactionChoice }) {
  const edit = useRedactionEdit();
  if (choice.keep.length === 0) return null;
  return (
    <section className="redaction__kept" aria-label="Kept as they are">
      <h2>
        Kept as they are <span className="meta">{counted(choice.keep.length, 'value')}</span>
      </h2>
      <ul className="chips">
        {choice.keep.slice(0, KEPT_SHOWN).map((value) => (
          <li key={value} className="chip">
            <span className="mono clip">{value}</span>
            <button
              type="button"
              className="link"
              aria-label={`Replace ${value} again`}
              onClick={() => edit((now) => ({ ...now, keep: now.keep.filter((one) => one !== value) }))}
            >
              Replace
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Values({ draft, choice }: { readonly draft: ReportDraft; readonly choice: RedactionChoice }) {
  const { reportAnswers } = useStores();
  const edit = useRedactionEdit();
  const { value, failure } = useReportAnswers((state) => state.redaction);
  const ask = useCallback(() => reportAnswers.getState().askRedaction(draft), [reportAnswers, draft]);
  useAsking(draft, ask);
  if (failure !== null) return <FailureNote failure={failure} onRetry={ask} />;
  if (value === null) return <Loading what="Looking for what is replaced" />;
  return (
    <RedactedValues
      preview={value}
      keep={choice.keep}
      onKeep={(original) =>
        edit((now) => (now.keep.includes(original) ? now : { ...now, keep: [...now.keep, original] }))
      }
    />
  );
}

export function RedactionPane({ draft }: { readonly draft: ReportDraft }) {
  const { report } = useStores();
  const profiles = useReport((state) => state.profiles);
  useEffect(() => report.getState().load(), [report]);
  if (profiles.state === 'failed')
    return (
      <div className="report__notes">
        <FailureNote failure={profiles.failure} onRetry={() => report.getState().load()} />
      </div>
    );
  if (profiles.state !== 'ready') return <Loading what="Reading the profiles" />;
  const { redaction } = draft;
  return (
    <div className="redaction">
      <div className="redaction__choice">
        <Switch draft={draft} profiles={profiles.value} />
        {redaction === null ? null : (
          <>
            <div className="redaction__columns">
              <Profiles choice={redaction} profiles={profiles.value} />
              <Words choice={redaction} />
            </div>
            <Kept choice={redaction} />
            <div className="note">
              <SeverityMark mark="info" label={null} />
              <p>
                Export offers a map beside the report, as a file of its own. It undoes the redaction: keep it, and never
                send it. It is in no report and no pack.
              </p>
            </div>
          </>
        )}
      </div>
      {redaction === null ? null : <Values draft={draft} choice={redaction} />}
    </div>
  );
}
