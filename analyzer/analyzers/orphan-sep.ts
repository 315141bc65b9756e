/** Endpoint chains that nothing leads to. Normal for a while in large clusters, harmless in any. */

import type { Analyzer } from './analyzer.ts';
import { orphanFindings } from './orphan-chains.ts';

export const orphanSep: Analyzer = {
  id: 'orphan-sep',
  title: 'Every endpoint chain belongs to a service chain',
  area: 'chains',
  onlyIn: 'iptables',
  run: (facts) => orphanFindings(facts, 'orphan-sep', ['SEP']),
};
