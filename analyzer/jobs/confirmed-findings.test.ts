import { describe, expect, it } from 'vitest';
import { confirmedFindings } from './confirmed-findings.ts';
import { finding } from './finding.fixture.ts';

const lost = finding('node-lost', { severity: 'critical', secondSignal: ['kubelet-stopped', 'kernel-panic'] });

describe('confirmedFindings', () => {
  it('lowers what nothing confirms, and says what would', () => {
    const [found] = confirmedFindings([lost]);
    expect(found?.severity).toBe('high');
    expect(found?.confidence.because).toBe(
      'it is captured; it would be critical with a second signal on this node (kubelet-stopped, kernel-panic), and none was found',
    );
    expect(found?.id).toBe(lost.id);
  });

  it('leaves it critical beside a signal of the same node, however low, and names that', () => {
    const [found, signal] = confirmedFindings([lost, finding('kernel-panic', { severity: 'low', bundle: 'b' })]);
    expect(found?.severity).toBe('critical');
    expect(found?.confidence.because).toContain('confirmed on this node by: title of kernel-panic');
    expect(signal?.severity).toBe('low');
  });

  it('takes no signal from another node, and none from itself', () => {
    const elsewhere = finding('kernel-panic', { node: 'node-2', bundle: 'b' });
    expect(confirmedFindings([lost, elsewhere])[0]?.severity).toBe('high');
    expect(confirmedFindings([{ ...lost, secondSignal: ['node-lost'] }])[0]?.severity).toBe('high');
  });

  it('changes nothing else', () => {
    const others = [finding('state', { severity: 'critical' }), { ...lost, severity: 'medium' as const }];
    expect(confirmedFindings(others)).toEqual(others);
  });
});
