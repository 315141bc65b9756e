import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote } from '../../components/States.tsx';
import { counted, day, hostNames } from '../../model/format.ts';
import type { RecentCase } from '../../model/types.ts';
import { useSession, useStores } from '../../stores/stores.tsx';

function Row({ recent }: { readonly recent: RecentCase }) {
  const { session, navigation } = useStores();
  const open = async () => {
    await session.getState().open(recent.id, recent.title);
    if (session.getState().openCase?.id === recent.id) navigation.getState().go({ screen: 'overview', params: {} });
  };
  return (
    <tr>
      <td>
        <button type="button" className="link clip" title={recent.id} onClick={() => void open()}>
          {recent.title}
        </button>
      </td>
      <td title={recent.verdict ?? undefined}>
        <SeverityMark mark={recent.severity ?? 'unknown'} label={null} />{' '}
        {recent.verdict ?? (recent.bundles === 0 ? 'Nothing imported' : 'Not analysed yet')}
      </td>
      <td className="mono" title={recent.nodes.join(', ')}>
        {recent.nodes.length === 0
          ? 'not known'
          : recent.nodes.length === 1
            ? hostNames(recent.nodes)[0]
            : counted(recent.nodes.length, 'node')}
      </td>
      <td className="num">{day(recent.openedAt)}</td>
    </tr>
  );
}

export function RecentCases() {
  const recent = useSession((state) => state.recent);
  return (
    <section aria-label="Recent cases">
      <div className="section__head">
        <h2>Recent cases</h2>
        {recent.state === 'ready' ? <span className="meta">{recent.value.length}</span> : null}
      </div>
      {recent.state === 'failed' ? <FailureNote failure={recent.failure} /> : null}
      {recent.state === 'ready' && recent.value.length === 0 ? (
        <p className="meta">No case on this machine yet.</p>
      ) : null}
      {recent.state === 'loading' ? <p className="meta">Reading the list of cases</p> : null}
      {recent.state === 'ready' && recent.value.length > 0 ? (
        <table className="table table--flush recent">
          <colgroup>
            <col className="recent__title" />
            <col />
            <col className="recent__nodes" />
            <col className="recent__day" />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">Case</th>
              <th scope="col">Verdict</th>
              <th scope="col">Node</th>
              <th scope="col" className="num">
                Opened
              </th>
            </tr>
          </thead>
          <tbody>
            {recent.value.map((one) => (
              <Row key={one.id} recent={one} />
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}
