/**
 * The node's clock against that of the API server, told by its answers (the EKS log collector prints the node's time
 * before each request). AWS refuses requests whose signature is more than five minutes off; certificates and tokens
 * that were just made are not valid yet for a clock behind.
 */
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

/** A request takes up to ten seconds, and the answer's stamp has whole seconds. */
const TAKEN_S = 15;
const MEDIUM_S = 60;
const HIGH_S = 240;

export const clockOffset: Analyzer = {
  id: 'clock-offset',
  title: "The node's clock agrees with the API server's",
  area: 'node',
  run(facts) {
    const pairs = facts.host.clockPairs.flatMap((fact) => fact.value.map((pair) => ({ fact, pair })));
    if (pairs.length === 0)
      return { outcome: 'skipped', missing: 'answers of the API server with their date: curl -v .../livez' };
    const [least] = pairs
      .map(({ fact, pair }) => ({ fact, pair, seconds: (pair.node - pair.server) / 1000 }))
      .sort((one, two) => Math.abs(one.seconds) - Math.abs(two.seconds));
    if (least === undefined || Math.abs(least.seconds) < TAKEN_S)
      return {
        outcome: 'pass',
        because: `the clocks of the node and of the API server are ${countText(Math.abs(Math.round(least?.seconds ?? 0)), 'second')} apart`,
      };
    const seconds = Math.round(Math.abs(least.seconds));
    const way = least.seconds > 0 ? 'ahead of' : 'behind';
    return outcomeOf(
      [
        stateFinding(refAt(least.fact, least.pair.serverLine), {
          rule: 'clock-offset',
          area: 'clock',
          title: `The node's clock is ${spell(seconds)} ${way} the API server's`,
          claim: `The node said ${new Date(least.pair.node).toISOString()} and the API server ${new Date(least.pair.server).toISOString()} within one request: the node is ${spell(seconds)} ${way} it, in the closest of ${pairs.length}.`,
          severity: seconds >= HIGH_S ? 'high' : seconds >= MEDIUM_S ? 'medium' : 'low',
          confidence: certain('both times stand in one file, within one request'),
          owner: 'node OS',
          entities: [],
          userNotices:
            seconds >= HIGH_S
              ? 'Calls to AWS fail (SignatureDoesNotMatch, "signature expired"), certificates and tokens are refused; the node may be NotReady.'
              : 'Certificates and tokens that were just made are refused for a while; times in logs do not fit those of others.',
          now: [
            'See what the time service says: `chronyc tracking; chronyc sources`',
            'Set the clock at once: `sudo chronyc makestep`',
          ],
          longTerm: ['Let chronyd use the Amazon Time Sync Service: `server 169.254.169.123 prefer iburst`'],
          check: ['`chronyc tracking` says Leap status Normal, and a system time of a few milliseconds'],
          evidence: [refAt(least.fact, least.pair.line)],
          explains: seconds >= HIGH_S ? ['certificate-not-yet-valid'] : [],
        }),
      ],
      '',
    );
  },
};

function spell(seconds: number): string {
  if (seconds < 120) return `${seconds} seconds`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}
