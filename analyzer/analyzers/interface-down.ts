/**
 * A network interface of the node that has an address and is down or has no carrier. Interfaces that are down by design
 * have no address, or are none of the hardware: kube-ipvs0, dummy and tunnel devices, bridges without pods.
 */
import type { NodeInterface } from '../core/node-network.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, gathered, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

/** Names the kernel and systemd give to network cards, and bonds of them. */
const CARD = /^(?:eth\d{1,3}|en[opsx]\w{1,20}|ens\w{1,20}|bond\d{1,3})$/;

export const interfaceDown: Analyzer = {
  id: 'interface-down',
  title: 'Network interfaces with an address are up',
  area: 'network',
  run(facts) {
    const lists = facts.network.interfaces.filter(({ value }) => value.some(({ flags }) => flags.length > 0));
    if (lists.length === 0) return { outcome: 'skipped', missing: 'interfaces with their flags: ip addr' };
    const findings = lists.flatMap((list) =>
      list.value.flatMap((card) => {
        const why = CARD.test(card.name) && isUsed(card) ? whyDown(card) : null;
        if (why === null) return [];
        return [
          stateFinding(refAt(list, card.line), {
            rule: 'interface-down',
            area: 'network',
            title: `${card.name} has an address and ${why}`,
            claim: `${card.name} has the address ${card.addresses[0]?.address} and ${why} (${card.flags.join(',')}).`,
            severity: 'medium',
            confidence: certain('the flags of the interface say so'),
            owner: 'node OS',
            entities: [{ kind: 'interface', name: card.name }],
            userNotices: 'Pods whose addresses belong to this interface can be reached by nobody and reach nobody.',
            now: [
              `Bring it up: \`sudo ip link set ${card.name} up\``,
              `See what the kernel says of it: \`sudo dmesg -T | grep ${card.name}\``,
            ],
            longTerm: [
              'Let only one program configure the network interfaces of the CNI: not NetworkManager or systemd-networkd beside it',
            ],
            check: [`\`ip -br link show ${card.name}\` says UP`],
            evidence: card.addresses.slice(0, 1).map(({ line }) => refAt(list, line)),
          }),
        ];
      }),
    );
    return outcomeOf(
      gathered(findings, `${findings.length} network cards with an address are down`),
      'every network card with an address is up',
    );
  },
};

function isUsed(card: NodeInterface): boolean {
  return (
    card.flags.length > 0 && card.addresses.some(({ address }) => !/^(?:127\.|169\.254\.|fe80:|::1$)/.test(address))
  );
}

/** ifconfig prints RUNNING for a carrier, ip addr NO-CARRIER for none. */
function whyDown({ flags, index }: NodeInterface): string | null {
  if (!flags.includes('UP')) return 'is down';
  if (flags.includes('NO-CARRIER') || (index === null && !flags.includes('RUNNING'))) return 'has no carrier';
  return null;
}
