/**
 * Match modules of iptables 1.8 and their options, as its manual page iptables-extensions(8) has them: what a rule
 * says with them is known by name, whether or not anything here can judge it. The order of the modules matters where
 * two share an option: the first one is printed.
 */
const MODULES: Readonly<Record<string, string>> = {
  comment: '--comment',
  tcp: '--sport --dport --source-port --destination-port --tcp-flags --syn --tcp-option',
  udp: '',
  udplite: '',
  dccp: '--dccp-types --dccp-option',
  sctp: '--chunk-types',
  multiport: '--sports --dports --ports --source-ports --destination-ports',
  icmp: '--icmp-type',
  icmp6: '--icmpv6-type',
  mark: '--mark',
  connmark: '',
  conntrack:
    '--ctstate --ctproto --ctorigsrc --ctorigdst --ctreplsrc --ctrepldst --ctorigsrcport --ctorigdstport --ctreplsrcport --ctrepldstport --ctstatus --ctexpire --ctdir',
  state: '--state',
  addrtype: '--src-type --dst-type --limit-iface-in --limit-iface-out',
  statistic: '--mode --probability --every --packet',
  recent: '--set --rcheck --update --remove --seconds --reap --hitcount --rttl --name --mask --rsource --rdest',
  set: '--match-set --return-nomatch --update-counters --update-subcounters --packets-eq --packets-lt --packets-gt --bytes-eq --bytes-lt --bytes-gt',
  limit: '--limit --limit-burst',
  hashlimit:
    '--hashlimit-upto --hashlimit-above --hashlimit --hashlimit-burst --hashlimit-mode --hashlimit-name --hashlimit-srcmask --hashlimit-dstmask --hashlimit-htable-size --hashlimit-htable-max --hashlimit-htable-expire --hashlimit-htable-gcinterval --hashlimit-rate-match --hashlimit-rate-interval',
  connlimit: '--connlimit-upto --connlimit-above --connlimit-mask --connlimit-saddr --connlimit-daddr',
  connbytes: '--connbytes --connbytes-dir --connbytes-mode',
  connlabel: '--label',
  physdev: '--physdev-in --physdev-out --physdev-is-in --physdev-is-out --physdev-is-bridged',
  iprange: '--src-range --dst-range',
  owner: '--uid-owner --gid-owner --socket-exists --suppl-groups',
  ipvs: '--ipvs --vproto --vaddr --vport --vdir --vmethod --vportctl',
  nfacct: '--nfacct-name',
  policy: '--dir --pol --strict --reqid --spi --proto --tunnel-src --tunnel-dst --next',
  rpfilter: '--loose --validmark --accept-local --invert',
  socket: '--transparent --nowildcard --restore-skmark',
  length: '--length',
  ttl: '--ttl-eq --ttl-lt --ttl-gt',
  hl: '--hl-eq --hl-lt --hl-gt',
  tos: '--tos',
  dscp: '--dscp --dscp-class',
  ecn: '--ecn-tcp-cwr --ecn-tcp-ece --ecn-ip-ect',
  pkttype: '--pkt-type',
  mac: '--mac-source',
  string: '--algo --from --to --string --hex-string --icase',
  time: '--datestart --datestop --timestart --timestop --monthdays --weekdays --contiguous --kerneltz --utc',
  quota: '--quota',
  helper: '--helper',
  realm: '--realm',
  tcpmss: '--mss',
  u32: '--u32',
  cgroup: '--cgroup --path',
  cpu: '--cpu',
  devgroup: '--src-group --dst-group',
  ah: '--ahspi',
  esp: '--espspi',
  frag: '--fragid --fragfirst --fragmore --fraglast',
  rt: '--rt-type --rt-segsleft',
};

const OPTION_MODULE = new Map<string, string>();
for (const [module, options] of Object.entries(MODULES)) {
  for (const option of options.split(' '))
    if (option !== '' && !OPTION_MODULE.has(option)) OPTION_MODULE.set(option, module);
}

/** These say nothing by themselves: -p says it already, or a comment is no condition. */
const BARE = new Set(['comment', 'tcp', 'udp', 'udplite', 'dccp', 'sctp', 'icmp', 'icmp6']);

/** @returns whether iptables ships the match module. */
export function isKnownMatch(module: string): boolean {
  return Object.hasOwn(MODULES, module);
}

/** @returns whether `-m module` without an option says nothing about a packet. */
export function isBareModule(module: string): boolean {
  return BARE.has(module);
}

/** @returns the module that an option of a match belongs to, or null when none here has it. */
export function moduleOf(option: string): string | null {
  return OPTION_MODULE.get(option) ?? null;
}

const WITHOUT_VALUE = new Set(
  (
    '--syn --limit-iface-in --limit-iface-out --reap --rttl --rsource --rdest --set --rcheck --update --remove ' +
    '--return-nomatch --update-counters --update-subcounters --connlimit-saddr --connlimit-daddr --physdev-is-in ' +
    '--physdev-is-out --physdev-is-bridged --socket-exists --suppl-groups --ipvs --strict --next --loose --validmark ' +
    '--accept-local --invert --transparent --nowildcard --restore-skmark --ecn-tcp-cwr --ecn-tcp-ece --icase ' +
    '--contiguous --kerneltz --utc --hashlimit-rate-match --label-set --fragfirst --fragmore --fraglast'
  ).split(' '),
);

/** @returns how many words follow a known option. */
export function valuesOf(option: string): number {
  if (WITHOUT_VALUE.has(option)) return 0;
  return option === '--tcp-flags' || option === '--match-set' ? 2 : 1;
}
