/** Captured texts that differ, and two of them line by line. */
import { Columns2, Rows2 } from 'lucide-react';
import { useEffect } from 'react';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { baseName, count, counted } from '../../model/format.ts';
import type { ComparedSide, Comparison, DifferingText } from '../../model/types.ts';
import { questionKey } from '../../stores/compare.ts';
import type { ComparePlace, TextSide } from '../../stores/compare-route.ts';
import { useCompare, useStores } from '../../stores/stores.tsx';
import { TextLines } from './TextLines.tsx';

type Pair = NonNullable<ComparePlace['pair']>;

const sameSide = (a: TextSide, b: TextSide): boolean => a.bundle === b.bundle && a.file === b.file;

/** @returns e.g. "5 lines", "126, 192 lines" where the sides have not as many. */
function linesOf({ files }: DifferingText): string {
  const counts = [...new Set(files.map(({ lines }) => lines))];
  return counts.length === 1 ? counted(counts[0] ?? 0, 'line') : `${counts.map(count).join(', ')} lines`;
}

/**
 * @returns the two sides of a text that say most: a healthy or unaffected one to the left, an affected one to the
 * right; where nothing tells them apart, in the order of the bundles.
 */
function firstPair(text: DifferingText, sides: readonly ComparedSide[]): Pair | null {
  const partOf = (side: TextSide) => sides.find(({ bundle }) => bundle === side.bundle)?.part ?? 'unknown';
  const files = text.files.map(({ bundle, file }) => ({ bundle, file }));
  const [first, second] = files.filter((file) => partOf(file) !== 'healthy');
  const right = files.find((file) => partOf(file) === 'affected') ?? second ?? first;
  const others = files.filter((file) => file !== right);
  const left =
    others.find((file) => partOf(file) === 'healthy') ??
    others.find((file) => partOf(file) !== 'affected') ??
    others[0];
  return left === undefined || right === undefined ? null : { left, right };
}

function SideChoice({
  label,
  text,
  sides,
  value,
  onChoose,
}: {
  readonly label: string;
  readonly text: DifferingText;
  readonly sides: readonly ComparedSide[];
  readonly value: TextSide;
  readonly onChoose: (side: TextSide) => void;
}) {
  const keyOf = ({ bundle, file }: TextSide) => `${bundle} ${file}`;
  return (
    <label className="texts__side">
      <span className="meta">{label}</span>
      <select
        className="select mono"
        value={keyOf(value)}
        onChange={(event) => {
          const chosen = text.files.find((file) => keyOf(file) === event.target.value);
          if (chosen !== undefined) onChoose({ bundle: chosen.bundle, file: chosen.file });
        }}
      >
        {text.files.map((file) => (
          <option key={keyOf(file)} value={keyOf(file)}>
            {sides.find(({ bundle }) => bundle === file.bundle)?.label}, {counted(file.lines, 'line')}
          </option>
        ))}
      </select>
    </label>
  );
}

function TwoTexts({ pair, sides }: { readonly pair: Pair; readonly sides: readonly ComparedSide[] }) {
  const { compare } = useStores();
  const answer = useCompare((state) => state.texts.get(questionKey(pair))) ?? { state: 'idle' };
  const isIdle = answer.state === 'idle';
  useEffect(() => {
    if (isIdle) compare.getState().compareTexts(pair);
  }, [isIdle, pair, compare]);
  const label = ({ bundle }: TextSide) => sides.find((side) => side.bundle === bundle)?.label ?? '';
  switch (answer.state) {
    case 'ready':
      return (
        <>
          <p className="texts__says">
            {answer.value.onlyLeft + answer.value.onlyRight === 0
              ? 'No line differs.'
              : `${counted(answer.value.onlyLeft, 'line')} only on ${label(pair.left)}, ${count(answer.value.onlyRight)} only on ${label(pair.right)}.`}
            {answer.value.cut === null ? null : <strong> {answer.value.cut}</strong>}
          </p>
          <TextLines
            key={questionKey(pair)}
            comparison={answer.value}
            left={{ ...pair.left, label: label(pair.left) }}
            right={{ ...pair.right, label: label(pair.right) }}
          />
        </>
      );
    case 'failed':
      return (
        <div className="section">
          <FailureNote failure={answer.failure} onRetry={() => compare.getState().compareTexts(pair)} />
        </div>
      );
    default:
      return <Loading what="Comparing the two texts" />;
  }
}

export function Texts({
  comparison,
  pair,
  onPair,
}: {
  readonly comparison: Comparison;
  /** null: the first text that differs. */
  readonly pair: ComparePlace['pair'];
  readonly onPair: (pair: Pair) => void;
}) {
  const { compare } = useStores();
  const layout = useCompare((state) => state.view.layout);
  const { texts, sides } = comparison;
  const chosen =
    pair === null
      ? undefined
      : texts.find(
          ({ files }) =>
            files.some((one) => sameSide(one, pair.left)) && files.some((one) => sameSide(one, pair.right)),
        );
  const text = chosen ?? texts[0];
  const shown = text === undefined ? null : chosen === undefined ? firstPair(text, sides) : pair;
  if (text === undefined || shown === null)
    return (
      <div className="centre">
        <Empty title="No captured text differs">
          <p>
            Rules, sysctls and configuration that more than one side has are the same, but for what is a node's own.
          </p>
        </Empty>
      </div>
    );
  const open = (one: DifferingText) => {
    const first = firstPair(one, sides);
    if (first === null) return;
    compare.getState().change({ row: null });
    onPair(first);
  };
  const change = (part: Partial<Pair>) => {
    compare.getState().change({ row: null });
    onPair({ ...shown, ...part });
  };
  return (
    <div className="texts">
      <nav className="texts__list" aria-label="Texts that differ">
        <h2>
          {counted(texts.length, 'text')} that {texts.length === 1 ? 'differs' : 'differ'}
        </h2>
        <ul>
          {texts.map((one) => (
            <li key={`${one.role} ${one.title}`}>
              <button
                type="button"
                className="texts__item"
                aria-current={one === text ? 'true' : undefined}
                title={one.files.map(({ file }) => file).join('\n')}
                onClick={() => open(one)}
              >
                <span className="clip">{one.title}</span>
                <span className="meta clip">
                  {counted(one.files.length, 'bundle')}, {linesOf(one)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <section className="texts__pair" aria-label={text.title}>
        <div className="texts__bar">
          <SideChoice label="Left" text={text} sides={sides} value={shown.left} onChoose={(left) => change({ left })} />
          <SideChoice
            label="Right"
            text={text}
            sides={sides}
            value={shown.right}
            onChoose={(right) => change({ right })}
          />
          <span className="mono clip grow" title={shown.right.file}>
            {baseName(shown.right.file)}
          </span>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row */}
          <span className="toggles" role="group" aria-label="Layout">
            {(['side by side', 'unified'] as const).map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={layout === one}
                onClick={() => compare.getState().change({ layout: one, row: null })}
              >
                {one === 'unified' ? (
                  <Rows2 className="icon" aria-hidden="true" />
                ) : (
                  <Columns2 className="icon" aria-hidden="true" />
                )}
                {one === 'unified' ? 'Unified' : 'Side by side'}
              </button>
            ))}
          </span>
        </div>
        {sameSide(shown.left, shown.right) ? (
          <Empty title="Both sides are the same file" />
        ) : (
          <TwoTexts pair={shown} sides={sides} />
        )}
      </section>
    </div>
  );
}
