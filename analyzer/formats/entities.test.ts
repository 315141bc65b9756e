import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entitiesOf, LINE_ENTITIES_MAX } from './entities.ts';

const uid = '1f0c3c2e-7b1d-4c55-9e0a-0123456789ab';
const id = '4b2f'.repeat(16);

/** `kind name` of all, in the order of the line. */
const named = (line: string) => entitiesOf(line).map(({ kind, name }) => `${kind} ${name}`);

test.each([
  [
    `E0501 12:00:00.123456    1234 pod_workers.go:1300] "Error syncing pod, skipping" pod="default/web-0" podUID="${uid}"`,
    ['pod default/web-0'],
  ],
  [`Error syncing pod ${uid}, for pod "web-0_default(${uid})"`, ['pod default/web-0']],
  [`Readiness probe failed (pod=web-0_default(${uid}))`, ['pod default/web-0']],
  [
    'RunPodSandbox for &PodSandboxMetadata{Name:web-0,Uid:1f0c,Namespace:default,Attempt:0,} failed',
    ['pod default/web-0'],
  ],
  [`/var/log/pods/kube-system_aws-node-x7k2p_${uid}/aws-node/0.log`, ['pod kube-system/aws-node-x7k2p']],
  [
    `/var/log/containers/aws-node-x7k2p_kube-system_aws-node-${id}.log`,
    ['pod kube-system/aws-node-x7k2p', `container ${id}`],
  ],
  [`{"msg":"x","pod":"default/web-0"}`, ['pod default/web-0']],
  [`level=info msg="x" err="\\"pod=default/web-0\\""`, ['pod default/web-0']],
  [`RemoveContainer for "${id}" returns successfully`, [`container ${id}`]],
  [`containerID="containerd://${id}"`, [`container ${id}`]],
  [`"Finished" containerID="4b2f4b2f4b2f"`, ['container 4b2f4b2f4b2f']],
  [`image pause@sha256:${id}`, []],
  [`commit 4b2f4b2f4b2f`, []],
  [`cri-containerd-${id}.scope: Deactivated successfully.`, [`container ${id}`]],
  ['Adding 10.141.86.239/32 to DS for eni-09ab12cd34ef56ab7', ['ip 10.141.86.239', 'eni eni-09ab12cd34ef56ab7']],
  ['read udp 10.0.1.2:38017->10.0.0.2:53: i/o timeout', ['ip 10.0.1.2', 'ip 10.0.0.2']],
  [
    String.raw`{"log":"from 10.0.1.2:38017-\u003e10.0.0.2:53\n10.0.0.3"}`,
    ['ip 10.0.1.2', 'ip 10.0.0.2', 'ip 10.0.0.3'],
  ],
  ['dial tcp [2001:db8::7]:443: connect', ['ip 2001:db8::7']],
  ['Get "https://10.100.0.1:443/api": EOF.', ['ip 10.100.0.1']],
  ['listening on 127.0.0.1.', ['ip 127.0.0.1']],
  ['route fe80::1%eth0 and ::1 and ::ffff:10.0.0.1', ['ip fe80::1', 'interface eth0', 'ip ::1', 'ip ::ffff:10.0.0.1']],
  ['range 10.0.0.1-10.0.0.9', ['ip 10.0.0.1', 'ip 10.0.0.9']],
  ['ip-10-0-1-2.ec2.internal/10.0.1.2:8080', ['node ip-10-0-1-2.ec2.internal', 'ip 10.0.1.2']],
  ['kernel-5.10.1.2.rpm amazon-k8s-cni:v1.18.1.2 tool-1.2.3.4 /opt/tool/1.2.3.4/bin tool/1.2.3.4 version 1.2.3.4', []],
  ['10.1.0.10.in-addr.arpa 999.1.1.1 1.2.3.4.5 010.1.1.1 1.2.3', []],
  ['at 12:00:00 std::vector 0a:1b:2c:3d:4e:5f 00:11:22:33:44:55:66:77 a::b Foo::Bar', []],
  [
    '"Adding new service port" portName="kube-system/kube-dns:dns" servicePort="172.20.0.10:53/UDP"',
    ['service kube-system/kube-dns:dns', 'ip 172.20.0.10'],
  ],
  [
    '-A KUBE-SERVICES -d 10.96.0.1/32 -m comment --comment "default/kubernetes:https cluster IP" -j KUBE-SVC-NPX46M4PTMTKRN6Y',
    ['chain KUBE-SERVICES', 'ip 10.96.0.1', 'service default/kubernetes:https', 'chain KUBE-SVC-NPX46M4PTMTKRN6Y'],
  ],
  [
    '-A KUBE-SVC-X -m comment --comment "shop/web:http -> 10.244.1.11:8084"',
    ['chain KUBE-SVC-X', 'service shop/web:http', 'ip 10.244.1.11'],
  ],
  [
    '-A KUBE-SEP-X --comment "shop/web:http" -j KUBE-MARK-MASQ',
    ['chain KUBE-SEP-X', 'service shop/web:http', 'chain KUBE-MARK-MASQ'],
  ],
  ['-m comment --comment "kubernetes postrouting rules" --comment "a/b"', []],
  ['IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_INFRA_CONTAINER_ID=x', ['pod default/web-0']],
  ['Received AddNetwork: K8S_POD_NAME:"web-0" K8S_POD_NAMESPACE:"default"', ['pod default/web-0']],
  [
    'kubelet.service: Main process exited; Started cloud-init.target; systemd-udevd.service failed',
    ['unit kubelet.service', 'unit systemd-udevd.service'],
  ],
  ['/etc/systemd/system/kubelet.service web.default.svc.cluster.local my.service.account', []],
  [
    'eth0 eni1a2b3c4d5e6 veth1a2b3c4d cali0123456789a link becomes ready',
    ['interface eth0', 'veth eni1a2b3c4d5e6', 'veth veth1a2b3c4d', 'veth cali0123456789a'],
  ],
  [
    `AttachVolume.Attach failed for volume "pvc-${uid}" vol-0123456789abcdef0 volume \\"data\\" on node i-0123456789abcdef0`,
    [`volume pvc-${uid}`, 'volume vol-0123456789abcdef0', 'volume data', 'node i-0123456789abcdef0'],
  ],
  ['"Failed to update" node="ip-10-0-1-2.us-west-2.compute.internal"', ['node ip-10-0-1-2.us-west-2.compute.internal']],
  ['node="worker-1" err="x"', ['node worker-1']],
])('%s', (line, expected) => {
  expect(named(line)).toEqual(expected);
});

describe('entities', () => {
  test('their ranges are in the line, in order, without overlaps', () => {
    const line = `pod="default/web-0" at 10.0.0.1 on eth0 of "web-0_default(${uid})"`;
    expect(entitiesOf(line).map(({ start, end }) => line.slice(start, end))).toEqual([
      'default/web-0',
      '10.0.0.1',
      'eth0',
      `web-0_default(${uid})`,
    ]);
  });

  test('a list of addresses ends', () => {
    const line = Array.from({ length: 5000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`).join(' ');
    expect(entitiesOf(line)).toHaveLength(LINE_ENTITIES_MAX);
  });

  const hostile = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...['pod="', 'a/', 'a.', '_', '(', uid, id, '/var/log/pods/', '10.0.0.1', '::', ':', '1.', 'ip-', 'eni-'],
        ...['.service', 'volume "', '\\"', 'service=', 'KUBE-', 'containerID=', 'PodSandboxMetadata{Name:', ' ', '-'],
      ),
    ),
    { maxLength: 40 },
  );

  test('any text gives ranges of itself', () => {
    fc.assert(
      fc.property(hostile, (parts) => {
        const line = parts.join('');
        let last = 0;
        for (const { name, start, end } of entitiesOf(line)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(line.length);
          expect(name).not.toBe('');
          last = end;
        }
      }),
      { numRuns: 300 },
    );
  });
});
