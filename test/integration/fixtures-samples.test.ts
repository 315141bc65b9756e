/** Fixtures are no echo of the rules: what a planted line says is not the sample that its rule was written with. */
import { expect, test } from 'vitest';
import { shippedRules } from '../../analyzer/jobs/shipped-rules.ts';
import { createPrng } from '../../fixtures/lib/prng.ts';
import { FIXTURE_IDS, fixtureTree } from '../../fixtures/scenarios/index.ts';

/** Stamps and names before a message, outermost first; a line carries up to three of them. */
const PREFIXES = [
  /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d) (?:(?:stdout|stderr) [FP] |[\w.-]+\[\d+\]: )?/,
  /^[A-Z][a-z]{2} [ \d]?\d [\d:.]+ \S+ [\w.()-]+(?:\[\d+\])?: /,
  /^\[[^\]]{8,40}\] (?=\S)/,
  /^[IWEF]\d{4} [\d:.]+ +\d+ [\w.]+:\d+\] /,
  /^time="[^"]+" /,
  /^\{"level":"\w+","ts":"?[^",]+"?,"caller":"[^"]+",/,
] as const;

/** @returns what is left of a line without stamps, hosts, process ids and source lines. */
function messageOf(line: string): string {
  let left = line.trim();
  for (let before = ''; before !== left; ) {
    before = left;
    for (const prefix of PREFIXES) left = left.replace(prefix, '');
  }
  return left;
}

/** Some components have one spelling and nothing in it that varies: a real line cannot be another. */
const ONLY_SPELLING: readonly string[] = [
  '[INFO] plugin/ready: Still waiting on: "kubernetes"',
  '"Container runtime network not ready" networkReady="NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"',
  '"msg":"Retrying waiting for IPAM-D"}',
  '"Failed to execute iptables-restore" err=<',
  'Another app is currently holding the xtables lock. Stopped waiting after 5s.',
  '"Sync failed" ipFamily="IPv4" retryingTime="30s"',
  'panic: runtime error: invalid memory address or nil pointer dereference',
  'nf_conntrack: nf_conntrack: table full, dropping packet',
  '"Eviction manager: attempting to reclaim" resourceName="ephemeral-storage"',
  '"Eviction manager: attempting to reclaim" resourceName="inodes"',
  '"Eviction manager: attempting to reclaim" resourceName="memory"',
  '"GenericPLEG: Unable to retrieve pods" err="rpc error: code = DeadlineExceeded desc = context deadline exceeded"',
  '"Container runtime sanity check failed" err="rpc error: code = DeadlineExceeded desc = context deadline exceeded"',
  '"command failed" err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory"',
  'Unit kubelet.service entered failed state.',
  "Can't synchronise: no selectable sources",
  "nodeadm-config.service: Failed with result 'exit-code'.",
  "nodeadm-run.service: Job nodeadm-run.service/start failed with result 'dependency'.",
];

const { rules } = shippedRules();
/** Only what speaks of something wrong: that a component started is said in one way. */
const samples = new Map(
  rules
    .filter((rule) => rule.part !== 'recovery')
    .flatMap((rule) =>
      rule.samples.match.map((sample) => [messageOf(sample.split('\n', 1)[0] ?? ''), rule.id] as const),
    ),
);

test('messages are compared without what stands before them', () => {
  for (const line of [
    'Mar 14 02:10:11 ip-192-168-10-23 kubelet[3127]: E0314 02:10:11.123456    3127 kubelet.go:2447] "Node is lost" err="x"',
    '2026-03-14T02:10:11.123456789Z stderr F E0314 02:10:11.123456       1 kubelet.go:1] "Node is lost" err="x"',
    '[Sat Mar 14 02:10:11 2026] "Node is lost" err="x"',
    '[    5.120000] "Node is lost" err="x"',
  ]) {
    expect(messageOf(line)).toBe('"Node is lost" err="x"');
  }
  expect(samples.size).toBeGreaterThan(200);
});

test('no line of a fixture is the sample of a rule', () => {
  const same = new Map<string, string>();
  for (const id of FIXTURE_IDS) {
    for (const bytes of fixtureTree(id).files.values()) {
      for (const line of new Set(bytes.toString('utf8').split('\n'))) {
        const message = messageOf(line);
        const rule = samples.get(message);
        if (rule !== undefined && message !== '') same.set(message, `${id} ${rule}`);
      }
    }
  }
  expect([...same].filter(([message]) => !ONLY_SPELLING.includes(message))).toEqual([]);
  expect(ONLY_SPELLING.filter((message) => !same.has(message))).toEqual([]);
});

test('a fixture that repeats a sample would be noticed', () => {
  const [message = ''] = createPrng('sample')
    .pick([...samples.keys()] as [string, ...string[]])
    .split('\n');
  expect(samples.has(messageOf(`Mar 14 02:10:11 ip-192-168-10-23 kernel: ${message}`))).toBe(true);
});
