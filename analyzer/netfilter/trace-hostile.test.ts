/** Rule sets that nobody writes in earnest: every trace of them ends, in memory that does not grow with them. */
import { describe, expect, test } from 'vitest';
import { POD, traceRules } from '../../test/support/trace-text.ts';
import type { FlowTrace } from './flow.ts';

const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const total = ({ outcomes }: FlowTrace): number => outcomes.reduce((sum, { share }) => sum + share, 0);
const stepsKept = ({ outcomes }: FlowTrace): number => outcomes.reduce((sum, { steps }) => sum + steps.length, 0);
const half = '-m statistic --mode random --probability 0.50000000000';

/** A service with as many endpoints, all behind the router. */
function service(endpoints: number): string {
  const address = (index: number): string => `10.244.${2 + (index >> 8)}.${index & 255}`;
  return [
    '-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-SVC-X',
    times(endpoints, (index) => {
      const left = endpoints - index;
      const chance = left > 1 ? `-m statistic --mode random --probability ${(1 / left).toFixed(11)} ` : '';
      return `-A KUBE-SVC-X ${chance}-j KUBE-SEP-${index}`;
    }),
    times(endpoints, (index) => `-A KUBE-SEP-${index} -p tcp -m tcp -j DNAT --to-destination ${address(index)}:80`),
  ].join('\n');
}

describe('ends as unknown, with the reason', () => {
  const chains: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'each chain calls the next one twice': {
      filter: `${times(60, (index) => `-A ${index === 0 ? 'FORWARD' : `C${index}`} -j C${index + 1}\n-A C${index === 0 ? 0 : index} -j C${index + 1}`)}\n-A C60 -j LOG\n-A FORWARD -j C1`,
    },
    'a chain that draws whether it calls itself': { filter: `-A FORWARD -j A\n-A A ${half} -j A\n-A A -j A` },
    'thousands of draws that all leave another mark': {
      mangle: times(3000, (index) => {
        const bit = `0x${(1 << (index % 30)).toString(16)}`;
        return `-A PREROUTING ${half} -j MARK --set-xmark ${bit}/${bit}`;
      }),
    },
  };
  test.each(Object.entries(chains))('%s', (_, rules) => {
    const trace = traceRules(rules, POD);
    expect(total(trace)).toBeCloseTo(1, 6);
    const unknown = trace.outcomes.filter(({ verdict }) => verdict === 'unknown');
    expect(unknown.reduce((sum, { share }) => sum + share, 0)).toBeGreaterThan(0.5);
    expect(trace.unknown.join('\n')).toMatch(
      /^(?:on all ways together the packet meets more than \d+ rules|draws make more than \d+ different packets at one rule)$/m,
    );
  });

  test('twenty rules that cannot be decided, before a service of 2,000 endpoints', () => {
    const mangle = times(
      20,
      (index) => `-A PREROUTING -m u32 --u32 "${index}=0x1" -j MARK --set-xmark 0x${index}/0xff`,
    );
    const trace = traceRules({ mangle, nat: service(2000) }, POD);
    expect(total(trace)).toBeCloseTo(1, 6);
    expect(new Set(trace.outcomes.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
    expect(trace.unknown.length).toBeLessThan(12);
  });
});

describe('is still decided', () => {
  test('a service of 5,000 endpoints', () => {
    const trace = traceRules({ nat: service(5000) }, POD);
    expect(trace.outcomes).toHaveLength(5000);
    expect(total(trace)).toBeCloseTo(1, 6);
    for (const { verdict, share } of trace.outcomes) {
      expect(verdict).toBe('deliver');
      expect(Math.abs(share - 1 / 5000)).toBeLessThan(1e-6);
    }
  });

  test('20,000 rules that may log; the last steps are kept, the others counted', () => {
    const filter = times(20_000, (index) => `-A FORWARD -m limit --limit 1/sec -j LOG --log-prefix ${index}`);
    const trace = traceRules({ nat: service(200), filter }, POD);
    expect(total(trace)).toBeCloseTo(1, 6);
    expect(stepsKept(trace)).toBeLessThan(250_000);
    const few = traceRules({ nat: service(8), filter }, POD);
    expect(few.outcomes.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 8 }, () => 'deliver'));
  });

  test('many ways to one outcome are told as one, and none of their shares is lost', () => {
    const nat = `${times(3000, () => `-A KUBE-SVC-X ${half} -j KUBE-EMPTY`)}\n-N KUBE-EMPTY\n-A PREROUTING -j KUBE-SVC-X`;
    const trace = traceRules({ nat }, POD);
    expect(trace.outcomes.length).toBeLessThan(20);
    expect(total(trace)).toBeCloseTo(1, 6);
    expect(new Set(trace.outcomes.map(({ verdict }) => verdict))).toEqual(new Set(['passthrough']));
  });
});
