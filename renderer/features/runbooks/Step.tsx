/** One step: how it ended, how binding it is, what it says, what it rests on. */
import { Search } from 'lucide-react';
import { CopyButton } from '../../components/CopyButton.tsx';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { InlineMarkdown } from '../../components/InlineMarkdown.tsx';
import { Prose } from '../../components/Prose.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import type { Mark } from '../../model/derive.ts';
import type { BundleId, RunbookStep } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';
import { endWord, STEP_KIND } from './words.ts';

const CHIPS_SHOWN = 4;

/** @returns the pattern that a step searches for, null when it is no search. */
function searchedFor(step: Pick<RunbookStep, 'kind' | 'text'>): string | null {
  if (step.kind !== 'look') return null;
  return /\b(?:query|pivotEvent)=`([^`]+)`/.exec(step.text)?.[1] ?? null;
}

function SearchButton({ pattern }: { readonly pattern: string }) {
  const { search } = useStores();
  return (
    <button
      type="button"
      className="btn btn--s"
      title={`Search every line for ${pattern}`}
      onClick={() => {
        search.getState().prepare(`/${pattern.replaceAll('/', '\\/')}/`);
        search.getState().run('entered');
      }}
    >
      <Search className="icon" aria-hidden="true" />
      Open in Search
    </button>
  );
}

export function Step({
  step,
  mark,
  bundle,
  index,
  state,
  onSelect,
}: {
  readonly step: RunbookStep;
  readonly mark: Mark;
  /** Of the run: evidence of other nodes names its node. */
  readonly bundle: BundleId;
  readonly index: number;
  readonly state: 'selected' | 'other';
  readonly onSelect: () => void;
}) {
  const pattern = searchedFor(step);
  return (
    <li
      className={`rstep${state === 'selected' ? ' is-selected' : ''}${step.kind === 'group' ? ' rstep--group' : ''}`}
      data-step={index}
      data-depth={Math.min(step.depth, 3)}
    >
      <span className="rstep__end">
        <SeverityMark mark={mark} label={null} />
        {endWord(step.end)}
      </span>
      {step.level === null ? (
        <span />
      ) : (
        <span className={`chip level level--${step.level.toLowerCase()}`}>{step.level}</span>
      )}
      <div className="rstep__body">
        <button
          type="button"
          className="rstep__text"
          aria-pressed={state === 'selected'}
          title={`Step ${step.id}, ${STEP_KIND[step.kind]}, line ${step.line} of the runbook`}
          onClick={onSelect}
        >
          <InlineMarkdown text={step.text} />
        </button>
        <p className="rstep__because">
          <Prose text={step.because} />
        </p>
        {step.evidence.length === 0 ? null : (
          <span className="chips">
            {step.evidence.slice(0, CHIPS_SHOWN).map((evidence) => (
              <EvidenceChip
                key={`${evidence.bundle} ${evidence.file} ${evidence.line}-${evidence.endLine}`}
                evidence={evidence}
                node={evidence.bundle === bundle ? null : evidence.node}
              />
            ))}
            {step.evidence.length > CHIPS_SHOWN ? (
              <span className="meta">and {step.evidence.length - CHIPS_SHOWN} more</span>
            ) : null}
          </span>
        )}
        {step.commands.map((command) => (
          <span key={command} className="command">
            <code>{command}</code>
            <CopyButton text={command} what={`the command of step ${step.id}`} />
          </span>
        ))}
      </div>
      {pattern === null ? <span /> : <SearchButton pattern={pattern} />}
    </li>
  );
}
