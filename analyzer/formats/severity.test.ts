import { expect, test } from 'vitest';
import { LINE_SEVERITY, lineSeverity, type SeverityGuess } from './severity.ts';

function severityOf(line: string, guess: SeverityGuess = { kind: 'none', offset: 0 }): number {
  const bytes = Buffer.from(`xx${line}\nE0101 00:`);
  return lineSeverity(bytes, 2, 2 + Buffer.byteLength(line), guess);
}

test.each([
  ['E0501 12:00:00.123456       1 proxier.go:12] "Sync failed"', LINE_SEVERITY.error],
  ['W0501 12:00:00.123456       1 reflector.go:561] failed to list', LINE_SEVERITY.warning],
  ['I0501 12:00:00.123456       1 server.go:1] "Version info" level=error', LINE_SEVERITY.low],
  ['2024-05-01T12:00:00.123456789Z stderr F E0501 12:00:00.123456       1 a.go:1] x', LINE_SEVERITY.error],
  ['May 01 12:00:00 ip-10-0-1-2 kubelet[1234]: E0501 12:00:00.123456    1234 pod.go:1] x', LINE_SEVERITY.error],
  ['time="2024-05-01T12:00:00Z" level=warning msg="cleanup"', LINE_SEVERITY.warning],
  ['{"level":"error","ts":"2024-05-01T12:00:00.123Z","msg":"x"}', LINE_SEVERITY.error],
  ['2024/05/01 12:00:00 [ERROR] plugin/errors: 2 x. A: read udp', LINE_SEVERITY.error],
  ['TERROR is no word, nor is ERRORS', LINE_SEVERITY.none],
  ['-A KUBE-SERVICES -d 10.96.0.1/32 -j KUBE-SVC-X', LINE_SEVERITY.none],
  ['', LINE_SEVERITY.none],
])('%s', (line, expected) => {
  expect(severityOf(line)).toBe(expected);
});

test('a guess from the line before never changes the answer', () => {
  const guess: SeverityGuess = { kind: 'none', offset: 0 };
  expect(severityOf('E0501 12:00:00.1 1 a.go:1] x', guess)).toBe(LINE_SEVERITY.error);
  expect(guess.kind).toBe('klog');
  expect(severityOf('goroutine 1 [running]:', guess)).toBe(LINE_SEVERITY.none);
  expect(severityOf('x W0501 12:00:00.1 1 a.go:1] x', guess)).toBe(LINE_SEVERITY.warning);
  expect(severityOf('W0501 12:00:00.1 1 a.go:1] x', guess)).toBe(LINE_SEVERITY.warning);
});

test('a klog stamp that begins beyond the line is not read', () => {
  expect(severityOf('E0501 1')).toBe(LINE_SEVERITY.none);
});
