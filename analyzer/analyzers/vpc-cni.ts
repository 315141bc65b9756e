/**
 * Traces of the AWS VPC CNI in captured dumps (amazon-vpc-cni-k8s, pkg/networkutils): pods have addresses of the VPC, a
 * host route each to their veth in the main table, and policy rules
 *
 *   512:	from all to 10.0.3.7 lookup main
 *   1536:	from 10.0.3.7 lookup 2            pods with an address of the second network interface (table = its number + 1)
 */
import type { PolicyRule } from '../core/node-network.ts';
import type { LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { refAt } from '../facts/node-state.ts';

export interface PlacedRule {
  readonly rule: PolicyRule;
  readonly ref: LineRef;
}

export interface VpcTraces {
  /** Rules `from POD lookup N`. */
  readonly fromPod: readonly PlacedRule[];
  /** Rules `to POD lookup main`. */
  readonly toPod: readonly PlacedRule[];
}

const MAIN = new Set(['main', '254']);
const OWN_TABLES = new Set(['main', '254', 'local', '255', 'default', '253']);

/** @returns the CNI's policy rules of IPv4; both lists are empty on nodes without it. */
export function vpcTraces(facts: NodeFacts): VpcTraces {
  const rules = facts.network.policyRules
    .filter((fact) => fact.family !== 'IPv6')
    .flatMap((fact) => fact.value.map((rule) => ({ rule, ref: refAt(fact, rule.line) })));
  const plain = rules.filter(
    ({ rule }) =>
      rule.action === 'lookup' &&
      !rule.not &&
      rule.mark === null &&
      rule.inInterface === null &&
      rule.other.length === 0,
  );
  return {
    fromPod: plain.filter(
      ({ rule }) =>
        FROM_PRIORITIES.has(rule.priority) && isHost(rule.from) && rule.table !== null && !OWN_TABLES.has(rule.table),
    ),
    toPod: plain.filter(
      ({ rule }) =>
        rule.priority === TO_PRIORITY && isHost(rule.to) && rule.from === null && MAIN.has(rule.table ?? ''),
    ),
  };
}

/** 1536 in all but the first releases. */
const FROM_PRIORITIES = new Set([1536]);
const TO_PRIORITY = 512;

function isHost(prefix: string | null): prefix is string {
  return prefix !== null && !prefix.includes('/') && prefix.includes('.');
}
