/** What the report holds: template, title, sections in their order, and what is in each. */
import { Plus, X } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { sectionKeys, withTemplate } from '../../../analyzer/core/report-draft.ts';
import { IconButton } from '../../components/IconButton.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote } from '../../components/States.tsx';
import { movedSection, rankedFindings, sectionAmount, withOwnSection } from '../../model/report-draft.ts';
import type { Analysis, Finding, ReportDraft, ReportSectionKind } from '../../model/types.ts';
import { useNotebook, usePins, useReport, useSession, useStores } from '../../stores/stores.tsx';
import { DraftText } from './DraftText.tsx';
import { FindingsChoice } from './FindingsChoice.tsx';
import { KeptLines } from './KeptLines.tsx';
import { PinnedAnswers } from './PinnedAnswers.tsx';
import { type SectionMoves, SectionRow } from './SectionRow.tsx';

const CONTEXT_MAX = 20;

function TemplateChoice({ draft }: { readonly draft: ReportDraft }) {
  const { report, screens } = useStores();
  const templates = useReport((state) => state.templates);
  if (templates.state === 'failed')
    return <FailureNote failure={templates.failure} onRetry={() => report.getState().load()} />;
  const known = templates.state === 'ready' ? templates.value : [];
  const chosen = known.find(({ id }) => id === draft.template);
  return (
    <label className="field">
      <span>Template</span>
      <select
        className="select"
        value={draft.template}
        title={chosen?.description}
        onChange={(event) => {
          const template = known.find(({ id }) => id === event.target.value);
          if (template === undefined) return;
          report.getState().edit((now) => withTemplate(now, template.draft));
          screens.getState().announce(`${template.title}: headings and order are its own, your words stay`);
        }}
      >
        {chosen === undefined ? <option value={draft.template}>{draft.template}</option> : null}
        {known.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
      <small>{chosen?.description ?? ' '}</small>
    </label>
  );
}

function Contents({
  kind,
  draft,
  ranked,
}: {
  readonly kind: ReportSectionKind;
  readonly draft: ReportDraft;
  readonly ranked: readonly Finding[];
}) {
  switch (kind) {
    case 'findings':
      return <FindingsChoice draft={draft} ranked={ranked} />;
    case 'lines':
      return <KeptLines />;
    case 'timeline':
    case 'traces':
    case 'comparisons':
    case 'runbooks':
      return <PinnedAnswers kind={kind} />;
    default:
      return null;
  }
}

/** @returns the ways sections move; each is announced. */
function useSectionMoves(): SectionMoves {
  const { report, screens } = useStores();
  const dragged = useRef<number | null>(null);
  return useMemo(() => {
    const move = (from: number, to: number) => {
      const { draft, view } = report.getState();
      if (draft.state !== 'ready') return;
      const { sections } = draft.value;
      const heading = sections[from]?.heading ?? '';
      if (to < 0 || to >= sections.length) {
        screens.getState().announce(`${heading} is the ${to < 0 ? 'first' : 'last'} section`);
        return;
      }
      const keys = sectionKeys(sections);
      report.getState().edit((now) => movedSection(now, from, to));
      // A section of the same kind that is passed takes its number.
      const open = view.open === null ? -1 : keys.indexOf(view.open);
      const passed = from < open && open <= to ? -1 : to <= open && open < from ? 1 : 0;
      const after = open === from ? to : open + passed;
      if (open >= 0) report.getState().change({ open: sectionKeysNow(report.getState().draft)[after] ?? null });
      screens.getState().announce(`${heading}: section ${to + 1} of ${sections.length}`);
    };
    return {
      by: (at, step) => move(at, at + step),
      drag: (at) => {
        dragged.current = at;
      },
      drop: (at) => {
        const from = dragged.current;
        dragged.current = null;
        if (from !== null && from !== at) move(from, at);
      },
    };
  }, [report, screens]);
}

function sectionKeysNow(draft: { readonly state: string; readonly value?: ReportDraft }): readonly string[] {
  return draft.value === undefined ? [] : sectionKeys(draft.value.sections);
}

/** Says that another window changes the same report, and what of the changes made here is not in it. */
function Meanwhile() {
  const { report } = useStores();
  const meanwhile = useReport((state) => state.view.meanwhile);
  if (meanwhile === null) return null;
  return (
    <div className="note" role="status">
      <SeverityMark mark="info" label={null} />
      <p className="grow">
        This report was changed in another window too, and is shown with its changes.
        {meanwhile.gaveWay.length === 0 ? '' : ` Not kept of yours: ${meanwhile.gaveWay.join(', ')}.`}
      </p>
      <IconButton icon={X} look="quiet" label="Dismiss" onClick={() => report.getState().change({ meanwhile: null })} />
    </div>
  );
}

export function Outline({ draft, analysis }: { readonly draft: ReportDraft; readonly analysis: Analysis }) {
  const { report } = useStores();
  const open = useReport((state) => state.view.open);
  const keeping = useReport((state) => state.keeping);
  const pins = usePins((state) => state.pins);
  const lines = useNotebook((state) => state.bookmarks.length);
  const bundles = useSession((state) => state.openCase?.bundles.length ?? 0);
  const ranked = useMemo(() => rankedFindings(analysis), [analysis]);
  const moves = useSectionMoves();
  const keys = sectionKeys(draft.sections);
  const leftOut = new Set(draft.leftOut);
  const findings = ranked.filter(({ id }) => !leftOut.has(id)).length;
  const edit = report.getState().edit;
  return (
    <section className="outline" aria-label="Outline">
      {typeof keeping === 'string' ? null : (
        <FailureNote
          failure={{ ...keeping, message: `The outline is not kept: ${keeping.message}` }}
          onRetry={() => void report.getState().keep()}
        />
      )}
      <Meanwhile />
      <div className="outline__head">
        <DraftText
          label="Title"
          when="typed"
          kept={draft.title}
          onChange={(title) => edit((now) => ({ ...now, title }))}
        />
        <TemplateChoice draft={draft} />
      </div>
      <h2>Sections</h2>
      <ol className="report__sections">
        {draft.sections.map((section, at) => {
          const key = keys[at] ?? '';
          const isOpen = key === open;
          return (
            <SectionRow
              key={key}
              section={section}
              at={at}
              isOpen={isOpen ? 'open' : 'shut'}
              amount={sectionAmount(section.kind, { analysis, findings, lines, pins, bundles })}
              moves={moves}
              onToggle={() => report.getState().change({ open: isOpen ? null : key })}
              onRemove={
                section.kind === 'text'
                  ? () => {
                      report.getState().change({ open: null });
                      edit((now) => ({ ...now, sections: now.sections.filter((_, index) => index !== at) }));
                    }
                  : null
              }
            >
              {isOpen ? <Contents kind={section.kind} draft={draft} ranked={ranked} /> : null}
            </SectionRow>
          );
        })}
      </ol>
      <div className="outline__foot">
        <button
          type="button"
          className="btn btn--s"
          onClick={() => {
            edit(withOwnSection);
            report.getState().change({ open: sectionKeysNow(report.getState().draft).at(-1) ?? null });
          }}
        >
          <Plus className="icon" aria-hidden="true" />
          Section of your own
        </button>
        <label className="outline__context">
          <span>Lines around each excerpt</span>
          <select
            className="select"
            value={draft.context}
            onChange={(event) => edit((now) => ({ ...now, context: Number(event.target.value) }))}
          >
            {Array.from({ length: CONTEXT_MAX + 1 }, (_, lines) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the number itself is the choice
              <option key={lines} value={lines}>
                {lines}
              </option>
            ))}
          </select>
        </label>
      </div>
    </section>
  );
}
