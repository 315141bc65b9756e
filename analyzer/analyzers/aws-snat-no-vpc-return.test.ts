import { describe, expect, test } from 'vitest';
import { FORMS, findingsOf, HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { awsSnatNoVpcReturn } from './aws-snat-no-vpc-return.ts';

describe.each(FORMS)('aws-snat-no-vpc-return from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(awsSnatNoVpcReturn, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('no RETURN before SNAT is found', () => {
    const found = findingsOf(
      awsSnatNoVpcReturn,
      sampleFacts(without(HEALTHY_SAVE, /AWS-SNAT-CHAIN-0 .*-j RETURN/), form),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.owner).toBe('VPC CNI');
    expect(found[0]?.claim).toContain('192.168.10.5');
  });

  test('a node without the chain passes', () => {
    expect(awsSnatNoVpcReturn.run(sampleFacts(without(HEALTHY_SAVE, 'AWS-SNAT-CHAIN-0'), form)).outcome).toBe('pass');
  });
});
