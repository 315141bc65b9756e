/** A captured node in IPVS mode for tests: the dumps of one case, each defect an edit of them. */
import { buildNodeFacts, type NodeFacts } from '../../analyzer/facts/node-facts.ts';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from './memory-bundle.ts';

type Files = Readonly<Record<string, string>>;

/** Files a defect in IPVS mode shows in; the nft translation and the listings say the same again. */
const KEPT =
  /^(?:iptables-save\.txt|ipset\.txt|ipvsadm\.txt|ipvsadm-Ln\.txt|ifconfig\.txt|iproute\.txt|iprule\.txt|ip6rule\.txt)$/;

/** @returns name -> text of the dumps of a case. */
export function ipvsFiles(name = 'i3-rich-eks'): Files {
  return Object.fromEntries(
    [...caseDumps(name)].filter(([file]) => KEPT.test(file)).map(([file, bytes]) => [file, bytes.toString('utf8')]),
  );
}

/** @param change files that replace captured ones; null leaves a file out. @returns facts of the node. */
export function ipvsFacts(change: Readonly<Record<string, string | null>> = {}, name = 'i3-rich-eks'): NodeFacts {
  const files = Object.entries({ ...ipvsFiles(name), ...change }).filter(
    (each): each is [string, string] => each[1] !== null,
  );
  return buildNodeFacts(memoryBundle(Object.fromEntries(files)));
}

/** @returns the lines of both ipvsadm outputs without a virtual server and its real servers. */
export function withoutServer(address: string, name = 'i3-rich-eks'): Files {
  const files = ipvsFiles(name);
  return Object.fromEntries(
    ['ipvsadm.txt', 'ipvsadm-Ln.txt'].map((file) => {
      let gone = false;
      const kept = (files[file] ?? '').split('\n').filter((line) => {
        if (/^(?:TCP|UDP|SCTP) /.test(line)) gone = line.includes(` ${address} `);
        else if (!line.startsWith('  ->')) gone = line.includes(` ${named(address)} `);
        return !gone;
      });
      return [file, kept.join('\n')];
    }),
  );
}

/** As `ipvsadm --save` prints it. */
function named(address: string): string {
  return address.replace(/:80$/, ':http').replace(/:443$/, ':https').replace(/:53$/, ':domain');
}
