/** What each node says, as a table: a column a node, or beside each value the nodes that have it where there are many. */
import type { ReactNode } from 'react';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { counted, sharedPrefix } from '../../model/format.ts';
import type { ComparedSide, Difference, SideValue } from '../../model/types.ts';
import { COLUMNS_MAX, type SharedValue, sharedValues, standsOut, usualValue } from './sections.ts';

/** Names of nodes beside one value; the others are counted. */
const NAMES_MAX = 4;

export interface Choice {
  /** Id of the selected difference. */
  readonly selected: string | null;
  readonly onSelect: (difference: Difference) => void;
}

/** The button that selects a row: what differs. */
export function Subject({
  difference,
  selected,
  onSelect,
  children,
}: Choice & { readonly difference: Difference; readonly children: ReactNode }) {
  return (
    <button
      type="button"
      className="difference__subject"
      aria-current={difference.id === selected ? 'true' : undefined}
      onClick={() => onSelect(difference)}
    >
      {children}
    </button>
  );
}

const partWords: Readonly<Record<ComparedSide['part'], string>> = {
  affected: ', affected',
  healthy: ', healthy',
  unknown: '',
};

/** A value; what is not known looks like nothing else, and says why. */
function Value({ value, evidence }: { readonly value: SideValue; readonly evidence: 'with a line' | 'alone' }) {
  if (value.value === null)
    return (
      <span className="difference__unknown" title={value.because ?? undefined}>
        <SeverityMark mark="unknown" label={null} /> not known
      </span>
    );
  const [first] = value.evidence;
  return (
    <>
      <span className="clip" title={value.value}>
        {value.value}
      </span>
      {first === undefined || evidence === 'alone' ? null : <EvidenceChip evidence={first} />}
    </>
  );
}

function names(sides: SharedValue['sides'], prefix: string): string {
  const shown = sides.slice(0, NAMES_MAX).map(({ label }) => label.slice(prefix.length));
  const more = sides.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${counted(more, 'other')}` : ''}`;
}

function ManyValues({
  difference,
  sides,
}: {
  readonly difference: Difference;
  readonly sides: readonly ComparedSide[];
}) {
  const { prefix } = sharedPrefix(sides.map(({ label }) => label));
  return (
    <ul className="difference__values">
      {sharedValues(difference.values, sides).map((one) => (
        <li key={one.value ?? ''} title={one.sides.map(({ label }) => label).join(', ')}>
          <span className={one.usual === 'other' && one.value !== null ? 'differs clip' : 'clip'}>
            {one.value === null ? (
              <span className="difference__unknown" title={one.because.join('; ')}>
                <SeverityMark mark="unknown" label={null} /> not known
              </span>
            ) : (
              one.value
            )}
          </span>
          <span className="meta clip">
            {one.usual === 'usual' ? `the ${counted(one.sides.length, 'other')}` : names(one.sides, prefix)}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function ByNode({
  caption,
  what,
  sides,
  differences,
  ...choice
}: Choice & {
  /** Names the table to a screen reader. */
  readonly caption: string;
  /** Head of the first column. */
  readonly what: string;
  readonly sides: readonly ComparedSide[];
  readonly differences: readonly Difference[];
}) {
  const isWide = sides.length <= COLUMNS_MAX;
  return (
    <table className="table table--flush difference__table" aria-label={caption}>
      <colgroup>
        <col className="difference__what" />
        {isWide ? sides.map(({ bundle }) => <col key={bundle} />) : <col />}
      </colgroup>
      <thead>
        <tr>
          <th scope="col">{what}</th>
          {isWide ? (
            sides.map((side) => (
              <th key={side.bundle} scope="col" title={side.node ?? side.label}>
                <span className="mono">{side.label}</span>
                {partWords[side.part]}
              </th>
            ))
          ) : (
            <th scope="col">Values, and who has them</th>
          )}
        </tr>
      </thead>
      <tbody>
        {differences.map((difference) => {
          const usual = usualValue(difference.values);
          return (
            <tr
              key={difference.id}
              data-difference={difference.id}
              className={difference.id === choice.selected ? 'is-selected' : ''}
              onClick={() => choice.onSelect(difference)}
            >
              <th scope="row" className="difference__row" title={difference.sentence}>
                {difference.severity === null ? null : <SeverityMark mark={difference.severity} />}
                <Subject difference={difference} {...choice}>
                  {difference.subject}
                </Subject>
              </th>
              {isWide ? (
                sides.map(({ bundle }) => {
                  const value = difference.values.find((one) => one.bundle === bundle);
                  if (value === undefined) return <td key={bundle} />;
                  return (
                    <td key={bundle} className={standsOut(value, usual) ? 'differs' : ''}>
                      <span className="difference__value">
                        <Value value={value} evidence={sides.length <= 3 ? 'with a line' : 'alone'} />
                      </span>
                    </td>
                  );
                })
              ) : (
                <td>
                  <ManyValues difference={difference} sides={sides} />
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
