/** A rule in FORWARD that drops packets to pods this node's services send traffic to. */

import type { Analyzer } from './analyzer.ts';
import { forwardFindings } from './forward-rules.ts';

export const forwardDrop: Analyzer = {
  id: 'forward-drop',
  title: 'No DROP rule in FORWARD takes service traffic',
  area: 'chains',
  run: (facts) => forwardFindings(facts, 'DROP'),
};
