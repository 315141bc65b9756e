/** A rule in FORWARD that refuses packets to pods this node's services send traffic to. */
import { forwardFindings } from './forward-rules.ts';
import type { Analyzer } from './analyzer.ts';

export const forwardReject: Analyzer = {
  id: 'forward-reject',
  title: 'No REJECT rule in FORWARD takes service traffic',
  area: 'chains',
  run: (facts) => forwardFindings(facts, 'REJECT'),
};
