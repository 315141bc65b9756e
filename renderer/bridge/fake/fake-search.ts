/** An answer to a search of the invented case: one line of a log, one of a dump. */
import type { SearchAnswer } from '../../model/types.ts';
import { AFFECTED, lineText } from './fake-case.ts';

export const SEARCH: SearchAnswer = {
  total: 2,
  complete: true,
  matches: [
    {
      bundle: AFFECTED,
      node: 'ip-10-0-113-27',
      file: 'var_log/kube-proxy.log',
      aliases: [],
      line: 4821,
      time: '2025-10-14T10:07:44.812Z',
      timeBasis: 'year-inferred',
      severity: 'high',
      text: lineText('var_log/kube-proxy.log', 4821),
      ranges: [[48, 83]],
      before: [lineText('var_log/kube-proxy.log', 4820)],
      after: [lineText('var_log/kube-proxy.log', 4822)],
    },
    {
      bundle: AFFECTED,
      node: 'ip-10-0-113-27',
      file: 'networking/iptables-save.txt',
      aliases: [],
      line: 88,
      time: null,
      timeBasis: null,
      severity: null,
      text: ':KUBE-SERVICES - [0:0]',
      ranges: [[1, 14]],
      before: [],
      after: [],
    },
  ],
  best: [],
  stopped: null,
  blocksDone: 2,
  blocks: 2,
  next: null,
  facets: {
    node: [{ bundle: AFFECTED, node: 'ip-10-0-113-27', count: 2 }],
    file: [
      { bundle: AFFECTED, node: 'ip-10-0-113-27', file: 'var_log/kube-proxy.log', count: 1 },
      { bundle: AFFECTED, node: 'ip-10-0-113-27', file: 'networking/iptables-save.txt', count: 1 },
    ],
    severity: [
      { severity: 'high', count: 1 },
      { severity: null, count: 1 },
    ],
    hour: [
      { hour: '2025-10-14T10:00:00.000Z', count: 1 },
      { hour: null, count: 1 },
    ],
  },
  milliseconds: 12,
};
