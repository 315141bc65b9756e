/**
 * `pod_ip.txt` of the sgfp bundle: one line `POD_IP=10.4.198.175`.
 */
import ipaddr from 'ipaddr.js';

/** @returns the address and its line, or null when the file holds none (an empty value is none). */
export function parsePodIp(text: string): { readonly address: string; readonly line: number } | null {
  for (const [index, line] of text.split('\n').entries()) {
    const found = /^\s*(?:export\s+)?POD_IP\s*[=:]\s*["']?([0-9A-Fa-f.:]{2,45})["']?\s*$/.exec(line);
    if (found?.[1] !== undefined && isAddress(found[1])) return { address: found[1], line: index + 1 };
  }
  return null;
}

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}
