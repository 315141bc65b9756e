/** A rule in FORWARD that refuses packets to pods this node's services send traffic to. */

import type { Analyzer } from './analyzer.ts';
import { forwardFindings } from './forward-rules.ts';

export const forwardReject: Analyzer = {
  id: 'forward-reject',
  title: 'No REJECT rule in FORWARD takes service traffic',
  area: 'chains',
  run: (facts) => forwardFindings(facts, 'REJECT'),
};
