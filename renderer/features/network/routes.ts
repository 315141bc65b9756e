/** One route a view of the Network screen, and the route of each question so that links, back and forward bring it. */
import { fileRoute } from '../../components/EvidenceChip.tsx';
import type { BundleId, LineLink, RawChain } from '../../model/types.ts';
import type { Route } from '../../stores/navigation.ts';
import type { ChainQuestion, GraphQuestion, TraceQuestion } from '../../stores/network.ts';

export const TABS = [
  { tab: 'services', name: 'Services' },
  { tab: 'graph', name: 'Graph' },
  { tab: 'trace', name: 'Trace' },
  { tab: 'lookup', name: 'Lookup' },
  { tab: 'chains', name: 'Chains' },
] as const;
export type Tab = (typeof TABS)[number]['tab'];

type Params = Route['params'];

export const tabOf = (params: Params): Tab | null => TABS.find(({ tab }) => tab === params.tab)?.tab ?? null;

export const tabRoute = (tab: Tab, params: Params = {}): Route => ({ screen: 'network', params: { ...params, tab } });

/** @returns the route of Files that shows a line of a dump. */
export const lineRoute = (bundle: BundleId, link: Pick<LineLink, 'file' | 'line' | 'endLine'>): Route =>
  fileRoute({ bundle, file: link.file, line: link.line, endLine: link.endLine });

export const graphRoute = (one: GraphQuestion): Route =>
  tabRoute('graph', { bundle: one.bundle, service: one.service, family: one.family });

/** @returns the question of a route, null when it asks for no graph. */
export function graphOf(params: Params): GraphQuestion | null {
  const { bundle, service, family } = params;
  if (bundle === undefined || service === undefined) return null;
  return { bundle: bundle as BundleId, service, family: family === 'IPv6' ? 'IPv6' : 'IPv4' };
}

export const traceRoute = (one: TraceQuestion): Route =>
  tabRoute('trace', {
    ...(one.bundle === null ? {} : { bundle: one.bundle }),
    from: one.from,
    to: one.to,
    protocol: one.protocol,
    ...(one.inInterface === null ? {} : { in: one.inInterface }),
    state: one.state,
  });

/** @returns the question of a route, null when it traces nothing. */
export function traceOf(params: Params): TraceQuestion | null {
  const { bundle, from, to, protocol, in: inInterface, state } = params;
  if (from === undefined || to === undefined) return null;
  return {
    bundle: bundle === undefined ? null : (bundle as BundleId),
    from,
    to,
    protocol: protocol ?? 'tcp',
    inInterface: inInterface ?? null,
    state: state === 'established' ? 'established' : 'new',
  };
}

export const lookupRoute = (address: string): Route => tabRoute('lookup', { address });

export const chainRoute = (one: ChainQuestion): Route =>
  tabRoute('chains', {
    bundle: one.bundle,
    file: String(one.fileId),
    family: one.family,
    table: one.table,
    chain: one.chain,
  });

/** @returns the question of a route, null when it names no chain. */
export function chainOf(params: Params): ChainQuestion | null {
  const { bundle, file, family, table, chain } = params;
  if (bundle === undefined || file === undefined || family === undefined || table === undefined || chain === undefined)
    return null;
  return { bundle: bundle as BundleId, fileId: Number(file) as RawChain['fileId'], family, table, chain };
}
