/** A small node with routes for tests of the network worker; `bare` has rules and nothing else. */

import { type LoadedNode, loadedNode } from '../../analyzer/jobs/network-nodes.ts';
import { memoryBundle } from './memory-bundle.ts';
import { HEALTHY_SAVE } from './sample-node.ts';

const ROUTES = `default via 192.168.10.1 dev eth0
blackhole 10.244.1.0/24
10.244.1.11 dev eni1abc scope link
10.244.1.12 dev eni2abc scope link
192.168.10.0/24 dev eth0 proto kernel scope link src 192.168.10.5
local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1
local 192.168.10.5 dev eth0 table local proto kernel scope host src 192.168.10.5
`;
export const node = (more: Readonly<Record<string, string>> = {}, save = HEALTHY_SAVE): LoadedNode =>
  loadedNode(memoryBundle({ 'iptables-save-c.txt': save, 'iproute.txt': ROUTES, ...more }));
export const bare = (): LoadedNode => loadedNode(memoryBundle({ 'iptables-save-c.txt': HEALTHY_SAVE }));
