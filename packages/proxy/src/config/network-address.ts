// Which hosts are this machine, which are the own network, and which addresses belong to the public internet.
import { BlockList, isIP } from "node:net";

type Subnet = readonly [network: string, prefixBits: number];

// A rule for IPv4 also meets its IPv4-mapped form (::ffff:127.0.0.1): `BlockList` looks through the mapping.
function addresses(ipv4: readonly Subnet[], ipv6: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [network, prefixBits] of ipv4) list.addSubnet(network, prefixBits, "ipv4");
  for (const [network, prefixBits] of ipv6) list.addSubnet(network, prefixBits, "ipv6");
  return list;
}

const LOOPBACK = addresses([["127.0.0.0", 8]], [["::1", 128]]);

const LOCAL = addresses(
  [
    ["0.0.0.0", 8], // "this host": what servers that listen everywhere print as their own address
    ["10.0.0.0", 8],
    ["100.64.0.0", 10], // carrier-grade NAT, and the addresses of overlay networks such as Tailscale
    ["127.0.0.0", 8],
    ["169.254.0.0", 16], // link-local; clouds serve credentials of the machine here
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
  ],
  [
    ["::", 128],
    ["::1", 128],
    ["fc00::", 7], // unique local
    ["fe80::", 10], // link-local
  ],
);

// IANA IPv4 and IPv6 Special-Purpose Address Registries: everything that is not a host of the public internet.
const SPECIAL = addresses(
  [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24], // protocol assignments
    ["192.0.2.0", 24], // documentation
    ["192.88.99.0", 24], // relays of 6to4, withdrawn
    ["192.168.0.0", 16],
    ["198.18.0.0", 15], // benchmarks
    ["198.51.100.0", 24], // documentation
    ["203.0.113.0", 24], // documentation
    ["224.0.0.0", 4], // multicast
    ["240.0.0.0", 4], // reserved, and broadcast
  ],
  [
    ["2001::", 23], // protocol assignments; Teredo hides an IPv4 address in it
    ["2001:db8::", 32], // documentation
    ["2002::", 16], // 6to4 hides an IPv4 address in it
    ["3fff::", 20], // documentation
  ],
);

const GLOBAL_IPV6 = addresses([], [["2000::", 3]]); // the only block from which public hosts get addresses
const MAPPED_IPV4 = addresses([], [["::ffff:0:0", 96]]);

function lists(list: BlockList, ip: string): boolean {
  return list.check(ip, isIP(ip) === 6 ? "ipv6" : "ipv4");
}

/**
 * Whether an IP address belongs to a host of the public internet; false for what is no IP address. Careful rather
 * than complete: translated IPv6 (NAT64, 6to4, Teredo) counts as not public, because it can lead anywhere.
 */
export function isPublicAddress(ip: string): boolean {
  const version = isIP(ip);
  if (version === 0 || lists(SPECIAL, ip)) return false;
  return version === 4 || lists(GLOBAL_IPV6, ip) || MAPPED_IPV4.check(ip, "ipv6");
}

/** A host of a URL as an IP address without brackets; undefined for a name. */
function addressOf(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) === 0 ? undefined : bare;
}

/** Whether a URL's host is this machine, exactly: `localhost.evil.example` and `127.0.0.1.evil.example` are not. */
export function isLoopbackHost(host: string): boolean {
  const address = addressOf(host);
  return address === undefined ? host.toLowerCase() === "localhost" : lists(LOOPBACK, address);
}

// Names that the public DNS does not serve: RFC 6761, RFC 6762, RFC 8375 and ICANN's `internal`.
const LOCAL_ZONES = [".localhost", ".local", ".home.arpa", ".internal"];

/** Whether a URL's host is on this machine or its own network; a name without a dot (`ollama`) is. */
export function isLocalHost(host: string): boolean {
  const address = addressOf(host);
  if (address !== undefined) return lists(LOCAL, address);
  const name = host.toLowerCase();
  return !name.includes(".") || LOCAL_ZONES.some((zone) => name.endsWith(zone));
}
