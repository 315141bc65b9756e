/**
 * One run of the network bench in a process of its own, so that its peak memory is its own, and there in a worker
 * thread with the limits that the product gives its workers. Bundled before it runs, as the product is.
 *
 *     node network-run.cjs CASE_FOLDER
 *
 * Prints one JSON line, times in milliseconds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMainThread, Worker } from 'node:worker_threads';
import { ANALYZERS } from '../../analyzer/analyzers/registry.ts';
import { CaseId } from '../../analyzer/core/ids.ts';
import { YOUNG_GENERATION_MIB } from '../../analyzer/core/limits.ts';
import { nodeServices } from '../../analyzer/facts/services.ts';
import { analyzeBundle } from '../../analyzer/jobs/analyze-bundle.ts';
import { loadedNode } from '../../analyzer/jobs/network-nodes.ts';
import { traceOne } from '../../analyzer/jobs/network-trace.ts';
import { openBundle } from '../../analyzer/store/bundle-reader.ts';
import { median } from './measure.ts';

export interface NetworkRun {
  /** Unpacking every file and cutting it into lines: what no reader of the same bytes can do without. */
  readonly readMs: number;
  readonly parseMs: number;
  readonly analyseMs: number;
  readonly servicesMs: number;
  /** Processor time of the thread for these three; less than their wall time where other programs want the cores. */
  readonly cpuMs: number;
  readonly firstTraceMs: number;
  /** Median over the traces of many services, each for the first time. */
  readonly traceMs: number;
  readonly rules: number;
  readonly services: number;
  readonly findings: number;
  readonly peakRssBytes: number;
}

const TRACES = 200;

function run(caseFolder: string): NetworkRun {
  const bundles = path.join(caseFolder, 'bundles');
  const file = readdirSync(bundles).find((name) => name.endsWith('.bundle'));
  if (file === undefined) throw new Error(`no bundle in ${caseFolder}`);
  const opened = openBundle(path.join(bundles, file), null);
  if (!opened.ok) throw new Error(opened.failure.message);
  const reader = opened.value;
  const timed = <T>(work: () => T): readonly [number, T] => {
    const from = performance.now();
    const value = work();
    return [performance.now() - from, value];
  };
  const cpuFrom = process.threadCpuUsage();
  const [parseMs, node] = timed(() => loadedNode(reader));
  const [analyseMs, concluded] = timed(() =>
    analyzeBundle(reader, { rules: [], analyzers: ANALYZERS, facts: node.facts, isCancelled: () => false }),
  );
  const [servicesMs, services] = timed(() => nodeServices(node.facts));
  const cpu = process.threadCpuUsage(cpuFrom);
  const trace = (to: string): number =>
    timed(() =>
      traceOne(node, {
        caseId: CaseId.parse('/bench'),
        bundle: null,
        node: null,
        from: '10.244.1.11',
        to,
        protocol: 'tcp',
        inInterface: null,
        state: 'new',
      }),
    )[0];
  const places = services.flatMap((one) =>
    one.clusterIP === null || one.servicePort === null ? [] : [`${one.clusterIP}:${one.servicePort}`],
  );
  const every = Math.max(1, Math.floor(places.length / TRACES));
  const times = places.filter((_, at) => at % every === 0).map(trace);
  const peakRssBytes = peakRss();
  // Last: its text must not count as memory of the product.
  const [readMs] = timed(() => {
    let lines = 0;
    for (const one of reader.files()) lines += reader.text(one.id).text.split('\n').length;
    return lines;
  });
  reader.close();
  const rules = node.facts.tables.reduce(
    (sum, table) => sum + [...table.chains.values()].reduce((own, chain) => own + chain.rules.length, 0),
    0,
  );
  return {
    readMs,
    parseMs,
    analyseMs,
    servicesMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    firstTraceMs: times[0] ?? Number.NaN,
    traceMs: median(times),
    rules,
    services: services.length,
    findings: concluded.findings.length,
    peakRssBytes,
  };
}

/** ru_maxrss would do elsewhere; on Linux it begins with what the parent process had when it started this one. */
function peakRss(): number {
  try {
    const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (line !== null) return Number(line[1]) * 1024;
  } catch {
    // No /proc here.
  }
  return process.resourceUsage().maxRSS * 1024;
}

if (isMainThread) {
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB };
  new Worker(process.argv[1] ?? '', { argv: process.argv.slice(2), resourceLimits });
} else process.stdout.write(`${JSON.stringify(run(process.argv[2] ?? ''))}\n`);
