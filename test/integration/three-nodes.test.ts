/** Three nodes of one cluster: clocks measured by what they saw, refused without it, and the table of the nodes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MethodOutput } from '../../analyzer/contract/contract.ts';
import type { CaseId } from '../../analyzer/core/ids.ts';
import { buildFixture, packTree } from '../../fixtures/build-fixture.ts';
import { AHEAD, EVICTED, GONE, OUT_OF_MEMORY, withoutAnchors } from '../../fixtures/lib/three-nodes.ts';
import { fixtureTree, THREE_NODES } from '../../fixtures/scenarios/index.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

type Clocks = MethodOutput<'clocks.align'>;
type Clock = Clocks['nodes'][number];

let session: EngineSession;
let caseId: CaseId;
const [A = '', B = '', C = ''] = THREE_NODES.map((id) => fixtureTree(id).names[1] ?? '');

beforeAll(async () => {
  session = await startEngine();
  const fixtures = await Promise.all(THREE_NODES.map((id) => buildFixture(id)));
  const imported = await session.importNew(fixtures.map(({ archivePath }) => archivePath));
  expect(imported.job.failure).toBeNull();
  caseId = imported.caseId;
});
afterAll(() => session?.close());

let unaligned: Promise<CaseId> | null = null;
/** The same nodes, of whose clocks nothing is known. */
function caseWithoutAnchors(): Promise<CaseId> {
  unaligned ??= (async () => {
    const archives = THREE_NODES.map((id) => {
      const tree = fixtureTree(id);
      const files = [...tree.files].map(
        ([name, bytes]) => [name, Buffer.from(withoutAnchors(name, bytes.toString('utf8')))] as const,
      );
      const archive = path.join(session.folder, `without-${tree.archiveName}`);
      writeFileSync(archive, packTree({ ...tree, files: new Map(files) }));
      return archive;
    });
    return (await session.importNew(archives)).caseId;
  })();
  return unaligned;
}

const clockOf = ({ nodes }: Clocks, node: string): Clock => {
  const found = nodes.find((one) => one.node === node);
  if (found === undefined) throw new Error(`${node} is not among the clocks`);
  return found;
};

describe('clocks', () => {
  test('the clock that is 90 s ahead is measured within a second, and said', async () => {
    const clocks = await session.ask('clocks.align', { caseId });
    expect(clocks.reference).toBe(B);
    const c = clockOf(clocks, C);
    expect(c.outcome).toBe('aligned');
    expect(Math.abs((c.offsetMs ?? 0) - AHEAD)).toBeLessThan(1_000);
    expect(c.sentence).toContain(`90 s ahead of ${B}`);
    expect(new Set(c.anchors.map(({ kind }) => kind))).toEqual(new Set(['api-date', 'shared-event']));
    expect(clocks.sentence).toContain(`${C}, is 90 s ahead of it`);
    // It cannot reach the API server: only what kube-proxy saw tells its clock.
    const a = clockOf(clocks, A);
    expect(Math.abs(a.offsetMs ?? Number.NaN)).toBeLessThan(1_000);
    expect(a.anchors.every(({ kind }) => kind === 'shared-event')).toBe(true);
  });

  test('every anchor cites the lines of both, and its offset is that of their stamps', async () => {
    const { nodes } = await session.ask('clocks.align', { caseId });
    for (const { anchors, anchorCount, node } of nodes) {
      expect(anchors).toHaveLength(Math.min(anchorCount, 20));
      for (const { kind, here, there, offsetMs } of anchors) {
        expect(here.node).toBe(node);
        if (kind !== 'shared-event') continue;
        expect(there.node).toBe(B);
        const [own, other] = [here, there].map(({ text }) => Date.parse(text.slice(0, text.indexOf(' '))));
        expect(Math.abs((own ?? 0) - (other ?? 0) - offsetMs)).toBeLessThan(2);
      }
    }
  });

  test('the zone of its local stamps is known; what is ahead stays ahead until somebody moves it', async () => {
    const { bundles } = await session.ask('case.open', { caseId });
    const bundle = bundles.find(({ node }) => node === C)?.id ?? '';
    const kubelet = (await session.ask('file.list', { caseId })).find(
      (file) => file.bundle === bundle && file.path === 'kubelet/kubelet.log',
    );
    expect(kubelet?.clock.zoneMinutes).toBe(-240);
    expect(Date.parse(kubelet?.lastTime ?? '') - (EVICTED + AHEAD)).toBe(0);
  });

  test('a shift that is given is said, and changes no offset', async () => {
    const before = await session.ask('clocks.align', { caseId });
    const shift = { what: 'shift', value: '-90s', file: null, node: C, bundle: null } as const;
    const { set } = await session.ask('clock.override', { caseId, override: shift });
    const after = await session.ask('clocks.align', { caseId });
    expect(clockOf(after, C)).toMatchObject({ offsetMs: clockOf(before, C).offsetMs, shiftMs: -90_000 });
    expect(clockOf(after, C).sentence).toContain('moved by -1m30s by hand');
    expect(after.sentence).toContain(`Moved by hand since: ${C} by -1m30s.`);
    await session.ask('clock.restore', { caseId, overrides: [set.id] });
    expect(await session.ask('clocks.align', { caseId })).toEqual(before);
  });

  test('moved by what was measured, what happened between the nodes stands in its order; before it does not', async () => {
    const steps = [
      'Out of memory: Killed process',
      'pod is evicted successfully',
      'portName="shop/web:http" endpoints=["192.168.32.11:8080","192.168.64.11:8080"]',
      'Connection refused',
    ];
    const order = async (): Promise<readonly string[]> => {
      const at = { time: new Date(OUT_OF_MEMORY - 1_000).toISOString() };
      const { lines } = await session.ask('timeline.lines', { caseId, at, count: 1_000 });
      // The change reached the kube-proxy of c as well: what b saw tells the order between nodes.
      const first = steps.map((step) =>
        lines.findIndex(({ node, text }) => text.includes(step) && (step !== steps[2] || node === B)),
      );
      expect(first.every((place) => place >= 0)).toBe(true);
      return steps.toSorted((one, two) => (first[steps.indexOf(one)] ?? 0) - (first[steps.indexOf(two)] ?? 0));
    };
    expect(await order()).not.toEqual(steps);
    const shift = { what: 'shift', value: '-90s', file: null, node: C, bundle: null } as const;
    const { set } = await session.ask('clock.override', { caseId, override: shift });
    expect(await order()).toEqual(steps);
    await session.ask('clock.restore', { caseId, overrides: [set.id] });
  });

  test('without anchors no clock is aligned, and each says why', async () => {
    const clocks = await session.ask('clocks.align', { caseId: await caseWithoutAnchors() });
    expect(clocks.nodes.map(({ outcome }) => outcome).sort()).toEqual(['reference', 'refused', 'refused']);
    for (const { outcome, sentence, offsetMs } of clocks.nodes) {
      if (outcome !== 'refused') continue;
      expect(sentence).toBe('cannot be aligned: no anchors, 3 are needed');
      expect(offsetMs).toBeNull();
    }
    expect(clocks.sentence).toContain('cannot be aligned: what happened first there and on other nodes is not known');
  });
});

describe('a chain that goes over nodes', () => {
  const asked = { pivot: { text: '"while connecting to upstream"' }, windowMs: 600_000 } as const;
  const chainIn = async (of: CaseId) => {
    const { chains } = await session.ask('correlate.run', { caseId: of, ...asked });
    const found = chains.find(({ chain }) => chain === 'pod-gone-refused-elsewhere');
    if (found === undefined) throw new Error('the chain was not found');
    return found;
  };

  test('leads from the address that c gave up to the ingress of a, though by their stamps it was the other way round', async () => {
    const { steps, shares, confidence, because } = await chainIn(caseId);
    expect(steps.map(({ node }) => node)).toEqual([C, A]);
    expect(steps.map(({ evidence }) => evidence.text)).toEqual([
      expect.stringContaining(`UnassignPodIPv4Address: sandbox`),
      expect.stringContaining(`while connecting to upstream, client: 192.168.32.1`),
    ]);
    expect(shares).toEqual({ kind: 'ip', name: GONE });
    const [given, refused] = steps.map(({ first }) => Date.parse(first));
    expect((given ?? 0) - (refused ?? 0)).toBeGreaterThan(60_000);
    expect(confidence).toMatchObject({
      level: 'likely',
      because: expect.stringContaining(`by the measured offsets of their clocks (as shown: ${C} 1 min 30 s ahead`),
    });
    expect(because).toMatch(/20(?:\.\d)? s later: A connection to that address fails/);
  });

  test('moved by what was measured, its steps stand in their order as shown', async () => {
    const shift = { what: 'shift', value: '-90s', file: null, node: C, bundle: null } as const;
    const { set } = await session.ask('clock.override', { caseId, override: shift });
    const { steps, confidence } = await chainIn(caseId);
    await session.ask('clock.restore', { caseId, overrides: [set.id] });
    const shown = steps.map(({ first }) => Date.parse(first));
    expect((shown[1] ?? 0) - (shown[0] ?? 0)).toBeGreaterThan(15_000);
    expect(confidence.level).toBe('likely');
  });

  test('is possible at most where their clocks are not known, and says so', async () => {
    const { confidence } = await chainIn(await caseWithoutAnchors());
    expect(confidence.level).toBe('possible');
    expect(confidence.because).toContain('it goes over nodes, and the clock of');
    expect(confidence.because).toContain('is not aligned with the others');
    expect(confidence.because).toMatch(
      /"A connection to that address fails" was there already 1 min \d+ s before the first line of the step before it/,
    );
  });
});

/** @returns a folder with a log of kube-proxy that saw five changes a minute apart. */
function proxyLog(name: string, from: number): string {
  const folder = path.join(session.folder, name);
  mkdirSync(folder, { recursive: true });
  const lines = [1, 2, 3, 4, 5].map((each) => {
    const stamp = new Date(from + each * 60_000).toISOString();
    return `${stamp} stderr F I0101 00:00:00.000000       1 service.go:437] "Adding new service port" portName="shop/s${each}:http" servicePort="172.20.10.${each}:80/TCP"\n`;
  });
  writeFileSync(path.join(folder, 'kube-proxy.log'), lines.join(''));
  return folder;
}

test('clocks a century apart are told so', async () => {
  const imported = await session.importNew([
    proxyLog('old', Date.UTC(1971, 0, 1)),
    proxyLog('new', Date.UTC(2071, 0, 1)),
  ]);
  const { nodes, sentence } = await session.ask('clocks.align', { caseId: imported.caseId });
  expect(nodes.map(({ outcome }) => outcome)).toEqual(['reference', 'aligned']);
  expect(sentence).toMatch(/100\.0 years (?:ahead of|behind) it\.$/);
});

test('one bundle has nothing to be held against; a case without any says so', async () => {
  const imported = await session.importNew([proxyLog('alone', Date.UTC(2026, 0, 1))]);
  const alone = await session.ask('clocks.align', { caseId: imported.caseId });
  expect(alone.sentence).toBe('One bundle: there is no other clock to hold its clock against.');
  const empty = await session.ask('case.create', { title: null, dir: null });
  expect(await session.ask('clocks.align', { caseId: empty.id })).toMatchObject({
    nodes: [],
    sentence: 'There is no bundle in this case.',
  });
});

describe('fleet', () => {
  test('each node with its versions, start, clock and findings; nodes that fail alike are one group', async () => {
    const { columns, nodes, groups } = await session.ask('case.fleet', { caseId });
    expect(columns).toEqual([
      'kubelet',
      'kernel',
      'kube-proxy',
      'container runtime',
      'VPC CNI',
      'operating system',
      'instance type',
    ]);
    const row = (name: string) => nodes.find(({ node }) => node === name);
    for (const name of [A, B, C]) {
      expect(row(name)).toMatchObject({ mode: 'iptables', isHealthy: false });
      expect(row(name)?.facts.map(({ value, differs }) => [value, differs])).toEqual([
        ['v1.30.6-eks-94953ac', false],
        ['5.10.228-219.884.amzn2.x86_64', false],
        ['v1.30.6-eks-7f9249a', false],
        ['1.7.23', false],
        ['v1.18.5', false],
        ['Amazon Linux 2', false],
        ['m5.large', false],
      ]);
    }
    expect(row(C)?.clock).toContain(`90 s ahead of ${B}`);
    expect(row(C)?.bootedAt).toBe('2026-06-16T12:58:37.000Z');
    expect(row(A)?.findings.high).toBeGreaterThan(0);
    const groupOf = (name: string) => groups.find(({ id }) => id === row(name)?.group);
    expect(groupOf(A)?.rules).toContain('kube-proxy-api-unreachable');
    expect(groupOf(A)?.sentence).toContain('1 node: kube-proxy cannot reach the Kubernetes API');
    expect(groupOf(C)?.rules).toContain('oom-system');
    expect(groupOf(B)?.rules ?? []).not.toContain('oom-system');
    expect(groups.at(-1)).toBe(groupOf(B));
    expect(groups.flatMap(({ bundles }) => bundles)).toHaveLength(3);
  });

  test('two nodes that lost the API are one group, and the one that differs is marked', async () => {
    const lost = fixtureTree('eks-three-nodes-a');
    const rename = (text: string): string =>
      lost.names.reduce(
        (all, name, index) => all.replaceAll(name, index === 0 ? 'i-0aaaaaaaaaaaaaaaa' : 'node-d'),
        text,
      );
    const files = [...lost.files].map(
      ([name, bytes]) =>
        [
          rename(name),
          Buffer.from(rename(bytes.toString('utf8')).replaceAll('v1.30.6-eks-94953ac', 'v1.29.9-eks-1')),
        ] as const,
    );
    const archive = path.join(session.folder, 'node-d.tar.gz');
    writeFileSync(archive, packTree({ ...lost, files: new Map(files) }));
    const others = await Promise.all(THREE_NODES.map((id) => buildFixture(id)));
    const imported = await session.importNew([...others.map(({ archivePath }) => archivePath), archive]);
    const { nodes, groups } = await session.ask('case.fleet', { caseId: imported.caseId });
    expect(groups.map(({ sentence }) => sentence)).toContainEqual(
      expect.stringMatching(/^2 nodes: kube-proxy cannot reach the Kubernetes API/),
    );
    const odd = nodes.filter(({ facts }) => facts.some(({ name, differs }) => name === 'kubelet' && differs));
    expect(odd.map(({ node }) => node)).toEqual(['node-d']);
  });
});

test('the command line says the same, with the command that would move the clock', async () => {
  const home = path.join(session.folder, 'home');
  const text = await runCli(['clock', 'align', caseId, '--anchors', '--quiet'], { home });
  expect(text.code).toBe(0);
  expect(text.stdout).toContain(`coldcase clock ${caseId} --shift ${C}=-1m30s\n`);
  expect(text.stdout.match(/--shift/g)).toHaveLength(1);
  expect(text.stdout).toContain('networking/curl_api_server.txt:1\n');
  const document = await runCli(['clock', 'align', caseId, '--json'], { home });
  expect(documentOf<Clocks>(document)).toEqual(await session.ask('clocks.align', { caseId }));
});
