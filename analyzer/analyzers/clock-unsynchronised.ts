/** The node's clock follows no time source, as timedatectl or chronyc say. It runs on by itself, and drifts by seconds a day. */
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

const OFFSET_S = 1;

export const clockUnsynchronised: Analyzer = {
  id: 'clock-unsynchronised',
  title: "The node's clock follows a time source",
  area: 'node',
  run(facts) {
    const { clocks } = facts.host;
    if (clocks.length === 0)
      return { outcome: 'skipped', missing: 'the state of the time service: timedatectl, chronyc tracking' };
    const synchronized = clocks.find(({ value }) => value.synchronized?.value === true);
    const off = clocks.find(({ value }) => (value.offsetSeconds?.value ?? 0) >= OFFSET_S);
    const not = clocks.find(({ value }) => value.synchronized?.value === false);
    const silent = clocks.find(({ value }) => value.silent !== null);
    const shown = not ?? off ?? (synchronized === undefined ? silent : undefined);
    if (shown === undefined || (synchronized !== undefined && off === undefined))
      return { outcome: 'pass', because: 'the clock is synchronised' };
    const { value } = shown;
    const line =
      not === undefined
        ? off === undefined
          ? value.silent?.line
          : value.offsetSeconds?.line
        : value.synchronized?.line;
    const offset = off?.value.offsetSeconds?.value;
    return outcomeOf(
      [
        stateFinding(refAt(shown, line ?? 1), {
          rule: 'clock-unsynchronised',
          area: 'clock',
          title:
            offset === undefined
              ? "The node's clock follows no time source"
              : `The node's clock is ${offset.toFixed(1)} seconds off`,
          claim:
            not !== undefined
              ? 'The node says that its clock is not synchronised with a time source.'
              : offset !== undefined
                ? `chronyd says that the node's clock is ${offset} seconds from its time source.`
                : `The time service does not run or does not answer (${value.silent?.value}).`,
          severity: not !== undefined || (offset ?? 0) >= 60 ? 'medium' : 'low',
          confidence:
            not === undefined && offset === undefined
              ? likely('another program may set the clock')
              : certain('the time service says so'),
          owner: 'node OS',
          entities: [],
          userNotices:
            'Nothing at first; as the clock drifts, tokens and certificates are refused and times of logs no longer fit together.',
          now: [
            'See which sources it knows and reaches: `chronyc sources -v`, `systemctl status chronyd`',
            'Start it: `sudo systemctl enable --now chronyd`',
          ],
          longTerm: [
            'Use the Amazon Time Sync Service, which needs no way to the internet: `server 169.254.169.123 prefer iburst`',
          ],
          check: ['`timedatectl` says "System clock synchronized: yes"'],
          evidence: clocks.flatMap((fact) => (fact.value.silent === null ? [] : [refAt(fact, fact.value.silent.line)])),
        }),
      ],
      '',
    );
  },
};
