/** The graph of a service in nftables mode: map elements, external-, service-, local- and endpoint- chains, addresses. */
import type { NftExpression, NftRule, NftTable, NftVerdict } from '../core/nft-ruleset.ts';
import { nftNamed, nftTargets } from './nft-chain.ts';
import type { LinePlace, NftSource, NodeService } from './node-service.ts';
import { COLUMN, chanceText, entryDetail, entryId, entryText, type GraphDraft } from './service-graph-draft.ts';

interface Drawing {
  readonly draft: GraphDraft;
  readonly source: NftSource;
  readonly drawn: Set<string>;
}

const HOOK = 'hook services';
const MARK = 'mark-for-masquerade';

/** Draws a service of nftables mode into the draft. */
export function drawNft(draft: GraphDraft, service: NodeService, sources: readonly NftSource[]): void {
  const family = service.family === 'IPv6' ? 'ip6' : 'ip';
  const own = sources.filter(({ table }) => table.family === family && table.name === 'kube-proxy');
  const source = own.find(({ table }) => table.complete) ?? own[0];
  if (source === undefined) return;
  const drawing: Drawing = { draft, source, drawn: new Set() };
  drawHook(drawing);
  for (const entry of service.entries) {
    const id = entryId(entry.kind, entry.address, entry.port);
    draft.node({
      id,
      kind: 'entry',
      label: entryText(entry.address, entry.port),
      detail: entryDetail(entry.kind),
      packets: null,
      column: COLUMN.entry,
      link: entry.place,
    });
    draft.edge({ from: HOOK, to: id, label: null, probability: null, packets: null, link: entry.place });
    if (entry.target === null) continue;
    draft.edge({ from: id, to: entry.target, label: null, probability: null, packets: null, link: entry.place });
    drawChain(drawing, entry.target, entry.place.line);
    if (entry.kind === 'load balancer IP') drawFirewall(drawing, service, id);
  }
  for (const name of service.chains) {
    const kind = nftNamed(name)?.kind;
    if (kind !== 'endpoint' && kind !== 'firewall' && kind !== undefined) drawChain(drawing, name, 0);
  }
}

function drawHook({ draft, source }: Drawing): void {
  const { table } = source;
  const chain = table.chains.get('services');
  const reached = ['nat-prerouting', 'nat-output'].filter((hook) =>
    table.chains.get(hook)?.rules.some((rule) => nftTargets(rule, table).some((target) => target.chain === 'services')),
  );
  draft.node({
    id: HOOK,
    kind: chain === undefined ? 'missing' : 'hook',
    label: 'services',
    detail:
      chain === undefined
        ? 'not in the ruleset'
        : reached.length === 0
          ? 'no hook leads here'
          : `from ${reached.join(' and ')}${reached.length === 1 ? ' only' : ''}`,
    packets: null,
    column: COLUMN.hook,
    link: chain === undefined ? null : placeAt(source, chain.line),
  });
}

function drawChain(drawing: Drawing, name: string, from: number): void {
  const { draft, source, drawn } = drawing;
  if (drawn.has(name)) return;
  drawn.add(name);
  const kind = nftNamed(name)?.kind;
  const column =
    kind === 'endpoint' ? COLUMN.endpoint : kind === 'service' || kind === 'local' ? COLUMN.service : COLUMN.policy;
  const chain = source.table.chains.get(name);
  if (chain === undefined) {
    draft.node({
      id: name,
      kind: 'missing',
      label: name,
      detail: 'not in the ruleset',
      packets: null,
      column,
      link: placeAt(source, from),
    });
    return;
  }
  const dnat = chain.rules.some((rule) => rule.statements.some((each) => each.kind === 'nat'));
  draft.node({
    id: name,
    kind: kind === 'endpoint' ? 'endpoint' : column === COLUMN.service ? 'service' : 'policy',
    label: name,
    detail: chain.rules.length === 0 ? 'no rules' : kind === 'endpoint' && !dnat ? 'no dnat' : null,
    packets: null,
    column,
    link: placeAt(source, chain.line),
  });
  for (const rule of chain.rules) drawRule(drawing, name, rule, kind === 'endpoint');
}

function drawRule(drawing: Drawing, from: string, rule: NftRule, endpoint: boolean): void {
  const { draft, source } = drawing;
  const when = conditions(rule);
  for (const statement of rule.statements) {
    if (statement.kind === 'verdict') {
      // The hairpin rule of every endpoint would hide the rules that matter.
      const target = targetOf(statement.verdict);
      if (target !== null && !(endpoint && target === MARK)) step(drawing, from, target, rule, when, null);
    } else if (statement.kind === 'vmap' && statement.data.kind === 'elements') {
      const mod = statement.key.kind === 'numgen' ? statement.key.mod : null;
      for (const element of statement.data.elements) {
        const target = element.verdict === null ? null : targetOf(element.verdict);
        if (target !== null) step(drawing, from, target, rule, when, mod === null ? null : 1 / mod);
      }
    } else if (statement.kind === 'nat' && statement.type === 'dnat') {
      const address = nftNamed(from)?.endpoint ?? rule.raw;
      const port = statement.port?.kind === 'value' ? Number(statement.port.value) : null;
      const printed = statement.address?.kind === 'value' ? entryText(statement.address.value, port) : address;
      draft.node({
        id: `address ${printed}`,
        kind: 'address',
        label: printed.slice(0, 200),
        detail: null,
        packets: rule.packets?.value ?? null,
        column: COLUMN.address,
        link: placeAt(source, rule.line),
      });
      const link = placeAt(source, rule.line);
      draft.edge({ from, to: `address ${printed}`, label: null, probability: null, packets: null, link });
    }
  }
}

function step(
  drawing: Drawing,
  from: string,
  target: string,
  rule: NftRule,
  when: string | null,
  chance: number | null,
): void {
  const { draft, source } = drawing;
  const link = placeAt(source, rule.line);
  if (target === MARK) drawMark(drawing, rule);
  else if (!draft.draws(target)) return;
  else drawChain(drawing, target, rule.line);
  const drawn = chance === null || chance >= 1 ? null : chance;
  const label = [drawn === null ? null : chanceText(drawn), when].filter((part) => part !== null).join(', ');
  draft.edge({
    from,
    to: target,
    label: label === '' ? (target === MARK ? 'every packet' : null) : label,
    probability: drawn,
    packets: rule.packets?.value ?? null,
    link,
  });
}

function drawMark({ draft, source }: Drawing, rule: NftRule): void {
  const chain = source.table.chains.get(MARK);
  const marks = chain?.rules.some((each) => each.statements.some((statement) => statement.kind === 'mangle'));
  draft.node({
    id: MARK,
    kind: chain === undefined ? 'missing' : 'masquerade',
    label: MARK,
    detail: chain === undefined ? 'not in the ruleset' : marks ? 'marks for masquerading' : 'sets no mark',
    packets: null,
    column: COLUMN.endpoint,
    link: placeAt(source, chain?.line ?? rule.line),
  });
}

/** Packets outside the source ranges are dropped before anything else looks at them. */
function drawFirewall({ draft, source }: Drawing, service: NodeService, entry: string): void {
  const name = service.chains.find((each) => nftNamed(each)?.kind === 'firewall');
  const chain = name === undefined ? undefined : source.table.chains.get(name);
  const rule = chain?.rules[0];
  if (name === undefined || chain === undefined || rule === undefined) return;
  const link = placeAt(source, rule.line);
  draft.node({
    id: name,
    kind: 'refuse',
    label: 'drop',
    detail: 'sources outside the ranges',
    packets: rule.packets?.value ?? null,
    column: COLUMN.policy,
    link,
  });
  draft.edge({ from: entry, to: name, label: 'other sources', probability: null, packets: null, link });
}

function targetOf(verdict: NftVerdict): string | null {
  return 'chain' in verdict ? verdict.chain : null;
}

/** What a rule asks of the sender. */
function conditions(rule: NftRule): string | null {
  const said = rule.statements.flatMap((each): readonly string[] => {
    if (each.kind !== 'match') return [];
    const not = each.operator === '!=' ? 'not ' : '';
    if (each.left.kind === 'fib') return [`${not}from this node`];
    if (each.left.kind !== 'payload' || each.left.field !== 'saddr') return [];
    if (each.right.kind === 'set-reference' && each.right.name.startsWith('affinity-')) return ['session affinity'];
    return [`source ${not}${expressionText(each.right)}`];
  });
  return said.length === 0 ? null : said.join(', ').slice(0, 200);
}

function expressionText(expression: NftExpression): string {
  if (expression.kind === 'value') return expression.value;
  if (expression.kind === 'prefix') return `${expression.address}/${expression.length}`;
  if (expression.kind === 'set-reference') return `@${expression.name}`;
  if (expression.kind === 'elements')
    return expression.elements
      .slice(0, 5)
      .map(({ key }) => expressionText(key))
      .join(', ');
  return 'as the rule says';
}

function placeAt(
  source: { readonly fileId: LinePlace['fileId']; readonly file: string; readonly table: NftTable },
  line: number,
): LinePlace {
  return { fileId: source.fileId, file: source.file, line: Math.max(1, line) };
}
