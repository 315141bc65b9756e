/** `coldcase services <target>`: the services that the captured rules of each node make, and how they stand. */
import type { Command } from 'commander';
import type { ServiceRow, ServicesAnswer } from '../../../contract/network.ts';
import { grouped } from '../../../core/grouped.ts';
import type { Bundle } from '../../../core/vocabulary.ts';
import { counted, nodeNamer } from '../../../report/model.ts';
import { EXIT } from '../exit.ts';
import { notOpenedLines } from '../lost-bundles.ts';
import { bundlesOf, label } from '../nodes.ts';
import { withNodeOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { type TargetOptions, withTarget } from '../session.ts';
import { visible, wrap } from '../text.ts';

export const registerServices: Registrar = (program, run) => {
  const command = withNodeOption(withTargetOptions(program.command('services'))).description(
    'the Services that the captured rules make: addresses, endpoints with their share, health',
  );
  command.action((target: string, options: TargetOptions, self: Command) =>
    run(self, (world, output) =>
      withTarget(world, output, target, options, async ({ session, caseId, summary }) => {
        const chosen = bundlesOf(summary, options.node);
        const node = chosen.length === 1 ? (chosen[0]?.node ?? null) : null;
        const all = await session.call('network.services', { caseId, node });
        const ids = new Set(chosen.map((bundle) => bundle.id));
        const answer: ServicesAnswer = {
          services: all.services.filter((row) => ids.has(row.bundle)),
          nodes: all.nodes.filter((one) => ids.has(one.bundle)),
        };
        if (output.form === 'json') await output.json(answer.services.map(publicService));
        else {
          await output.lines(await notOpenedLines(output, summary));
          await output.lines(servicesLines(output, answer, summary.bundles));
        }
        await noteUnknown(output, answer);
        return EXIT.done;
      }),
    ),
  );
};

/** @returns the documented shape, its keys in the documented order. */
function publicService(row: ServiceRow) {
  const { namespace, name, port, protocol, clusterIP, nodePort, externalIPs, endpoints, mode, health, ...rest } = row;
  const { evidence, ...more } = rest;
  return {
    namespace,
    name,
    port,
    protocol,
    clusterIP,
    nodePort,
    externalIPs,
    endpoints: endpoints.map(({ address, share, packets, ...other }) => ({ address, share, packets, ...other })),
    mode,
    health,
    evidence,
    ...more,
  };
}

const TITLES = ['SERVICE', 'ADDRESS', 'NODE PORT', 'ENDPOINTS', 'PACKETS', 'HEALTH'] as const;

function servicesLines(output: Output, answer: ServicesAnswer, bundles: readonly Bundle[]): readonly string[] {
  const nodeOf = nodeNamer(bundles);
  return answer.nodes.flatMap((node, index) => {
    const rows = answer.services.filter((row) => row.bundle === node.bundle);
    const cells = rows.map(cellsOf);
    const widths = TITLES.map((title, column) =>
      Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
    );
    const line = (words: readonly string[]): string =>
      words.map((word, column) => (column === words.length - 1 ? word : word.padEnd(widths[column] ?? 0))).join('  ');
    // Two bundles of one node are told apart by the digits that --node takes.
    const same = bundles.filter((bundle) => bundle.node !== null && bundle.node === node.node);
    const own = same.length > 1 ? same.find((bundle) => bundle.id === node.bundle) : undefined;
    const title = `${own === undefined ? nodeOf(node) : label(own, bundles)}: kube-proxy mode ${node.mode}, ${counted(rows.length, 'service port')}`;
    return [
      ...(index > 0 ? [''] : []),
      ...wrap(title, output.width),
      ...(rows.length === 0
        ? []
        : [
            output.paint('dim', line(TITLES)),
            ...rows.map((row, at) => {
              const text = line(cells[at] ?? []);
              return row.health.severity === null || row.health.level !== 'impaired'
                ? text
                : output.paint(row.health.severity, text);
            }),
          ]),
      ...impairedLines(output, rows),
    ];
  });
}

/** What many services share is said once. */
function impairedLines(output: Output, rows: readonly ServiceRow[]): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const row of rows) {
    if (row.health.level !== 'impaired') continue;
    const ids = byReason.get(row.health.because) ?? [];
    byReason.set(row.health.because, ids);
    if (!ids.includes(row.id)) ids.push(row.id);
  }
  const lines = [...byReason].slice(0, PROBLEMS_TOLD).flatMap(([because, ids]) => {
    const named = ids.length > 3 ? `${ids.slice(0, 2).join(', ')} and ${ids.length - 2} more` : ids.join(', ');
    const said = ids.length === 1 && because.includes(named) ? because : `${named}: ${because}`;
    return wrap(said, output.width, '  ! ', '    ');
  });
  const more = byReason.size - PROBLEMS_TOLD;
  return more > 0 ? [...lines, `  and ${more} more reasons (--json lists all)`] : lines;
}
const PROBLEMS_TOLD = 10;

function cellsOf(row: ServiceRow): readonly string[] {
  return [
    visible(row.id),
    addressCell(row),
    row.nodePort === null ? '-' : String(row.nodePort),
    String(row.endpoints.length),
    row.packets === null ? '-' : grouped(row.packets),
    HEALTH[row.health.level],
  ];
}

/** @returns the cluster IP; else the first other address the rules know it by. */
function addressCell(row: ServiceRow): string {
  const address = row.clusterIP ?? row.externalIPs[0] ?? row.loadBalancerIPs[0];
  if (address === undefined) return `any of the node ${row.protocol}`;
  const port = row.servicePort === null ? '' : `:${row.servicePort}`;
  return `${address.includes(':') && port !== '' ? `[${address}]` : address}${port} ${row.protocol}`;
}

const HEALTH: Readonly<Record<ServiceRow['health']['level'], string>> = {
  ok: 'ok',
  impaired: 'impaired',
  'no-endpoints': 'no endpoints',
  unknown: 'not known',
};

/** A list that may lack services must not read as a whole one. */
async function noteUnknown(output: Output, answer: ServicesAnswer): Promise<void> {
  const all = [...new Set(answer.nodes.flatMap((node) => node.notKnown))];
  for (const one of all.slice(0, NOT_KNOWN_TOLD)) await output.note(`Not known: ${one}`);
  if (all.length > NOT_KNOWN_TOLD)
    await output.note(`and ${all.length - NOT_KNOWN_TOLD} more things that are not known`);
}
const NOT_KNOWN_TOLD = 5;
