/** Service chains that nothing leads to. Normal for a while in large clusters, harmless in any. */

import type { Analyzer } from './analyzer.ts';
import { orphanFindings } from './orphan-chains.ts';

export const orphanSvc: Analyzer = {
  id: 'orphan-svc',
  title: 'Every service chain is led to',
  area: 'chains',
  onlyIn: 'iptables',
  run: (facts) => orphanFindings(facts, 'orphan-svc', ['SVC', 'SVL', 'EXT', 'FW', 'XLB']),
};
