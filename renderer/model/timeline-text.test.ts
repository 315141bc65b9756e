import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messageStart } from './timeline-text.ts';

it.each([
  [
    '2026-06-17T13:52:26.375943624Z stderr F E0617 13:52:26.375943       1 reflector.go:158] "Unhandled Error"',
    '"Unhandled',
  ],
  [
    'Jun 17 14:00:01 ip-10-0-1-2.ec2.internal kubelet[3127]: I0617 14:00:01.285375    3127 prober.go:107] "Probe failed"',
    '"Probe',
  ],
  ['Jun  7 10:00:01 ip-10-0-1-2 kernel: IPv6: link becomes ready', 'IPv6:'],
  ['[Wed Jun 17 10:00:01 2026] IPv6: link becomes ready', 'IPv6:'],
  ['[   12.345678] oom-kill: pid 7', 'oom-kill:'],
  ['{"level":"info","ts":"2026-06-17T14:00:01.000Z","caller":"x.go:7","msg":"Assign IP"}', 'Assign IP'],
  ['time="2026-06-17T14:00:01Z" level=warning msg="cleaning up"', '"cleaning'],
  ['[ERROR] plugin/kubernetes: Failed to watch', '[ERROR]'],
  ['-A KUBE-SERVICES -j RETURN', '-A KUBE'],
])('finds where the message of %s begins', (text, begins) => {
  expect(text.slice(messageStart(text)).startsWith(begins)).toBe(true);
});

it('leaves something of every text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 600 }), (text) => {
      const start = messageStart(text);
      expect(start === 0 || start < text.length).toBe(true);
    }),
  );
});
