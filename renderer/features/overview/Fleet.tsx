/** Every node in one table: which fail alike, and what differs between them. */
import { Columns2 } from 'lucide-react';
import { useEffect } from 'react';
import { Section } from '../../components/Section.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote, Loading } from '../../components/States.tsx';
import { When } from '../../components/When.tsx';
import { shiftWords } from '../../model/clocks.ts';
import { nodeMark } from '../../model/derive.ts';
import { counted } from '../../model/format.ts';
import { nodeNames } from '../../model/node-names.ts';
import type { Bundle, BundleId, Fleet as FleetAnswer, FleetGroup, FleetNode } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import { compareRoute } from '../../stores/compare-route.ts';
import { formatRoute } from '../../stores/navigation.ts';
import { CLOCKS_ROUTE } from '../../stores/settings-route.ts';
import { useCompare, useSession, useStores } from '../../stores/stores.tsx';
import { COMPARED_MAX, presetAffected } from '../compare/sections.ts';
import {
  columnHead,
  differingColumns,
  factOf,
  fleetSections,
  nodesWords,
  sameValues,
  usualMode,
  worstFirst,
} from './fleet-rows.ts';

/** Columns that stand before and behind those of facts, and what all of them need; beyond the pane the table scrolls. */
const FIXED_COLUMNS = 6;
const ROOM_PX = 694;
const COLUMN_PX = 98;

function CompareLink({
  bundles,
  affected,
  label,
  look,
}: {
  readonly bundles: readonly BundleId[];
  readonly affected: readonly BundleId[];
  readonly label: string;
  readonly look: 'framed' | 'quiet';
}) {
  const { navigation } = useStores();
  const route = compareRoute({ bundles, affected, tab: 'meaning', pair: null });
  return (
    <a
      className={`btn btn--s${look === 'quiet' ? ' btn--quiet' : ''}`}
      href={formatRoute(route)}
      aria-label={label}
      title={label}
      onClick={(event) => {
        event.preventDefault();
        navigation.getState().go(route);
      }}
    >
      <Columns2 className="icon" aria-hidden="true" />
      Compare
    </a>
  );
}

function Findings({ node }: { readonly node: FleetNode }) {
  const some = SEVERITY_ORDER.filter((severity) => node.findings[severity] > 0);
  if (some.length === 0) return <span className="meta">none</span>;
  return some.map((severity) => (
    <span key={severity} className="severity-count" title={`${node.findings[severity]} ${severity}`}>
      <SeverityMark mark={severity} label={severity} />
      {node.findings[severity]}
    </span>
  ));
}

/** The offset leads to where clocks are told and shifted. */
function ClockCell({ node }: { readonly node: FleetNode }) {
  const { navigation } = useStores();
  const { clockOffsetMs, clock } = node;
  const isReference = clock.startsWith('the reference');
  return (
    <a
      href={formatRoute(CLOCKS_ROUTE)}
      title={`Clock: ${clock}`}
      aria-label={`Clock: ${clock}`}
      onClick={(event) => {
        event.preventDefault();
        navigation.getState().go(CLOCKS_ROUTE);
      }}
    >
      {isReference ? 'reference' : clockOffsetMs === null ? 'not known' : shiftWords(clockOffsetMs)}
    </a>
  );
}

function Instant({ iso }: { readonly iso: string | null }) {
  return iso === null ? <span className="meta">not known</span> : <When iso={iso} />;
}

function NodeRow({
  node,
  name,
  whole,
  bundle,
  columns,
  mode,
}: {
  readonly node: FleetNode;
  readonly name: string;
  /** The name with its domain. */
  readonly whole: string;
  readonly bundle: Bundle;
  readonly columns: readonly string[];
  /** The mode of most nodes; null where none stands out. */
  readonly mode: string | null;
}) {
  const { session } = useStores();
  const analysis = useSession((state) => state.analysis);
  const hidden = useSession((state) => state.hidden);
  const amount = useSession((state) => state.openCase?.bundles.length ?? 0);
  const isShown = !hidden.has(node.bundle);
  const isAlone = isShown && hidden.size === amount - 1;
  return (
    <tr className={`${isAlone ? 'is-selected' : ''}${isShown ? '' : ' is-out'}`}>
      <td>
        <button
          type="button"
          className="fleet__node"
          aria-pressed={isAlone}
          title={isAlone ? 'Look at all nodes again' : `Look at ${whole} alone, on every screen`}
          onClick={() => session.getState().scopeTo(node.bundle)}
        >
          <SeverityMark mark={nodeMark(bundle, analysis).mark} />
          <span className="mono clip">{name}</span>
          {node.isHealthy ? <span className="meta">healthy</span> : null}
        </button>
      </td>
      <td>
        <Findings node={node} />
      </td>
      <td>
        <ClockCell node={node} />
      </td>
      <td className={mode !== null && mode !== node.mode ? 'differs' : ''}>
        {node.mode === 'unknown' ? <span className="meta">not known</span> : node.mode}
      </td>
      {columns.map((column) => {
        const value = factOf(node, column);
        const differs = node.facts.some((fact) => fact.name === column && fact.differs);
        return (
          <td key={column} className={differs ? 'differs' : ''} title={value ?? undefined}>
            {value ?? <span className="meta">not known</span>}
          </td>
        );
      })}
      <td>
        <Instant iso={node.bootedAt} />
      </td>
      <td>
        <Instant iso={node.collectedAt} />
      </td>
    </tr>
  );
}

function GroupHead({
  group,
  columns,
  all,
}: {
  readonly group: FleetGroup | null;
  readonly columns: number;
  readonly all: readonly BundleId[];
}) {
  const others = all.some((id) => !group?.bundles.includes(id));
  return (
    <tr className="fleet__group">
      <th scope="rowgroup" colSpan={columns}>
        <div>
          {/* No mark of a severity, nor of health: it says what was not found. */}
          {group === null || group.severity === null ? (
            <SeverityMark mark="absent" label={null} />
          ) : (
            <SeverityMark mark={group.severity} />
          )}
          <span className="clip" title={group?.sentence}>
            {group?.sentence ?? 'In no group'}
          </span>
          {group !== null && group.severity !== null && others && all.length <= COMPARED_MAX ? (
            <CompareLink
              bundles={all}
              affected={group.bundles}
              label={`Compare with the others: ${group.sentence}`}
              look="quiet"
            />
          ) : null}
        </div>
      </th>
    </tr>
  );
}

function Table({ fleet, bundles }: { readonly fleet: FleetAnswer; readonly bundles: readonly Bundle[] }) {
  const sections = fleetSections(fleet);
  const columns = differingColumns(fleet);
  const same = sameValues(fleet);
  const mode = usualMode(fleet.nodes);
  const all = worstFirst(sections, COMPARED_MAX);
  const healthy = new Set(bundles.filter(({ markedHealthy }) => markedHealthy).map(({ id }) => id));
  const names = nodeNames(bundles);
  return (
    <Section
      title="Nodes"
      says={`${nodesWords(fleet)} in ${counted(fleet.groups.length, 'group')} by what fails; values that most do not have are marked`}
      tools={
        <CompareLink
          bundles={all}
          affected={presetAffected(fleet.groups, healthy).filter((id) => all.includes(id))}
          label={`Compare ${counted(all.length, 'node')}`}
          look="framed"
        />
      }
    >
      <div className="fleet__scroll">
        <table
          className="table table--flush fleet"
          aria-label="Nodes of the case"
          style={{ minWidth: ROOM_PX + columns.length * COLUMN_PX }}
        >
          <colgroup>
            <col className="fleet__name" />
            <col className="fleet__findings" />
            <col className="fleet__clock" />
            <col className="fleet__mode" />
            {columns.map((column) => (
              <col key={column} />
            ))}
            <col className="fleet__time" />
            <col className="fleet__time" />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Findings</th>
              <th scope="col">Clock</th>
              <th scope="col" title="How kube-proxy programs Services">
                Mode
              </th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {columnHead(column)}
                </th>
              ))}
              <th scope="col">Booted, UTC</th>
              <th scope="col">Collected, UTC</th>
            </tr>
          </thead>
          {sections.map(({ group, nodes }) => (
            <tbody key={group?.id ?? ''}>
              <GroupHead group={group} columns={FIXED_COLUMNS + columns.length} all={all} />
              {nodes.map((node) => {
                const bundle = bundles.find(({ id }) => id === node.bundle);
                return bundle === undefined ? null : (
                  <NodeRow
                    key={node.bundle}
                    node={node}
                    name={names.short.get(node.bundle) ?? ''}
                    whole={names.whole.get(node.bundle) ?? ''}
                    bundle={bundle}
                    columns={columns}
                    mode={mode}
                  />
                );
              })}
            </tbody>
          ))}
        </table>
      </div>
      {same.length === 0 ? null : <p className="meta fleet__same">The same on all: {same.join('; ')}.</p>}
    </Section>
  );
}

/** All nodes of the case, also those out of scope: this is where the scope is chosen. */
export function Fleet() {
  const { compare } = useStores();
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  const fleet = useCompare((state) => state.fleet);
  const asOf = useCompare((state) => state.asOf);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what made the table old is a reason to load it
  useEffect(() => compare.getState().loadFleet(), [compare, asOf]);
  if (fleet.state === 'ready') return <Table fleet={fleet.value} bundles={bundles} />;
  return (
    <section className="section" aria-label="Nodes">
      <h2>Nodes</h2>
      {fleet.state === 'failed' ? (
        <FailureNote failure={fleet.failure} onRetry={() => compare.getState().loadFleet()} />
      ) : (
        <Loading what="Reading the nodes" />
      )}
    </section>
  );
}
