/** One service on one node: why, findings, endpoints, how it is set, and the rules that make it up. */
import { Play, Workflow } from 'lucide-react';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { Prose } from '../../components/Prose.tsx';
import { count, counted } from '../../model/format.ts';
import type { ServiceEndpoint, ServiceRow } from '../../model/types.ts';
import type { TraceQuestion } from '../../stores/network.ts';
import { useNetwork, useStores } from '../../stores/stores.tsx';
import { CountedAt, FindingsOf, Health, LineChips, useNodeName } from './parts.tsx';
import { graphRoute, traceRoute } from './routes.ts';
import { clusterAddress, hitsWords, onOtherNodes, serviceKey } from './services.ts';
import { shareLabel } from './words.ts';

const PLACES: Readonly<Record<ServiceEndpoint['place'], string>> = {
  here: 'on this node',
  elsewhere: 'not on this node',
  'no route': 'this node has no route to it',
  'not known': 'place not known',
};

/** More are in the dump, one click away. */
const ENDPOINTS_SHOWN = 60;

const NAMED_BY: Readonly<Record<ServiceRow['namedBy'], string>> = {
  comment: 'the comments of its rules',
  hash: 'the hash in its chain names',
  'chain name': 'the names of its chains',
  'cluster resources': 'the captured cluster resources',
  'address only': 'nothing: only its address is in the rules',
};

function Endpoints({ row }: { readonly row: ServiceRow }) {
  if (row.endpoints.length === 0) return <p>The rules name none.</p>;
  return (
    <ul className="endpoints">
      {row.endpoints.slice(0, ENDPOINTS_SHOWN).map((endpoint) => (
        <li key={endpoint.address}>
          <span className="endpoint__line">
            <b className="mono">{endpoint.address}</b>
            <span title="Share of new connections to the cluster IP">share {shareLabel(endpoint.share)}</span>
            <span>{endpoint.packets === null ? 'no counter' : counted(endpoint.packets, 'hit')}</span>
          </span>
          <span className="chips">
            <span className="meta">{PLACES[endpoint.place]}</span>
            <LineChips bundle={row.bundle} links={endpoint.evidence} most={3} />
            <CountedAt bundle={row.bundle} at={endpoint.countedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Addresses as the rules spell them. */
function Addresses({ values }: { readonly values: readonly string[] }) {
  return <dd className={values.length === 0 ? '' : 'mono'}>{values.join(', ') || 'none in the rules'}</dd>;
}

function Settings({ row }: { readonly row: ServiceRow }) {
  return (
    <dl className="kv">
      <dt>Cluster IP</dt>
      <Addresses values={[clusterAddress(row) ?? []].flat()} />
      <dt>Node port</dt>
      <dd>{row.nodePort ?? 'none in the rules'}</dd>
      <dt>External IPs</dt>
      <Addresses values={row.externalIPs} />
      <dt>Load balancer</dt>
      <Addresses values={row.loadBalancerIPs} />
      <dt>Source ranges</dt>
      <Addresses values={row.sourceRanges} />
      <dt>Policy inside</dt>
      <dd>{row.internalTrafficPolicy ?? 'not known'}</dd>
      <dt>Policy outside</dt>
      <dd>{row.externalTrafficPolicy ?? 'not known'}</dd>
      <dt>Affinity</dt>
      <dd>{row.affinity === null ? 'none in the rules' : `by client, ${count(row.affinity)} s`}</dd>
      <dt>Named by</dt>
      <dd>{NAMED_BY[row.namedBy]}</dd>
    </dl>
  );
}

/** @returns the question a service's trace starts with; what the form already holds of the sender is kept. */
export function useTraceTo(): (row: ServiceRow) => void {
  const { network, navigation } = useStores();
  return (row) => {
    const { form } = network.getState();
    const same = form.bundle === null || form.bundle === row.bundle;
    const question: TraceQuestion = {
      bundle: row.bundle,
      // A pod of another node sends nothing through this one.
      from: same ? form.from : 'node',
      // Without a name the id is no destination.
      to: row.name === null ? (clusterAddress(row) ?? row.id) : row.id,
      protocol: row.protocol,
      inInterface: same && form.inInterface.trim() !== '' ? form.inInterface.trim() : null,
      state: 'new',
    };
    navigation.getState().go(traceRoute(question));
  };
}

export function ServiceInspector({
  row,
  rows,
  onSelect,
}: {
  readonly row: ServiceRow;
  readonly rows: readonly ServiceRow[];
  readonly onSelect: (row: ServiceRow) => void;
}) {
  const { navigation } = useStores();
  const several = useNetwork((state) => state.services.state === 'ready' && state.services.value.nodes.length > 1);
  const traceTo = useTraceTo();
  const nameOf = useNodeName();
  const others = onOtherNodes(row, rows);
  return (
    <Inspector
      kind={
        <>
          <Health health={row.health} />
          <span className="mono clip">{nameOf(row.bundle)}</span>
        </>
      }
      title={row.id}
      actions={
        <>
          <button type="button" className="btn btn--s btn--primary" onClick={() => traceTo(row)}>
            <Play className="icon" aria-hidden="true" />
            Trace to this service
          </button>
          <button
            type="button"
            className="btn btn--s"
            onClick={() =>
              navigation.getState().go(graphRoute({ bundle: row.bundle, service: row.id, family: row.family }))
            }
          >
            <Workflow className="icon" aria-hidden="true" />
            Show graph
          </button>
        </>
      }
    >
      <InspectorBlock title="Why">
        <p>
          <Prose text={row.health.because} />
        </p>
      </InspectorBlock>
      {row.health.findings.length === 0 ? null : (
        <InspectorBlock title="Findings" meta={counted(row.health.findings.length, 'finding')}>
          <FindingsOf ids={row.health.findings} />
        </InspectorBlock>
      )}
      {several ? (
        <InspectorBlock title="On the other nodes">
          {others.length === 0 ? <p>No other node in scope holds rules for it.</p> : null}
          <ul className="bullets others">
            {others.map((other) => (
              <li key={serviceKey(other)}>
                <Health health={other.health} />
                <button type="button" className="link mono clip" onClick={() => onSelect(other)}>
                  {nameOf(other.bundle)}
                </button>
              </li>
            ))}
          </ul>
        </InspectorBlock>
      ) : null}
      <InspectorBlock title="Endpoints" meta={counted(row.endpoints.length, 'endpoint')}>
        <Endpoints row={row} />
        {row.endpoints.length > ENDPOINTS_SHOWN ? (
          <p className="meta">
            The first {ENDPOINTS_SHOWN} are shown; {count(row.endpoints.length - ENDPOINTS_SHOWN)} more are in the dump.
          </p>
        ) : null}
      </InspectorBlock>
      <InspectorBlock title="Rules" meta={counted(row.evidence.length, 'reference')}>
        {row.evidence.length === 0 ? (
          <p>No rule of this node names it.</p>
        ) : (
          <LineChips bundle={row.bundle} links={row.evidence} />
        )}
        {row.packets === null ? null : (
          <p className="row" title={hitsWords(row)}>
            {counted(row.packets, 'hit')} at the cluster IP <CountedAt bundle={row.bundle} at={row.countedAt} />
          </p>
        )}
      </InspectorBlock>
      <InspectorBlock title="As the rules set it" meta={`${row.family}, ${row.protocol}, ${row.mode}`}>
        <Settings row={row} />
      </InspectorBlock>
    </Inspector>
  );
}
