import { describe, expect, it } from 'vitest';
import { AFFECTED, HEALTHY } from '../../bridge/fake/fake-case.ts';
import { NAMES, SERVICES } from '../../bridge/fake/fake-network.ts';
import type { Failure } from '../../model/types.ts';
import { type TraceForm, traceKey } from '../../stores/network.ts';
import { traceOf, traceRoute } from './routes.ts';
import { faultOf, formOf, questionOf, sentTo, suggestions, withDestination, withSender } from './trace-form.ts';

const form = (part: Partial<TraceForm> = {}): TraceForm => ({
  bundle: AFFECTED,
  from: 'node',
  to: 'shop/web:http',
  protocol: 'tcp',
  inInterface: '',
  state: 'new',
  ...part,
});
const asked = (one: TraceForm, bundles = [AFFECTED, HEALTHY]) => {
  const answer = questionOf(one, bundles);
  if ('fault' in answer) throw new Error(answer.fault.message);
  return answer.question;
};
const faultIn = (one: TraceForm, bundles = [AFFECTED, HEALTHY]) => {
  const answer = questionOf(one, bundles);
  return 'fault' in answer ? answer.fault.field : null;
};

describe('the question of a form', () => {
  it('is what was typed, without the spaces around it', () => {
    expect(asked(form({ from: ' 10.0.113.72 ', to: ' 172.20.87.14:80', inInterface: ' eni+ ' }))).toEqual({
      bundle: AFFECTED,
      from: '10.0.113.72',
      to: '172.20.87.14:80',
      protocol: 'tcp',
      inInterface: 'eni+',
      state: 'new',
    });
    expect(asked(form()).inInterface).toBeNull();
  });
  it('takes the only node, and wants one of several', () => {
    expect(asked(form({ bundle: null }), [HEALTHY]).bundle).toBe(HEALTHY);
    expect(faultIn(form({ bundle: null }))).toBe('bundle');
    expect(faultIn(form(), [HEALTHY])).toBe('bundle');
  });
  it('says which field is empty', () => {
    expect(faultIn(form({ from: '  ' }))).toBe('from');
    expect(faultIn(form({ to: '' }))).toBe('to');
  });
  it('comes back from its route, and fills the form again', () => {
    const question = asked(form({ from: '10.0.113.72', inInterface: 'eth0', state: 'established' }));
    const back = traceOf(traceRoute(question).params);
    expect(back).toEqual(question);
    expect(traceKey(back ?? question)).toBe(traceKey(question));
    expect(asked(formOf(question))).toEqual(question);
    expect(traceOf({ tab: 'trace', from: 'node' })).toBeNull();
  });
});

describe('a refusal', () => {
  const failure = (part: Partial<Failure> = {}): Failure => ({
    code: 'wrong-usage',
    message: 'no service is called so',
    where: 'shop/wep',
    advice: 'Did you mean shop/web?',
    ...part,
  });
  const question = asked(form({ to: 'shop/wep', inInterface: 'eth0' }));
  it('stands at the field whose text it names', () => {
    expect(faultOf(failure(), question)).toEqual({
      field: 'to',
      message: 'no service is called so',
      advice: 'Did you mean shop/web?',
    });
    expect(faultOf(failure({ where: 'node' }), question).field).toBe('from');
    expect(faultOf(failure({ where: 'eth0' }), question).field).toBe('inInterface');
  });
  it('stands under the form when it is about no one field', () => {
    expect(faultOf(failure({ where: 'node to shop/wep' }), question).field).toBeNull();
    expect(faultOf(failure({ code: 'internal' }), question).field).toBeNull();
  });
});

describe('the destination', () => {
  it('is a service by its name or by its address and port on that node', () => {
    const at = (port: number, to = '172.20.0.1:443') =>
      sentTo({ to }, { bundle: AFFECTED, destination: '172.20.0.1', port }, SERVICES.services);
    expect(at(443)).toBe('service');
    expect(at(80)).toBe('address');
    expect(at(80, 'shop/web')).toBe('service');
    expect(sentTo({ to: 'x' }, { bundle: HEALTHY, destination: '172.20.0.1', port: 443 }, SERVICES.services)).toBe(
      'address',
    );
  });
});

describe('choosing', () => {
  it('brings the interface of a sender, and takes it away with it', () => {
    const chosen = withSender(form(), '10.0.113.72', NAMES.sources);
    expect(chosen.inInterface).toBe('eni7d1f0c2ab94');
    expect(withSender(chosen, '10.0.113.7', NAMES.sources).inInterface).toBe('');
    expect(withSender({ ...chosen, inInterface: 'eth1' }, 'node', NAMES.sources).inInterface).toBe('eth1');
  });
  it('does not take the sender of another node for this one', () => {
    expect(withSender(form(), '10.0.126.9', NAMES.sources).inInterface).toBe('');
  });
  it('takes the protocol of a service', () => {
    expect(withDestination(form({ protocol: 'udp' }), 'shop/web:http', NAMES.services).protocol).toBe('tcp');
    expect(withDestination(form({ protocol: 'udp' }), '10.0.0.1:53', NAMES.services).protocol).toBe('udp');
  });
  it('offers names of the node only, those that begin so first', () => {
    const offered = (typed: string) =>
      suggestions(NAMES.services, AFFECTED, typed, (one) => one.id).map((one) => one.id);
    expect(offered('')).toEqual(['shop/web:http', 'default/kubernetes:https']);
    expect(offered('default')).toEqual(['default/kubernetes:https']);
    expect(offered('172.20.87')).toEqual(['shop/web:http']);
    expect(offered('http 443')).toEqual(['default/kubernetes:https']);
  });
});
