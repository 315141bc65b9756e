/**
 * Prints a ruleset as `nft list ruleset` does. Used for the steps of a trace, where one rule must read the same
 * whether it came from text or JSON, and by tests of the parsers.
 */
import { NFT_BINDING, nftLiteral } from './nft-literal.ts';
import type {
  NftChainDump,
  NftElement,
  NftExpression,
  NftRule,
  NftRuleset,
  NftSet,
  NftStatement,
  NftTable,
  NftVerdict,
} from './nft-ruleset.ts';

/** @returns the text of `nft list ruleset`; counters, comments and handles as captured. */
export function printNftText(ruleset: NftRuleset): string {
  return ruleset.tables.map(printTable).join('');
}

function printTable(table: NftTable): string {
  const lines = [`table ${table.family} ${table.name} {`];
  if (table.comment !== null) lines.push(`\tcomment "${table.comment}"`);
  if (table.flags.length > 0) lines.push(`\tflags ${table.flags.join(',')}`);
  for (const set of table.sets.values()) lines.push(...printSet(set), '');
  for (const chain of table.chains.values()) lines.push(...printChain(table, chain), '');
  if (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n}\n`;
}

function printSet(set: NftSet): readonly string[] {
  const lines = [`\t${set.kind} ${set.name} {`];
  if (set.type !== null) lines.push(`\t\ttype ${set.type}`);
  if (set.flags.length > 0) lines.push(`\t\tflags ${set.flags.join(',')}`);
  if (set.timeout !== null) lines.push(`\t\ttimeout ${set.timeout}`);
  if (set.comment !== null) lines.push(`\t\tcomment "${set.comment}"`);
  if (set.elements.length > 0)
    lines.push(`\t\telements = { ${set.elements.map(printElement).join(',\n\t\t\t     ')} }`);
  return [...lines, '\t}'];
}

function printChain(table: NftTable, chain: NftChainDump): readonly string[] {
  const lines = [`\tchain ${chain.name} {`];
  if (chain.comment !== null) lines.push(`\t\tcomment "${chain.comment}"`);
  if (chain.hook !== null) {
    const device = table.family === 'netdev' ? ' device "?"' : '';
    const policy = chain.policy === null ? '' : ` policy ${chain.policy};`;
    lines.push(
      `\t\ttype ${chain.type ?? 'unknown'} hook ${chain.hook}${device} priority ${chain.priority ?? 'unknown'};${policy}`,
    );
  }
  return [...lines, ...chain.rules.map((rule) => `\t\t${printRule(rule)}`), '\t}'];
}

/** @param counters `leave` leaves out counters and handle, as steps and findings show a rule. */
export function printNftRule(rule: NftRule, counters: 'keep' | 'leave'): string {
  if (counters === 'keep') return printRule(rule);
  const statements = rule.statements.filter((statement) => statement.kind !== 'counter');
  return printRule({ statements, comment: rule.comment, handle: null });
}

function printRule(rule: Pick<NftRule, 'statements' | 'comment' | 'handle'>): string {
  const parts = rule.statements.map(printStatement);
  if (rule.comment !== null) parts.push(`comment "${rule.comment}"`);
  if (rule.handle !== null) parts.push(`# handle ${rule.handle}`);
  return parts.join(' ');
}

function printStatement(statement: NftStatement): string {
  switch (statement.kind) {
    case 'match':
      return printMatch(statement);
    case 'vmap':
      return `${printNftExpression(statement.key)} vmap ${printNftExpression(statement.data)}`;
    case 'verdict':
      return printVerdict(statement.verdict);
    case 'counter': {
      const packets = statement.packets === null ? '' : ` packets ${statement.packets.printed}`;
      return `counter${packets}${statement.bytes === null ? '' : ` bytes ${statement.bytes.printed}`}`;
    }
    case 'mangle':
      return `${printNftExpression(statement.key)} set ${printNftExpression(statement.value)}`;
    case 'nat':
      return printNat(statement);
    case 'reject':
      return statement.with === null ? 'reject' : `reject with ${statement.with}`;
    case 'set':
      return `${statement.operation} @${statement.set} { ${[printNftExpression(statement.element), statement.limit ?? []].flat().join(' ')} }`;
    case 'xt':
      return statement.name === '' ? '' : `xt ${statement.type} "${statement.name}"`;
    case 'notrack':
      return 'notrack';
    default:
      return statement.text;
  }
}

function printMatch(match: Extract<NftStatement, { kind: 'match' }>): string {
  const operator = match.operator === '==' && match.left.kind !== 'binary' ? '' : `${match.operator} `;
  return `${printNftExpression(match.left)} ${operator}${printNftExpression(match.right)}`;
}

function printVerdict(verdict: NftVerdict): string {
  return 'chain' in verdict ? `${verdict.verdict} ${verdict.chain}` : verdict.verdict;
}

function printNat(nat: Extract<NftStatement, { kind: 'nat' }>): string {
  const flags = nat.flags.length === 0 ? '' : ` ${nat.flags.join(',')}`;
  if (nat.address === null && nat.port === null) return `${nat.type}${flags}`;
  const address = nat.address === null ? '' : natAddress(nat.address);
  const port = nat.port === null ? '' : `:${printNftExpression(nat.port)}`;
  return `${nat.type} to ${address}${port}${flags}`;
}

function natAddress(address: NftExpression): string {
  const six = (text: string): string => (text.includes(':') ? `[${text}]` : text);
  if (address.kind === 'value') return six(address.value);
  if (address.kind === 'range' && address.from.kind === 'value' && address.to.kind === 'value')
    return `${six(address.from.value)}-${six(address.to.value)}`;
  return printNftExpression(address);
}

/** @returns an expression in nft's words. */
export function printNftExpression(expression: NftExpression): string {
  switch (expression.kind) {
    case 'value':
      return printValue(expression.value);
    case 'prefix':
      return `${expression.address}/${expression.length}`;
    case 'range':
      return `${printNftExpression(expression.from)}-${printNftExpression(expression.to)}`;
    case 'concat':
      return expression.parts.map(printNftExpression).join(' . ');
    case 'elements':
      return expression.elements.length === 0 ? '{ }' : `{ ${expression.elements.map(printElement).join(', ')} }`;
    case 'set-reference':
      return `@${expression.name}`;
    case 'payload':
      return `${expression.protocol} ${expression.field}`;
    case 'meta':
      return /^[io]if(?:name)?$/.test(expression.key) ? expression.key : `meta ${expression.key}`;
    case 'ct':
      return `ct ${expression.direction === null ? '' : `${expression.direction} `}${expression.key}`;
    case 'fib':
      return `fib ${expression.flags.join(' . ')} ${expression.result}`;
    case 'numgen':
      return `numgen ${expression.mode} mod ${expression.mod}${expression.offset === 0 ? '' : ` offset ${expression.offset}`}`;
    case 'binary':
      return printBinary(expression);
    case 'map':
      return `${printNftExpression(expression.key)} map ${printNftExpression(expression.data)}`;
    default:
      return expression.text;
  }
}

function printBinary(binary: Extract<NftExpression, { kind: 'binary' }>): string {
  const binding = NFT_BINDING[binary.operator];
  const side = (inner: NftExpression, least: number): string => {
    const text = printNftExpression(inner);
    return inner.kind === 'binary' && NFT_BINDING[inner.operator] < least ? `(${text})` : text;
  };
  return `${side(binary.left, binding)} ${binary.operator} ${side(binary.right, binding + 1)}`;
}

/** Words that mean something else without quotes: separators, operators, what nft prints for a look at the packet. */
const PLAIN = /^[A-Za-z0-9_:.*+/=-]{1,200}$/;
const QUOTED = new Set(
  '. map vmap set mark meta ct fib numgen and or xor iif oif iifname oifname accept drop'.split(' '),
);

function printValue(value: string): string {
  const literal = nftLiteral(value);
  const plain = PLAIN.test(value) && literal.kind === 'value' && !QUOTED.has(value) && !/[*]./.test(value);
  return plain ? value : `"${value}"`;
}

function printElement(element: NftElement): string {
  const expires = element.expires === null ? '' : ` expires ${element.expires}`;
  const comment = element.comment === null ? '' : ` comment "${element.comment}"`;
  const data =
    element.verdict === null
      ? element.data === null
        ? ''
        : ` : ${printNftExpression(element.data)}`
      : ` : ${printVerdict(element.verdict)}`;
  return `${printNftExpression(element.key)}${expires}${comment}${data}`;
}
