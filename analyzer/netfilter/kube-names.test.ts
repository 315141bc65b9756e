import { expect, test } from 'vitest';
import { endpointHash, kubeChain, serviceHash, serviceInComment } from './kube-names.ts';

test.each([
  ['default/kubernetes:https', 'tcp', 'NPX46M4PTMTKRN6Y'],
  ['kube-system/kube-dns:dns', 'udp', 'TCOU7JCQXEZGVUNU'],
  ['kube-system/kube-dns:dns-tcp', 'tcp', 'ERIFXISQEP7F7OF4'],
])('%s over %s hashes to %s', (service, protocol, hash) => {
  expect(serviceHash(service, protocol)).toBe(hash);
});

test('an endpoint hashes with its service', () => {
  expect(endpointHash('shop/web:http', 'tcp', '10.244.2.11:8080')).toBe('BTZNBNILETY57XCS');
});

test.each([
  ['shop/web:http', 'shop/web:http'],
  ['shop/unnamed', 'shop/unnamed'],
  ['shop/web:http cluster IP', 'shop/web:http'],
  ['shop/web:http -> 10.244.1.11:8080', 'shop/web:http'],
  ['shop/empty:http has no endpoints', 'shop/empty:http'],
  ['masquerade traffic for shop/np:http external destinations', 'shop/np:http'],
  ['kubernetes service portals', null],
  ['AWS SNAT CHAIN', null],
  ['10.0.0.0/8', null],
])('the service in "%s" is %s', (comment, service) => {
  expect(serviceInComment(comment)).toBe(service);
});

test('chain names', () => {
  expect(kubeChain('KUBE-SVC-NPX46M4PTMTKRN6Y')).toEqual({ kind: 'SVC', hash: 'NPX46M4PTMTKRN6Y' });
  for (const name of ['KUBE-SERVICES', 'KUBE-SVC-short', 'KUBE-MARK-MASQ', 'KUBE-FW-NPX46M4PTMTKRN6YX'])
    expect(kubeChain(name)).toBeNull();
});
