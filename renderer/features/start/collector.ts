/** The commands to send to a customer, as they are pasted on the node. */

/** The EKS log collector, then what it leaves out: rule counters and the nftables rules. */
export const COLLECTOR_COMMANDS = [
  'curl -sSLO https://raw.githubusercontent.com/awslabs/amazon-eks-ami/main/log-collector-script/linux/eks-log-collector.sh',
  'sudo bash eks-log-collector.sh',
  // The redirection too must be root's: /var/log is not open to others.
  "sudo sh -c 'iptables-save -c > /var/log/iptables-save-c.txt'",
  "sudo sh -c 'nft list ruleset > /var/log/nft-ruleset.txt'",
].join('\n');

/** The same as a message a customer can follow without knowing the product. */
export const COLLECTOR_MESSAGE = `Please run this on one affected node, and on one healthy node if you can:

${COLLECTOR_COMMANDS}

Then send us the archive it names (/var/log/eks_...tar.gz) and the two .txt files from /var/log.
The files contain host names, addresses, pod names and log text.
`;
