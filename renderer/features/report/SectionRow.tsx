/** One section of the outline: in or out, its place, and when it is open its heading, the engineer's words and what it holds. */
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, GripVertical, Trash2 } from 'lucide-react';
import type { DragEvent, KeyboardEvent, ReactNode } from 'react';
import { IconButton } from '../../components/IconButton.tsx';
import { changedSection } from '../../model/report-draft.ts';
import type { ReportSection, ReportSectionKind } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';
import { DraftText } from './DraftText.tsx';

/** What a section tells by itself. */
const TELLS: Readonly<Record<ReportSectionKind, string>> = {
  verdict: 'The verdict of the analysis, how sure it is, and why.',
  causes: 'The ranked causes: why, what each explains, and what would change it.',
  findings: 'Each finding with its claim, its evidence and what to do.',
  lines: 'Lines that you bookmarked, with your notes.',
  timeline: 'When findings began and ended, and what you pinned on Timeline.',
  traces: 'Pinned traces of packets, with the rules they met.',
  comparisons: 'Pinned comparisons of nodes.',
  runbooks: 'Pinned results of runbooks.',
  text: 'Your own words alone.',
  ask: 'What to ask the customer, with the commands.',
  'not-known': 'Coverage, gaps, missing files and checks that did not run. It is best left in.',
  nodes: 'What is known of each node.',
  bundles: 'The archives, with their hashes.',
};

/** Ways a section moves: by one, or to a place it is dropped on. */
export interface SectionMoves {
  readonly by: (at: number, step: -1 | 1) => void;
  readonly drag: (at: number) => void;
  readonly drop: (at: number) => void;
}

export function SectionRow({
  section,
  at,
  isOpen,
  amount,
  moves,
  onToggle,
  onRemove,
  children,
}: {
  readonly section: ReportSection;
  /** Place in the report, from 0. */
  readonly at: number;
  readonly isOpen: 'open' | 'shut';
  readonly amount: string | null;
  readonly moves: SectionMoves;
  readonly onToggle: () => void;
  /** For sections of the engineer's own words. */
  readonly onRemove: (() => void) | null;
  readonly children: ReactNode;
}) {
  const { report } = useStores();
  const change = (part: Partial<ReportSection>) => report.getState().edit((draft) => changedSection(draft, at, part));
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    moves.by(at, event.key === 'ArrowUp' ? -1 : 1);
  };
  const isSection = (event: DragEvent) => event.dataTransfer.types.includes(DRAGGED);
  const body = `section-${at}`;
  return (
    <li
      className={`report__section${section.shown === 'no' ? ' is-out' : ''}`}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (!isSection(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'move';
      }}
      onDrop={(event) => {
        if (!isSection(event)) return;
        event.preventDefault();
        moves.drop(at);
      }}
    >
      <div className="report__section-head">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: dragging is a second way; the buttons of the row move it by key */}
        <span
          className="report__grip"
          draggable
          title="Drag to another place"
          onDragStart={(event) => {
            event.dataTransfer.setData(DRAGGED, String(at));
            event.dataTransfer.effectAllowed = 'move';
            moves.drag(at);
          }}
        >
          <GripVertical className="icon" aria-hidden="true" />
        </span>
        <input
          type="checkbox"
          className="check"
          aria-label={`${section.heading} is in the report`}
          checked={section.shown === 'yes'}
          onChange={() => change({ shown: section.shown === 'yes' ? 'no' : 'yes' })}
        />
        <button
          type="button"
          className="report__name"
          aria-expanded={isOpen === 'open'}
          {...(isOpen === 'open' ? { 'aria-controls': body } : {})}
          title={TELLS[section.kind]}
          onClick={onToggle}
        >
          {isOpen === 'open' ? (
            <ChevronDown className="icon" aria-hidden="true" />
          ) : (
            <ChevronRight className="icon" aria-hidden="true" />
          )}
          <span className="clip">{section.heading}</span> <span className="meta report__amount">{amount}</span>
        </button>
        <IconButton
          icon={ArrowUp}
          look="quiet"
          label={`Move ${section.heading} up`}
          title="Move up (Alt Up)"
          onClick={() => moves.by(at, -1)}
        />
        <IconButton
          icon={ArrowDown}
          look="quiet"
          label={`Move ${section.heading} down`}
          title="Move down (Alt Down)"
          onClick={() => moves.by(at, 1)}
        />
      </div>
      {isOpen === 'shut' ? null : (
        <div id={body} className="report__section-body">
          <p className="meta">{TELLS[section.kind]}</p>
          <DraftText label="Heading" when="typed" kept={section.heading} onChange={(heading) => change({ heading })} />
          <label className="field">
            <span>Your words, at its beginning</span>
            <textarea
              className="input note-input"
              rows={3}
              maxLength={20_000}
              placeholder="Plain text. The report marks it as yours."
              value={section.text}
              onChange={(event) => change({ text: event.target.value })}
            />
          </label>
          {children}
          {onRemove === null ? null : (
            <p className="report__links">
              <button type="button" className="btn btn--s" onClick={onRemove}>
                <Trash2 className="icon" aria-hidden="true" />
                Remove this section
              </button>
            </p>
          )}
        </div>
      )}
    </li>
  );
}

/** Tells a dragged section from a file of the machine. */
const DRAGGED = 'application/x-coldcase-section';
