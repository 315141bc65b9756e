import { describe, expect, it } from 'vitest';
import { makeOutcome } from '../../bridge/fake/fake-network.ts';
import {
  fractionOf,
  outcomeMark,
  percentWords,
  returnSentence,
  shareLabel,
  shareOfConnections,
  sourceSentence,
  traceSentence,
  worstFirst,
} from './words.ts';

describe('shares', () => {
  it('are fractions when they are one part of n', () => {
    expect([1, 1 / 2, 0.33333333349, 0.2, 1 / 64].map(shareLabel)).toEqual(['all', '1/2', '1/3', '1/5', '1/64']);
  });
  it('are percentages otherwise, and never round to none or all', () => {
    expect([2 / 3, 0.123, 0.999999, 0.0000001].map(shareLabel)).toEqual([
      '66.7 %',
      '12.3 %',
      'above 99.99 %',
      'below 0.01 %',
    ]);
    expect(percentWords(0)).toBe('0 %');
  });
  it('tell none from not known', () => {
    expect(shareLabel(0)).toBe('none');
    expect(shareLabel(null)).toBe('not known');
  });
  it('take a fraction only when the share is that fraction', () => {
    expect(fractionOf(0.34)).toEqual({ k: 17, n: 50 });
    expect(fractionOf(0.335, 10)).toBeNull();
    expect(shareOfConnections(0.4)).toEqual({ text: 'two of five connections', one: false });
    expect(shareOfConnections(0.25)).toEqual({ text: 'one of four connections', one: true });
  });
});

describe('the first line of a trace', () => {
  const said = (...outcomes: Parameters<typeof makeOutcome>[0][]) =>
    traceSentence({ state: 'new', outcomes: outcomes.map(makeOutcome) });

  it('says who arrives and who does not, and why', () => {
    expect(
      said(
        { verdict: 'deliver', share: 1 / 3, endpoint: '10.244.1.11:8080' },
        { verdict: 'deliver', share: 1 / 3, endpoint: '10.244.2.12:8080' },
        { verdict: 'drop', share: 1 / 3, endpoint: null, because: 'no route to 10.244.1.250.' },
      ),
    ).toBe('Two of three connections reach an endpoint; one of three is dropped: no route to 10.244.1.250.');
  });
  it('names the only endpoint, and says when its replies are lost', () => {
    expect(said({ share: 1, endpoint: '10.244.1.11:8080', returnPath: 'broken' })).toBe(
      'All connections reach an endpoint: 10.244.1.11:8080, but no reply comes back.',
    );
  });
  it('does not choose between different reasons', () => {
    expect(said({ verdict: 'drop', share: 0.5, because: 'a' }, { verdict: 'drop', share: 0.5, because: 'b' })).toBe(
      'All connections are dropped, for two reasons.',
    );
  });
  it('uses percentages where no small fraction fits', () => {
    expect(said({ verdict: 'reject', share: 0.123, because: 'x' }, { share: 0.877, endpoint: 'e' })).toBe(
      '87.7 % of connections reach an endpoint: e; 12.3 % are refused: x.',
    );
  });
  it('does not take what cannot be followed for lost', () => {
    expect(said({ verdict: 'unknown', share: 1, endpoint: null, because: 'the filter table was not captured' })).toBe(
      'What becomes of these connections cannot be told: the filter table was not captured.',
    );
    expect(said({ share: 0.5, endpoint: 'e' }, { verdict: 'unknown', share: 0.5, because: 'no routes' })).toBe(
      'One of two connections reaches an endpoint: e; what becomes of one of two cannot be told: no routes.',
    );
  });
  it('claims nothing of a trace without outcomes', () => {
    expect(said()).toBe('Nothing is known of what becomes of this packet.');
  });
});

describe('an outcome', () => {
  it('is worst first, then likeliest', () => {
    const outcomes = [
      makeOutcome({ share: 0.5 }),
      makeOutcome({ verdict: 'drop', share: 0.1 }),
      makeOutcome({ share: 0.4 }),
    ];
    expect(worstFirst(outcomes).map(({ index }) => index)).toEqual([1, 0, 2]);
  });
  it('passes only when its replies are not known to be lost', () => {
    expect(outcomeMark({ verdict: 'deliver', returnPath: 'broken' })).toBe('high');
    expect(outcomeMark({ verdict: 'deliver', returnPath: 'ok' })).toBe('pass');
    expect(outcomeMark({ verdict: 'passthrough', returnPath: 'ok' })).toBe('info');
    expect(outcomeMark({ verdict: 'passthrough', returnPath: 'ok' }, 'service')).toBe('high');
    expect(returnSentence(makeOutcome({ verdict: 'passthrough' })).mark).toBe('info');
    expect(outcomeMark({ verdict: 'unknown', returnPath: 'unknown' })).toBe('unknown');
  });
  it('says which source the endpoint sees', () => {
    expect(sourceSentence(makeOutcome({ snat: true, snatTo: '10.0.1.2', sourceNatRule: 'MASQUERADE' }))).toBe(
      'The endpoint sees 10.0.1.2 as the sender, by the rule below.',
    );
    expect(sourceSentence(makeOutcome({ snat: false }))).toBe("The endpoint sees the sender's own address.");
    expect(sourceSentence(makeOutcome({ snat: null }))).toBeNull();
    expect(returnSentence(makeOutcome({ returnPath: 'unknown', returnBecause: 'no routes were captured.' }))).toEqual({
      mark: 'unknown',
      text: 'Whether replies come back is not known: no routes were captured.',
    });
  });
});
