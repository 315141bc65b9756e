/**
 * What targets print at the end of a listed rule, kept in the spelling of iptables-save:
 *
 *   CONNMARK restore mask 0x80
 *   redir ports 15001
 *   LOG flags 0 level 4 prefix "calico-packet: "
 *   TPROXY redirect 0.0.0.0:15001 mark 0x200/0xffffffff
 */
import type { RuleDraft } from '../core/packet-rule.ts';
import { fillSetConnmark, fillSetMark } from './iptables-fields.ts';

import { spell } from './iptables-words.ts';

/** A printed form, anchored (sticky), and what it says about the rule. */
export type ListForm = readonly [RegExp, (rule: RuleDraft, found: RegExpExecArray) => void];

/** @returns a form that only adds to the target's options, one for every entry; null entries say nothing. */
function options(
  form: RegExp,
  spelt: (found: readonly (string | undefined)[]) => readonly (string | null)[],
): ListForm {
  return [
    form,
    (rule, found) => {
      for (const option of spelt(found)) if (option !== null) rule.targetOptions.push(option);
    },
  ];
}

const NAT_FLAGS: ListForm = options(/(random-fully|random|persistent)(?= |$)/y, ([, flag]) => [`--${flag}`]);
const HEX = '0x[0-9a-fA-F]+';

/** By the name of the target. */
export const TARGET_FORMS: Readonly<Record<string, readonly ListForm[]>> = {
  DNAT: [
    [
      /to:(\S+)/y,
      (rule, [, to = '']) => {
        if (rule.toDestination === null) rule.toDestination = to;
        else rule.targetOptions.push(`--to-destination ${to}`);
      },
    ],
    NAT_FLAGS,
  ],
  SNAT: [
    [
      /to:(\S+)/y,
      (rule, [, to = '']) => {
        if (rule.toSource === null) rule.toSource = to;
        else rule.targetOptions.push(`--to-source ${to}`);
      },
    ],
    NAT_FLAGS,
  ],
  MASQUERADE: [options(/masq ports: (\S+)/y, ([, ports]) => [`--to-ports ${ports}`]), NAT_FLAGS],
  REDIRECT: [options(/redir ports (\S+)/y, ([, ports]) => [`--to-ports ${ports}`]), NAT_FLAGS],
  NETMAP: [options(/to:(\S+)/y, ([, to]) => [`--to ${to}`])],
  REJECT: [
    [
      /reject-with (\S+)/y,
      (rule, [, by = '']) => {
        rule.rejectWith = by;
      },
    ],
  ],
  MARK: [
    [
      new RegExp(`MARK (or|xor|and|set|xset) (${HEX}(?:/${HEX})?)`, 'y'),
      (rule, [, operation = '', value = '']) => {
        fillSetMark(rule, operation, value);
      },
    ],
  ],
  CONNMARK: [
    [
      new RegExp(`CONNMARK (or|xor|and|set|xset) (${HEX}(?:/${HEX})?)`, 'y'),
      (rule, [, operation = '', value = '']) => {
        fillSetConnmark(rule, operation, value);
      },
    ],
    // The tilde stands before the plain mask: connmark_tg_print in libxt_CONNMARK.c.
    [
      new RegExp(`CONNMARK (save|restore)(?: +mask (${HEX})| (nf|ct)mask (${HEX}) (?:nf|ct)mask ~(${HEX}))?`, 'y'),
      (rule, [, operation, both, first, one, other]) => {
        rule.setConnmark = {
          operation: operation === 'save' ? 'save' : 'restore',
          packetMask: maskOf(both ?? (first === 'nf' ? one : other)),
          connectionMask: maskOf(both ?? (first === 'nf' ? other : one)),
        };
      },
    ],
    options(/(left|right)-shift-mark (\d+)/y, ([, way, by]) => [`--${way}-shift-mark ${by}`]),
  ],
  LOG: [
    options(/LOG(?: flags (\d+) level (\d+)(?= |$))?(?: prefix "(.*?)"(?= |$))?/sy, ([, flags, level, prefix]) => [
      prefix === undefined ? null : spell('--log-prefix', [prefix]),
      level === undefined || level === '4' ? null : `--log-level ${level}`,
      ...LOG_FLAGS.filter(([bit]) => (Number(flags ?? 0) & bit) !== 0).map(([, name]) => name),
    ]),
  ],
  NFLOG: [
    options(/nflog-prefix +(?:"((?:[^"\\]|\\.)*)"|(\S+))/sy, ([, quoted, plain]) => [
      spell('--nflog-prefix', [quoted?.replace(/\\(.)/gs, '$1') ?? plain ?? '']),
    ]),
    options(/nflog-(group|size|range|threshold) (\d+)/y, ([, what, value]) => [`--nflog-${what} ${value}`]),
  ],
  NFQUEUE: [
    options(/NFQUEUE (num|balance) (\S+)/y, ([, what, queue]) => [`--queue-${what} ${queue}`]),
    options(/(bypass|cpu-fanout)(?= |$)/y, ([, flag]) => [`--queue-${flag}`]),
  ],
  CT: [
    options(/CT (notrack)(?= |$)/y, () => ['--notrack']),
    options(/CT(?= |$)/y, () => []),
    options(/(helper|timeout|ctevents|expevents|zone|zone-orig|zone-reply) (\S+)/y, ([, what, value]) => [
      `--${what} ${value}`,
    ]),
  ],
  TPROXY: [
    options(/TPROXY redirect (\S+):(\d+) mark (\S+)/y, ([, ip, port, mark]) => [
      `--on-port ${port}`,
      `--on-ip ${ip}`,
      `--tproxy-mark ${mark}`,
    ]),
  ],
  TCPMSS: [
    options(/TCPMSS clamp to PMTU/y, () => ['--clamp-mss-to-pmtu']),
    options(/TCPMSS set (\d+)/y, ([, size]) => [`--set-mss ${size}`]),
  ],
  TEE: [
    options(/TEE gw:(\S+)/y, ([, gateway]) => [`--gateway ${gateway}`]),
    options(/oif=(\S+)/y, ([, out]) => [`--oif ${out}`]),
  ],
  DSCP: [options(/DSCP set (\S+)/y, ([, value]) => [`--set-dscp ${value}`])],
  TTL: [options(/TTL (set) to (\d+)/y, ([, , value]) => [`--ttl-set ${value}`])],
  SET: [
    options(/(add|del|map)-set (\S+) (\S+)/y, ([, what, name, flags]) => [`--${what}-set ${name} ${flags}`]),
    options(/exist(?= |$)/y, () => ['--exist']),
    options(/timeout (\d+)/y, ([, seconds]) => [`--timeout ${seconds}`]),
  ],
  CHECKSUM: [options(/CHECKSUM fill/y, () => ['--checksum-fill'])],
};

/** XT_LOG_* of linux/netfilter/xt_LOG.h, in the order of LOG_save. */
const LOG_FLAGS: readonly (readonly [number, string])[] = [
  [1, '--log-tcp-sequence'],
  [2, '--log-tcp-options'],
  [4, '--log-ip-options'],
  [8, '--log-uid'],
  [32, '--log-macdecode'],
];

function maskOf(printed: string | undefined): number {
  return printed === undefined ? 0xffffffff : Number(printed) >>> 0;
}
