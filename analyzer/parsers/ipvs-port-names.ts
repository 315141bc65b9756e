/**
 * Names of ports as IANA registers them and /etc/services of Linux distributions list them, for outputs of tools that
 * print names where they should print numbers. A name that stands for several ports in different lists has them all.
 */
const NAMES = `
  rtmp 1, tcpmux 1, nbp 2, echo 4/7, zip 6, discard 9, null 9, sink 9, systat 11, users 11, daytime 13
  netstat 15, qotd 17, quote 17, msp 18, chargen 19, source 19, ttytst 19, ftp-data 20, fsp 21, fspd 21, ftp 21
  ssh 22, telnet 23, mail 25, smtp 25, time 37, timserver 37, nicname 43, whois 43, tacacs 49, domain 53
  bootps 67, bootpc 68, tftp 69, gopher 70, finger 79, http 80, www 80, kerberos 88, kerberos-sec 88
  kerberos5 88, krb5 88, iso-tsap 102, tsap 102, acr-nema 104, dicom 104/11112, poppassd 106, pop-3 110, pop3 110
  portmapper 111, sunrpc 111, auth 113, authentication 113, ident 113, tap 113, nntp 119, readnews 119, untp 119
  ntp 123, epmap 135, loc-srv 135, netbios-ns 137, netbios-dgm 138, netbios-ssn 139, imap 143, imap2 143
  snmp 161, snmp-trap 162, snmptrap 162, cmip-man 163, cmip-agent 164, mailq 174, xdmcp 177, bgp 179, smux 199
  qmtp 209, wais 210, z3950 210, ipx 213, ptp-event 319, ptp-general 320, pawserv 345, zserv 346, rpc2portmap 369
  codaauth2 370, Clearcase 371, clearcase 371, ldap 389, svrloc 427, mobileip-agent 434, https 443, snpp 444
  microsoft-ds 445, kpasswd 464, igmpv3lite 465, smtps 465, ssmtp 465, submissions 465, urd 465, saft 487
  isakmp 500, biff 512, comsat 512, exec 512, login 513, who 513, whod 513, cmd 514, shell 514, syslog 514
  printer 515, spooler 515, talk 517, ntalk 518, route 520, routed 520, router 520, gdomap 538, uucp 540
  uucpd 540, klogin 543, krcmd 544, kshell 544, dhcpv6-client 546, dhcpv6-server 547, afpovertcp 548, rtsp 554
  nntps 563, snntp 563, submission 587, http-alt 591/8008/8080, syslog-conn 601, nqs 607, asf-rmcp 623, qmqp 628
  ipp 631, ldaps 636, ldp 646, tinc 655, silc 706, kerberos-adm 749, kdc 750, kerberos-iv 750, kerberos4 750
  kerberos-master 751, kerberos_master 751, passwd-server 752, passwd_server 752, hprop 754, krb-prop 754
  krb5_prop 754, krb_prop 754, moira-db 775, moira_db 775, moira-update 777, moira_update 777, moira-ureg 779
  moira_ureg 779, spamd 783, gdoi 848, domain-s 853, supfilesrv 871, rsync 873, ftps-data 989, ftps 990
  telnets 992, imaps 993, pop3s 995, blackjack 1025, cap 1026, exosee 1027, iad1 1030, iad2 1031, iad3 1032
  netinfo 1033, mxxrlogin 1035, nsstp 1036, mtqp 1038, neod1 1047, neod2 1048, optima-vnet 1051, instl_boots 1067
  instl_bootc 1068, socks 1080, ansoft-lm-1 1083, webobjects 1085, proofd 1093, rootd 1094, rmiregistry 1099
  rmpp 1121, supfiledbg 1127, nfa 1155, oracle-oms 1159, health-polling 1161, skkserv 1178, openvpn 1194
  predict 1210, lupa 1212, hotline 1234, search-agent 1234, bvcontrol 1236, rmtcfg 1236, nessus 1241, xtel 1313
  xtelw 1314, menandmice-dns 1337, lotusnote 1352, lotusnotes 1352, prm-sm-np 1402, ibm-mqseries 1414
  ms-sql-s 1433, ms-sql-m 1434, proxima-lm 1445, ica 1494, watcom-sql 1498, ncube-lm 1521, ingreslock 1524
  orasrv 1525, prospero-np 1525, datametrics 1645, old-radius 1645, old-radacct 1646, sa-msg-port 1646
  kermit 1649, groupwise 1677, l2f 1701, l2tp 1701, h323gatestat 1719, h323hostcall 1720, pptp 1723
  tftp-mcast 1758, cft-0 1761, hello 1789, radius 1812, radacct 1813, radius-acct 1813, msnp 1863, mqtt 1883
  ssdp 1900, tcoaddressbook 1977, cisco-sccp 2000, dc 2001, globe 2002, cfinger 2003, mailbox 2004, search 2010
  nfs 2049, shilp 2049, iop 2055, gnunet 2086, mck-ivpip 2088, rtcm-sc104 2101, zephyr-srv 2102, zephyr-clt 2103
  zephyr-hm 2104, gsigatekeeper 2119, iprop 2121, gtp-control 2123, gris 2135, gtp-user 2152, eforward 2181
  docker 2375, etcd-client 2379, etcd-server 2380, cvspserver 2401, venus 2430, venus-se 2431, codasrv 2432
  codasrv-se 2433, citrixima 2512, mon 2583, zebrasrv 2600, zebra 2601, ripd 2602, ripngd 2603, ospfd 2604
  bgpd 2605, ospf6d 2606, ospfapi 2607, isisd 2608, versa-tek 2610, dict 2628, f5-globalsite 2792, gsiftp 2811
  m2ua 2904, m3ua 2905, gpsd 2947, hbci 3000, remoteware-cl 3000, origo-native 3001, redwood-broker 3001
  exlm-agent 3002, cgms 3003, gds-db 3050, gds_db 3050, tl1-raw 3082, tl1-telnet 3083, rapidmq-center 3093
  ndl-aas 3128, icp 3130, icpv2 3130, tick-port 3200, isns 3205, iscsi-target 3260, msft-gc 3268
  msft-gc-ssl 3269, mysql 3306, opsession-prxy 3307, ms-wbt-server 3389, nat-stun-port 3478, stun 3478
  stun-behavior 3478, turn 3478, nut 3493, webmail-2 3511, distcc 3632, daap 3689, subversion 3690, svn 3690
  bfd-control 3784, bfd-echo 3785, diameter 3868, mapper-nodemgr 3984, mapper-mapethd 3985, dnx 3998
  fcp-cics-gw1 4000, terabase 4000, newoak 4001, pxc-spvr-ft 4002, pxc-splr-ft 4003, pxc-roid 4004, pxc-pin 4005
  suucp 4031, yo-main 4040, houston 4041, ldxp 4042, nirp 4043, lorica-in 4080, lorica-in-sec 4081
  lorica-out 4082, lorica-out-sec 4083, sysrqd 4094, assuria-slm 4119, sieve 4190, xtell 4224, dey-sapi 4330
  f5-iquery 4353, epmd 4369, remctl 4373, krb524 4444, nv-video 4444, upnotifyp 4445, ntske 4460
  ipsec-nat-t 4500, sae-urn 4500, rsip 4555, fax 4557, hylafax 4559, kwtc 4566, tram 4567, iax 4569, mtn 4691
  ipfix 4739, ipfixs 4740, bfd-multi-ctl 4784, vxlan 4789, radmin-port 4899, lrrd 4949, munin 4949
  commplex-main 5000, commplex-link 5001, rfe 5002, sip 5060, sip-tls 5061, sips 5061, hillrserv 5117
  jabber-client 5222, xmpp-client 5222, jabber-server 5269, xmpp-server 5269, xmpp-bosh 5280, hacl-hb 5300
  hacl-cfg 5302, cfengine 5308, stuns 5349, turns 5349, mdns 5353, llmnr 5355, postgres 5432, postgresql 5432
  sgi-eventmond 5553, personal-agent 5555, rplay 5555, freeciv 5556, rptp 5556, nrpe 5666, nsca 5667, amqps 5671
  amqp 5672, canna 5680, coap 5683, coaps 5684, ida-discover1 5741, diameters 5868, rfb 5900, vnc-server 5900
  mppolicy-v5 5968, wsman 5985, wsmans 5986, cvsup 5999, x11 6000, x11-0 6000, x11-1 6001, x11-2 6002, x11-3 6003
  x11-4 6004, x11-5 6005, x11-6 6006, x11-7 6007, geneve 6081, opcon-xps 6100, synchronet-db 6100, softcm 6110
  spc 6111, dtspcd 6112, backup-express 6123, sflow 6343, gnutella-svc 6346, gnutella-rtr 6347, redis 6379
  sun-sr-https 6443, sge-qmaster 6444, sge_qmaster 6444, sge-execd 6445, sge_execd 6445, mysql-proxy 6446
  sun-sr-http 6480, dccp-udp 6511, syslog-tls 6514, lds-distrib 6543, mythtv 6543, sane 6566, sane-port 6566
  saned 6566, ovsdb 6640, openflow 6653, ircu 6665, irc 6667, ircd 6667, babel 6696, ircs-u 6697, smc-http 6788
  smc-https 6789, afs3-fileserver 7000, bbs 7000, afs3-callback 7001, afs3-prserver 7002, afs3-vlserver 7003
  afs3-kaserver 7004, afs3-volser 7005, afs3-errors 7006, afs3-bos 7007, afs3-update 7008, afs3-rmtsys 7009
  dpserve 7020, dpserveadmin 7021, arcp 7070, realserver 7070, font-service 7100, xfs 7100, swx 7300, icb 7326
  oveadmgr 7427, oracleas-https 7443, openit 7478, ovbus 7501, ovhpas 7510, rome 7663, pando-pub 7680, cbt 7777
  vstat 7779, accu-lmgr 7781, irdmi2 7999, irdmi 8000, vcom-tunnel 8001, teradataordbms 8002, mcreport 8003
  p2pevolvenet 8004, mxi 8005, wpl-analytics 8006, warppipe 8007, zope-ftp 8021, senomix01 8052, http-proxy 8080
  webcache 8080, sunproxyadmin 8081, tproxy 8081, us-cli 8082, us-srv 8083, websnp 8084, d-s-n 8086
  simplifymedia 8087, omniorb 8088, radan-http 8088, opsmessaging 8090, jamlink 8091, prosyna-alt 8092
  xprint-server 8100, privoxy 8118, polipo 8123, indigo-vrmi 8130, puppet 8140, intermapper 8181, trivnet1 8200
  trivnet2 8201, synapse-nhttps 8243, synapse-nhttp 8280, blp3 8292, tmi 8300, cvd 8400, sabarsd 8401
  pcsync-https 8443, npmp 8450, noteshare 8474, fmtp 8500, rtsp-alt 8554, asterix 8600, canon-bjnp1 8611
  ultraseek-http 8765, sunwebadmin 8800, dxspider 8873, cddbp-alt 8880, secure-mqtt 8883, ddi-tcp-1 8888
  sometimes-rpc2 8888, ddi-tcp-2 8889, ddi-tcp-3 8890, ddi-tcp-4 8891, ddi-tcp-5 8892, ddi-tcp-6 8893
  ddi-tcp-7 8894, jmb-cds1 8900, manyone-http 8910, sunwebadmins 8989, clc-build-daemon 8990, cslistener 9000
  etlservicemgr 9001, dynamid 9002, pichat 9009, glrpc 9080, cisco-aqos 9081, aurora 9084, ibm-rsyscon 9085
  net2display 9086, classic 9087, sqlexec 9088, sqlexec-ssl 9089, websm 9090, xmltec-xmlmail 9091
  XmlIpcRegSvc 9092, copycat 9093, xinetd 9098, hp-pdl-datastr 9100, jetdirect 9100, bacula-dir 9101
  bacula-fd 9102, bacula-sd 9103, peerwire 9104, wap-wsp 9200, wap-wsp-wtp 9201, wap-wsp-s 9202
  wap-wsp-wtp-s 9203, vrace 9300, secure-ts 9318, git 9418, tungsten-https 9443, xmms2 9667, zope 9673
  tungsten-http 9762, abyss 9999, distinct 9999, ndmp 10000, snet-sensor-mgmt 10000, webmin 10000
  scp-config 10001, documentum 10002, emcrmirccd 10004, zabbix-agent 10050, zabbix-trapper 10051, amanda 10080
  kamanda 10081, amandaidx 10082, amidxtape 10083, itap-ddtp 10100, ezmeeting-2 10101, bmc-perf-sd 10128
  nbd 10809, metasys 11001, memcache 11211, hkp 11371, cce4x 12000, entextxid 12000, sgi-cmsd 17001
  sgi-crsd 17002, sgi-gcd 17003, sgi-cad 17004, db-lsp 17500, zep 17754, dcap 22125, gsidcap 22128, wnn6 22273
  aws-brf 22800, binkp 24554, icl-twobase1 25000, quake 26000, flex-lm 27000, asp 27374, sgsap 29118
  kingdomsonline 30260, csync2 30865, s1-control 36412, x2-control 36422, ngap 38412, xnap 38422, nimhub 48002
  dircproxy 57000, tfido 60177, fido 60179
`;

let byName: ReadonlyMap<string, readonly number[]> | null = null;

/** @returns the ports a name may stand for; empty when it is not known. */
export function portsNamed(name: string): readonly number[] {
  byName ??= new Map(
    NAMES.trim()
      .split(/,\s|\n/)
      .map((entry) => {
        const [known = '', ports = ''] = entry.trim().split(' ');
        return [known, ports.split('/').map(Number)];
      }),
  );
  return byName.get(name) ?? [];
}
