/** What sets nodes apart, or one node at two times: meaning first, the texts behind it. */
import { useEffect, useMemo } from 'react';
import { AddToReport, type Pinnable } from '../../components/AddToReport.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { counted } from '../../model/format.ts';
import { nodeNames } from '../../model/node-names.ts';
import type { Bundle, BundleId } from '../../model/types.ts';
import { questionKey } from '../../stores/compare.ts';
import { type ComparePlace, comparePlace, compareRoute } from '../../stores/compare-route.ts';
import { useCompare, useNavigation, useSession, useStores } from '../../stores/stores.tsx';
import { Meaning } from './Meaning.tsx';
import { NodeChoice } from './NodeChoice.tsx';
import { COMPARED_MAX, comparedBundles } from './sections.ts';
import { Texts } from './Texts.tsx';

/** With one bundle there is nothing to hold it against: which ones would help. */
function NothingToCompare({ bundles }: { readonly bundles: readonly Bundle[] }) {
  const { navigation } = useStores();
  const [only] = bundles;
  return (
    <div className="centre">
      <Empty title={only === undefined ? 'Nothing is imported yet' : 'One bundle alone cannot be compared'}>
        <p>What sets a node apart is told against another one. Any of these would help:</p>
        <ul className="compare__notes">
          <li>an archive of a node of the same cluster where all is well, imported as healthy;</li>
          <li>archives of the other nodes that fail, to see what they have in common;</li>
          <li>an archive of {only?.node ?? 'the same node'} from before it failed, or from after it recovered.</li>
        </ul>
        <button type="button" className="btn" onClick={() => navigation.getState().go({ screen: 'start', params: {} })}>
          Import another archive
        </button>
      </Empty>
    </div>
  );
}

/** @returns e.g. "ip-10-0-1-1 (affected), ip-10-0-1-2 beside each other". */
function comparisonTitle(compared: readonly Bundle[], affected: readonly BundleId[]): string {
  const labels = nodeNames(compared).short;
  const names = compared.map(({ id }) => `${labels.get(id) ?? ''}${affected.includes(id) ? ' (affected)' : ''}`);
  return names.length > NAMES_TOLD
    ? `${counted(names.length, 'bundle')} beside each other`
    : `${names.join(', ')} beside each other`;
}

const NAMES_TOLD = 4;

function Ready({ bundles }: { readonly bundles: readonly Bundle[] }) {
  const { compare, navigation } = useStores();
  const params = useNavigation((state) => state.route.params);
  const hidden = useSession((state) => state.hidden);
  const place = useMemo(() => comparePlace(params), [params]);
  const compared = useMemo(() => comparedBundles(bundles, place.bundles, hidden), [bundles, place.bundles, hidden]);
  const question = useMemo(() => {
    const ids = compared.map(({ id }) => id);
    return { bundles: ids, affected: place.affected.filter((id) => ids.includes(id)) };
  }, [compared, place.affected]);
  const answer = useCompare((state) => state.answers.get(questionKey(question))) ?? { state: 'idle' };
  const comparison = answer.state === 'ready' ? answer.value : null;
  const isIdle = answer.state === 'idle';
  useEffect(() => {
    if (isIdle) compare.getState().compare(question);
  }, [isIdle, question, compare]);
  useEffect(() => {
    const { last, keepRoute } = compare.getState();
    // The rail opens Compare without saying what: what was compared last comes back.
    if (params.tab === undefined)
      navigation.getState().replace(last.tab === undefined ? compareRoute(place) : { screen: 'compare', params: last });
    else keepRoute(params);
  }, [params, place, navigation, compare]);
  const pinnable: Pinnable = {
    question: { method: 'compare.run', input: { ...question } },
    title: comparisonTitle(compared, question.affected),
  };
  const onPlace = (part: Partial<ComparePlace>, how: 'jump' | 'change') => {
    const route = compareRoute({ ...place, ...part });
    if (how === 'jump') navigation.getState().go(route);
    else navigation.getState().replace(route);
  };
  return (
    <div className="compare">
      <NodeChoice bundles={bundles} compared={compared} place={place} onPlace={onPlace}>
        <AddToReport pinnable={pinnable} keys={null} />
      </NodeChoice>
      {place.bundles.length === 0 && bundles.length > COMPARED_MAX && compared.length === COMPARED_MAX ? (
        <p className="viewer__note">
          {counted(COMPARED_MAX, 'bundle')} are compared at once: these are the first of {bundles.length}.
        </p>
      ) : null}
      <div className="compare__view">
        {comparison !== null ? (
          place.tab === 'text' ? (
            <Texts comparison={comparison} pair={place.pair} onPair={(pair) => onPlace({ pair }, 'jump')} />
          ) : (
            <Meaning key={questionKey(question)} comparison={comparison} />
          )
        ) : (
          <div className="centre">
            {answer.state === 'failed' ? (
              <div className="section">
                <FailureNote failure={answer.failure} onRetry={() => compare.getState().compare(question)} />
              </div>
            ) : (
              <Loading what={`Comparing ${counted(compared.length, 'bundle')}`} />
            )}
          </div>
        )}
      </div>
    </div>
  );
}

export function CompareScreen() {
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  return bundles.length < 2 ? <NothingToCompare bundles={bundles} /> : <Ready bundles={bundles} />;
}
