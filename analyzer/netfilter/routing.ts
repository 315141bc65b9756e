/** Where the node's policy rules and routes send a packet. Semantics: ip-rule(8), net/ipv4/fib_semantics.c. */
import type { NodeInterface, PolicyRule, RouteEntry } from '../core/node-network.ts';
import { canonicalAddress, isLoopback } from './address.ts';
import type { NodeProgram, Truth } from './program.ts';
import { prefixHolds, prefixLength } from './rule-match.ts';

export type RouteAnswer =
  | { readonly kind: 'local'; readonly route: RouteEntry | null }
  | { readonly kind: 'forward'; readonly device: string; readonly route: RouteEntry }
  /** Blackhole, unreachable, prohibit, or no route at all. */
  | {
      readonly kind: 'refused';
      readonly because: string;
      readonly route: RouteEntry | null;
      readonly rule: PolicyRule | null;
    }
  | { readonly kind: 'unknown'; readonly because: string };

export interface RouteQuestion {
  readonly destination: string;
  /** Null: not chosen yet. */
  readonly source: string | null;
  readonly mark: number;
  /** Null: made on the node. */
  readonly inInterface: string | null;
}

/** Routes and addresses of one node, indexed. */
export interface Router {
  route(question: RouteQuestion): RouteAnswer;
  isLocal(address: string): Truth;
  isLocalOn(address: string, device: string): Truth;
  /** @returns the source the kernel chooses for a packet made on the node, or null when it is not known. */
  sourceFor(destination: string, mark: number): string | null;
  /** @returns the first address of this interface that others can reach, or null when none is known. */
  firstAddress(device: string): string | null;
  /** @returns the address MASQUERADE puts in on this interface, or null when it is not known. */
  masqueradeAddress(device: string, answer: RouteAnswer): string | null;
  /** @returns true for an interface behind which a pod of this node is reached directly. */
  isPodDevice(device: string): boolean;
}

const TABLE_NAME: Readonly<Record<string, string>> = { '255': 'local', '254': 'main', '253': 'default' };
const tableName = (table: string): string => TABLE_NAME[table] ?? table;

/** @returns the router of a node; answers are `unknown` where routes were not captured. */
export function router(program: NodeProgram): Router {
  const tables = new Map<string, PrefixTable>();
  for (const entry of program.routes ?? []) {
    if (entry.dead === true) continue;
    const name = tableName(entry.table);
    const table = tables.get(name) ?? new PrefixTable();
    tables.set(name, table);
    table.add(entry);
  }
  // `ip route` alone prints the main table only.
  const allTables = tables.has('local') || [...tables.keys()].some((name) => name !== 'main');
  const addresses = nodeAddresses(program);
  const rules = program.policyRules ?? STANDARD_RULES;
  const uplinks = new Set(
    (program.routes ?? [])
      .filter(({ prefix, via }) => prefixLength(prefix) === 0 || via !== null)
      .map(({ device }) => device),
  );

  const isLocal = (address: string): Truth => {
    if (isLoopback(address) || addresses.devices.has(address)) return true;
    return addresses.complete ? false : { unsure: 'the addresses of this node were not captured' };
  };

  const route = (question: RouteQuestion): RouteAnswer => {
    const local = isLocal(question.destination);
    if (local === true) return { kind: 'local', route: tables.get('local')?.find(question.destination) ?? null };
    if (program.routes === null) return { kind: 'unknown', because: 'routes were not captured' };
    if (local !== false) return { kind: 'unknown', because: local.unsure };
    const unread = otherTables(question);
    if (unread !== null) return unread;
    for (const rule of rules) {
      const selects = selected(rule, question);
      if (selects === false) continue;
      const answer = act(rule, question);
      if (answer === null) continue;
      if (selects !== true) return { kind: 'unknown', because: selects.unsure };
      return program.routesCut && !isHostRoute(answer) ? CUT : answer;
    }
    if (program.routesCut) return CUT;
    return { kind: 'refused', because: `no route to ${question.destination}`, route: null, rule: null };
  };

  /** Without policy rules nobody knows when a table besides main is asked: only its agreement is harmless. */
  const otherTables = (question: RouteQuestion): RouteAnswer | null => {
    if (program.policyRules !== null) return null;
    const main = tables.get('main')?.find(question.destination) ?? null;
    for (const [name, table] of tables) {
      if (name === 'local' || name === 'main' || name === 'default') continue;
      const entry = table.find(question.destination);
      if (entry === null || (entry.type === main?.type && entry.device === main.device)) continue;
      return { kind: 'unknown', because: `policy rules were not captured, and table ${name} routes it otherwise` };
    }
    return null;
  };

  const act = (rule: PolicyRule, question: RouteQuestion): RouteAnswer | null => {
    if (rule.action === 'other')
      return { kind: 'unknown', because: `the policy rule "${rule.raw.trim()}" is not modelled` };
    if (rule.action !== 'lookup') {
      return {
        kind: 'refused',
        because: `the policy rule "${rule.raw.trim()}" ${endOf(rule.action)} it`,
        route: null,
        rule,
      };
    }
    const name = tableName(rule.table ?? 'main');
    const table = tables.get(name);
    if (table === undefined) {
      if (allTables || name === 'local' || name === 'default' || name === 'main') return null;
      return { kind: 'unknown', because: `routes of table ${name} were not captured` };
    }
    const entry = table.find(question.destination);
    if (entry === null || entry.type === 'throw') return null;
    if (rule.suppressPrefix !== null && prefixLength(entry.prefix) <= rule.suppressPrefix) return null;
    if (entry.type === 'local') return { kind: 'local', route: entry };
    if (entry.type === 'blackhole' || entry.type === 'unreachable' || entry.type === 'prohibit') {
      return {
        kind: 'refused',
        because: `the route "${entry.raw.trim()}" ${endOf(entry.type)} it`,
        route: entry,
        rule,
      };
    }
    if (entry.type !== 'unicast' || entry.device === null) {
      return { kind: 'unknown', because: `a route of type ${entry.type} is not modelled` };
    }
    const hops = (entry.otherHops ?? []).filter(({ device }) => device !== entry.device);
    if (hops.length > 0) {
      const devices = [entry.device, ...hops.map(({ device }) => device ?? '?')].join(' or ');
      return { kind: 'unknown', because: `the route "${entry.raw.trim()}" has several next hops, by ${devices}` };
    }
    return { kind: 'forward', device: entry.device, route: entry };
  };

  const addressOn = (device: string, near: string | null): string | null => {
    const own = addresses.byDevice.get(device) ?? [];
    return own.find((address) => near !== null && sameSubnet(address, near))?.address ?? own[0]?.address ?? null;
  };
  const anyAddress = (): string | null => {
    for (const [device, own] of addresses.byDevice) {
      if (device !== 'lo' && device !== 'kube-ipvs0' && own[0] !== undefined) return own[0].address;
    }
    return null;
  };

  return {
    route,
    isLocal,
    isLocalOn(address, device) {
      const known = addresses.devices.get(address);
      if (known !== undefined) return known.has(device);
      const local = isLocal(address);
      return local === true ? device === 'lo' : local;
    },
    sourceFor(destination, mark) {
      const answer = route({ destination, source: null, mark, inInterface: null });
      if (answer.kind === 'local') return answer.route?.source ?? (isLocal(destination) === true ? destination : null);
      if (answer.kind !== 'forward') return null;
      return answer.route.source ?? addressOn(answer.device, answer.route.via) ?? anyAddress();
    },
    firstAddress: (device) => addresses.byDevice.get(device)?.[0]?.address ?? null,
    masqueradeAddress(device, answer) {
      const via = answer.kind === 'forward' ? answer.route.via : null;
      // inet_select_addr(): the interface's own first address, else the first global one of any interface.
      return addressOn(device, via) ?? anyAddress();
    },
    isPodDevice: (device) => !uplinks.has(device) && device !== 'lo',
  };
}

/** A blackhole is silent; the others are answered by an ICMP message. */
function endOf(kind: string): 'drops' | 'refuses' {
  return kind === 'blackhole' ? 'drops' : 'refuses';
}

const CUT: RouteAnswer = { kind: 'unknown', because: 'the end of the captured routes is missing' };

/** No other prefix is longer. */
function isHostRoute(answer: RouteAnswer): boolean {
  if (answer.kind === 'unknown' || answer.route == null) return false;
  return prefixLength(answer.route.prefix) === (answer.route.prefix.includes(':') ? 128 : 32);
}

const STANDARD_RULES: readonly PolicyRule[] = ['local', 'main', 'default'].map((table, index) => ({
  line: 0,
  raw: `from all lookup ${table}`,
  priority: index * 32766,
  not: false,
  from: null,
  to: null,
  mark: null,
  inInterface: null,
  outInterface: null,
  action: 'lookup',
  table,
  suppressPrefix: null,
  other: [],
}));

function selected(rule: PolicyRule, question: RouteQuestion): Truth {
  let taken = true;
  if (rule.from !== null) taken &&= question.source !== null && prefixHolds(rule.from, question.source);
  if (rule.to !== null) taken &&= prefixHolds(rule.to, question.destination);
  if (rule.mark !== null) taken &&= (question.mark & rule.mark.mask) >>> 0 === rule.mark.value >>> 0;
  // A packet made on the node looks as if it came in by lo.
  if (rule.inInterface !== null) taken &&= (question.inInterface ?? 'lo') === rule.inInterface;
  // Only sockets bound to an interface have an out-interface before the lookup.
  if (rule.outInterface !== null) taken = false;
  if (rule.not) taken = !taken;
  if (taken && rule.other.length > 0) return { unsure: `the policy rule "${rule.raw.trim()}" is not modelled` };
  return taken;
}

/** Longest prefix first, then lowest metric. */
class PrefixTable {
  /** Routes to one address: a node with many pods has thousands. */
  readonly #hosts = new Map<string, RouteEntry>();
  readonly #byLength = new Map<number, RouteEntry[]>();
  #lengths: readonly number[] | null = null;

  add(entry: RouteEntry): void {
    const length = prefixLength(entry.prefix);
    if (length < 0) return;
    const host = entry.prefix.includes('/') ? null : canonicalAddress(entry.prefix);
    if (host !== null) {
      const other = this.#hosts.get(host);
      if (other === undefined || entry.metric < other.metric) this.#hosts.set(host, entry);
      return;
    }
    const list = this.#byLength.get(length);
    if (list === undefined) this.#byLength.set(length, [entry]);
    else list.push(entry);
    this.#lengths = null;
  }

  find(address: string): RouteEntry | null {
    const host = this.#hosts.get(address);
    if (host !== undefined) return host;
    this.#lengths ??= [...this.#byLength.keys()].sort((one, two) => two - one);
    for (const length of this.#lengths) {
      let best: RouteEntry | null = null;
      for (const entry of this.#byLength.get(length) ?? []) {
        if (!prefixHolds(entry.prefix, address)) continue;
        if (best === null || entry.metric < best.metric) best = entry;
      }
      if (best !== null) return best;
    }
    return null;
  }
}

interface OwnAddress {
  readonly address: string;
  readonly length: number | null;
}

interface NodeAddresses {
  /** Address -> interfaces that hold it. */
  readonly devices: ReadonlyMap<string, ReadonlySet<string>>;
  /** Addresses that may be put in as a source, in the order of the interfaces. */
  readonly byDevice: ReadonlyMap<string, readonly OwnAddress[]>;
  /** True when an address that is not here is certainly not the node's. */
  readonly complete: boolean;
}

function nodeAddresses(program: NodeProgram): NodeAddresses {
  const devices = new Map<string, Set<string>>();
  const byDevice = new Map<string, OwnAddress[]>();
  const add = (text: string, device: string, length: number | null, global: boolean): void => {
    const address = canonicalAddress(text);
    if (address === null || address.includes(':') !== (program.family === 'IPv6')) return;
    const holders = devices.get(address) ?? new Set();
    devices.set(address, holders.add(device));
    if (!global) return;
    const own = byDevice.get(device) ?? [];
    byDevice.set(device, own);
    if (!own.some((other) => other.address === address)) own.push({ address, length });
  };
  for (const one of program.interfaces as readonly NodeInterface[]) {
    for (const { address, length, scope } of one.addresses) {
      const global = scope === null ? !isLoopback(address) && !address.startsWith('fe80') : scope === 'global';
      add(address, one.name, length, global);
    }
  }
  let localTable = false;
  for (const entry of program.routes ?? []) {
    const local = entry.type === 'local' && entry.device !== null;
    localTable ||= local;
    const length = prefixLength(entry.prefix);
    if (local && length === (program.family === 'IPv6' ? 128 : 32)) {
      add(entry.prefix, entry.device as string, null, !isLoopback(entry.prefix) && !entry.prefix.startsWith('fe80'));
    }
    // `proto kernel scope link src X`: X is an address of this interface.
    if (entry.source !== null && entry.device !== null && entry.scope === 'link')
      add(entry.source, entry.device, length, true);
  }
  return { devices, byDevice, complete: localTable || program.interfaces.length > 0 };
}

function sameSubnet(own: OwnAddress, near: string): boolean {
  return own.length !== null && prefixHolds(`${own.address}/${own.length}`, near);
}
