/** What sets the sides apart in one sentence, then what matters most, then everything by kind. */
import { useLayoutEffect, useMemo, useRef } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { EvidenceChip, fileRoute } from '../../components/EvidenceChip.tsx';
import { useFocusWhenFree } from '../../components/focus.ts';
import { Section } from '../../components/Section.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty } from '../../components/States.tsx';
import { count, counted } from '../../model/format.ts';
import type { ComparedSide, Comparison, Difference } from '../../model/types.ts';
import { useCompare, useStores } from '../../stores/stores.tsx';
import { ByNode, type Choice, Subject } from './ByNode.tsx';
import { DifferenceInspector } from './DifferenceInspector.tsx';
import { areasOf, firstEvidence, KIND_NAMES, KINDS, sectionsOf, shortLabels } from './sections.ts';
import { usePin } from './use-pin.ts';

/** Chips of one row: more would hide its sentence. */
const CHIPS_MAX = 2;

function Filters({ comparison, shown }: { readonly comparison: Comparison; readonly shown: number }) {
  const { compare } = useStores();
  const { kind, area } = useCompare((state) => state.view);
  const { differences } = comparison;
  const kinds = KINDS.filter((one) => differences.some((other) => other.kind === one));
  const areas = areasOf(differences, kind);
  const amount = (of: Difference['kind'] | 'all') =>
    differences.filter((one) => of === 'all' || one.kind === of).length;
  return (
    <div className="compare__filters">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row */}
      <span className="toggles" role="group" aria-label="Kinds of differences">
        {(['all', ...kinds] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={kind === one}
            onClick={() => compare.getState().change({ kind: one, area: null })}
          >
            {one === 'all' ? 'All' : KIND_NAMES[one]} <span className="meta">{count(amount(one))}</span>
          </button>
        ))}
      </span>
      <select
        className="select"
        aria-label="Area"
        value={area ?? ''}
        onChange={(event) => compare.getState().change({ area: event.target.value === '' ? null : event.target.value })}
      >
        <option value="">Every area</option>
        {areas.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      <span className="meta">
        {shown === differences.length ? '' : `${count(shown)} of ${counted(differences.length, 'difference')} shown. `}
        {comparison.notListed > 0 ? `${count(comparison.notListed)} more that matter less are not listed.` : ''}
      </span>
    </div>
  );
}

/** Sentences with their lines: for what is no table. */
function Sentences({
  differences,
  sides,
  ...choice
}: Choice & { readonly differences: readonly Difference[]; readonly sides: readonly ComparedSide[] }) {
  const names = shortLabels(sides);
  return (
    <ul>
      {differences.map((difference) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the button in it does the same by key
        <li
          key={difference.id}
          data-difference={difference.id}
          className={`difference${difference.id === choice.selected ? ' is-selected' : ''}`}
          onClick={() => choice.onSelect(difference)}
        >
          <SeverityMark mark={difference.severity ?? 'info'} />
          <Subject difference={difference} {...choice}>
            {difference.sentence}
          </Subject>
          <span className="chips">
            {firstEvidence(difference.values, CHIPS_MAX).map((evidence) => (
              <EvidenceChip
                key={`${evidence.bundle} ${evidence.file} ${evidence.line}`}
                evidence={evidence}
                node={names.get(evidence.bundle) ?? evidence.node}
              />
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Lines of a log that only some nodes have: how many, where, and what they look like. */
function Words({
  differences,
  sides,
  ...choice
}: Choice & { readonly differences: readonly Difference[]; readonly sides: readonly ComparedSide[] }) {
  const names = shortLabels(sides);
  return (
    <ul>
      {differences.map((difference) => {
        const having = difference.values.filter(({ evidence }) => evidence.length > 0);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the button in it does the same by key
          <li
            key={difference.id}
            data-difference={difference.id}
            className={`difference difference--words${difference.id === choice.selected ? ' is-selected' : ''}`}
            onClick={() => choice.onSelect(difference)}
          >
            <span className="difference__amount">
              {having.length === 1 ? having[0]?.value : `on ${counted(having.length, 'bundle')}`}
            </span>
            <Subject difference={difference} {...choice}>
              <span className="mono" title={difference.subject}>
                {difference.subject}
              </span>
            </Subject>
            <span className="chips">
              {firstEvidence(difference.values, 1).map((evidence) => (
                <EvidenceChip
                  key={evidence.bundle}
                  evidence={evidence}
                  node={names.get(evidence.bundle) ?? evidence.node}
                />
              ))}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** What the answer does not rest on is said in the same place and size. */
function Reach({ comparison }: { readonly comparison: Comparison }) {
  const { common, facts, sameFacts, notCompared, notes } = comparison;
  return (
    <div className="section columns">
      <section aria-label="How the nodes were lined up">
        <h2>How the nodes were lined up</h2>
        <ul className="compare__notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
          <li>
            {count(sameFacts)} of {counted(facts, 'compared fact')} {sameFacts === 1 ? 'is' : 'are'} the same on all
            sides.
          </li>
        </ul>
        {common.length === 0 ? null : (
          <details className="more">
            <summary>{counted(common.length, 'finding')} on every side</summary>
            <ul className="compare__notes">
              {common.map(({ rule, title }) => (
                <li key={rule}>{title}</li>
              ))}
            </ul>
          </details>
        )}
      </section>
      <section aria-label="What was not compared">
        <h2>What was not compared</h2>
        {notCompared.length === 0 ? (
          <p className="meta">Everything that all sides have was compared.</p>
        ) : (
          <ul className="bullets">
            {notCompared.map(({ what, because }) => (
              <li key={`${what} ${because}`}>
                <SeverityMark mark="skipped" label={null} />
                <span>
                  {what}
                  <small>{because}</small>
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

function Answer({ comparison }: { readonly comparison: Comparison }) {
  const nothing = comparison.facts === 0 && comparison.differences.length === 0 && !comparison.isSame;
  const first = comparison.differences.find(({ id }) => id === comparison.decisive[0]);
  const mark = comparison.isSame ? 'pass' : nothing ? 'unknown' : (first?.severity ?? 'info');
  return (
    <section className="compare__answer" aria-label="Answer">
      <SeverityMark mark={mark} {...(comparison.isSame ? { label: 'The same' } : {})} />
      <h1>{comparison.sentence}</h1>
    </section>
  );
}

export function Meaning({ comparison }: { readonly comparison: Comparison }) {
  const { compare, navigation } = useStores();
  const view = useCompare((state) => state.view);
  const centre = useRef<HTMLDivElement>(null);
  useFocusWhenFree(centre);
  const pin = usePin();
  const sections = useMemo(
    () => sectionsOf(comparison, { kind: view.kind, area: view.area }),
    [comparison, view.kind, view.area],
  );
  const { order } = sections;
  const at = Math.max(
    0,
    order.findIndex(({ id }) => id === view.selected),
  );
  const current = order[at];
  const select = (difference: Difference | undefined) => {
    if (difference !== undefined) compare.getState().change({ selected: difference.id });
  };
  const move = (index: number) => {
    const next = order[Math.max(0, Math.min(order.length - 1, index))];
    select(next);
    const rows = [...(centre.current?.querySelectorAll<HTMLElement>('[data-difference]') ?? [])];
    rows.find((row) => row.dataset.difference === next?.id)?.scrollIntoView({ block: 'nearest' });
  };
  useScreenKeys({
    'next-row': () => move(at + 1),
    'previous-row': () => move(at - 1),
    'first-row': () => move(0),
    'last-row': () => move(order.length - 1),
    open: () => {
      const [evidence] = current === undefined ? [] : firstEvidence(current.values, 1);
      if (evidence !== undefined) navigation.getState().go(fileRoute(evidence));
    },
    pin: () => {
      if (current !== undefined) void pin(current);
    },
  });
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = centre.current;
    if (element === null) return;
    element.scrollTop = compare.getState().view.scroll;
    return () => compare.getState().change({ scroll: element.scrollTop });
  }, [compare]);
  const choice: Choice = { selected: current?.id ?? null, onSelect: select };
  const { sides, decisive } = comparison;
  const table = { sides, ...choice };
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by key */}
      <section className="compare__scroll" ref={centre} tabIndex={0} aria-label="Differences" data-screen-keys="">
        <div className="measure">
          <Answer comparison={comparison} />
          {comparison.differences.length === 0 ? null : <Filters comparison={comparison} shown={order.length} />}
          {order.length === 0 && comparison.differences.length > 0 ? (
            <Empty mark="unknown" title="No difference passes these filters">
              <button
                type="button"
                className="btn"
                onClick={() => compare.getState().change({ kind: 'all', area: null })}
              >
                Clear the filters
              </button>
            </Empty>
          ) : null}
          {sections.decisive.length === 0 ? null : (
            <Section
              title="What matters most"
              says={`${count(decisive.length)} of ${counted(comparison.differences.length + comparison.notListed, 'difference')}`}
            >
              <Sentences differences={sections.decisive} {...table} />
            </Section>
          )}
          {sections.services.length === 0 ? null : (
            <Section title="Services that differ">
              <ByNode caption="Services by node" what="Service" differences={sections.services} {...table} />
            </Section>
          )}
          {sections.facts.length === 0 ? null : (
            <Section title="Facts that differ" says="values that most do not have are marked">
              <ByNode caption="Facts by node" what="Fact" differences={sections.facts} {...table} />
            </Section>
          )}
          {sections.words.length === 0 ? null : (
            <Section
              title="Words that only some have"
              says="warnings and errors by their shape; * stands for what varies"
            >
              <Words differences={sections.words} {...table} />
            </Section>
          )}
          {sections.findings.length === 0 ? null : (
            <Section title="Other findings that differ">
              <Sentences differences={sections.findings} {...table} />
            </Section>
          )}
          <Reach comparison={comparison} />
        </div>
      </section>
      {current === undefined ? null : (
        <DifferenceInspector
          comparison={comparison}
          difference={current}
          place={at + 1}
          of={order.length}
          onPin={() => void pin(current)}
        />
      )}
    </>
  );
}
