import { BlockList, isIP, isIPv4 } from 'node:net';
import { isMatch } from '../schema/glob.ts';

/** Addresses that answer whoever is on the machine, with its credentials among other things: no deployer is ever there. */
const never = new BlockList();
never.addSubnet('169.254.0.0', 16, 'ipv4'); // link-local (RFC 3927), and with it the metadata service of most clouds
never.addSubnet('fe80::', 10, 'ipv6'); // link-local (RFC 4291)
never.addAddress('fd00:ec2::254', 'ipv6'); // metadata of EC2
never.addAddress('fd20:ce::254', 'ipv6'); // metadata of Google Compute Engine
never.addAddress('100.100.100.200', 'ipv4'); // metadata of Alibaba Cloud
never.addAddress('192.0.0.192', 'ipv4'); // metadata of Oracle Cloud
never.addAddress('168.63.129.16', 'ipv4'); // the agent's server of Azure

const NEVER_NAMES = new Set(['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data', 'instance-data.ec2.internal']);

/** IPv6 addresses that stand for an IPv4 one, by their first groups, and the group at which that one begins. */
const EMBEDDINGS: readonly (readonly [prefix: readonly number[], at: number])[] = [
  [[0, 0, 0, 0, 0, 0xffff], 6], // mapped (RFC 4291, section 2.5.5.2)
  [[0, 0, 0, 0, 0xffff, 0], 6], // translated (RFC 2765)
  [[0, 0, 0, 0, 0, 0], 6], // compatible (RFC 4291, section 2.5.5.1)
  [[0x64, 0xff9b], 6], // NAT64 (RFC 6052, RFC 8215)
  [[0x2002], 1], // 6to4 (RFC 3056)
];

/** Any host. */
export const ANY_HOST: readonly string[] = ['*'];

/** Why no deployer may be at this URL, as a clause; nothing when it may. @param allowed globs of host names and addresses */
export function faultOfHost(url: string, allowed: readonly string[]): string | undefined {
  // The parser has brought every way of writing an IPv4 address, in one number, octal or hexadecimal, into the one with four decimals.
  const host = bareHost(url);
  if (NEVER_NAMES.has(host) || isForbidden(host)) return 'leads to a link-local address or the metadata service of a cloud, which are never asked';
  if (allowed.some((pattern) => isMatch(pattern.toLowerCase(), host))) return undefined;
  return `has a host that is not one of those that --deployer-hosts allows: ${allowed.join(', ')}`;
}

/** The host of a URL as a resolver takes it: in lower case, without brackets and the dot of the root. */
export function bareHost(url: string): string {
  return new URL(url).hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '');
}

/** Whether an address, in whatever form, is one that is never asked. A name is none. */
export function isForbidden(address: string): boolean {
  const [bare = ''] = address.split('%'); // a zone: fe80::1%eth0
  if (isIP(bare) === 0) return false;
  if (isIPv4(bare)) return never.check(bare, 'ipv4');
  return never.check(bare, 'ipv6') || embeddedIn(groupsOf(bare)).some((inner) => never.check(inner, 'ipv4'));
}

function embeddedIn(groups: readonly number[]): readonly string[] {
  const isWith = (prefix: readonly number[]) => prefix.every((group, index) => groups[index] === group);
  return EMBEDDINGS.filter(([prefix]) => isWith(prefix)).map(([, at]) => {
    const [high = 0, low = 0] = groups.slice(at, at + 2);
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  });
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const hexadecimal = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = hexadecimal.split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [numbers(head), numbers(tail ?? '')];
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}
