// From where a connection comes, as far as connections are counted by it.
import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Addresses that no stranger on the Internet has: a balancer in front of a router comes from there, for everybody. */
const OWN = new BlockList();
for (const [network, bits] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
] as const) {
  OWN.addSubnet(network, bits, "ipv4");
}
OWN.addAddress("::1", "ipv6");
OWN.addSubnet("fc00::", 7, "ipv6");
OWN.addSubnet("fe80::", 10, "ipv6");

const PREFIX_GROUPS = 4; // 64 bits: what one subscriber gets, and may change his address within at will

/**
 * What connections from `address` are counted under: the address, or the /64 of an IPv6 one. Undefined for loopback
 * and private networks, and for a connection that has gone already.
 */
export function remoteNetwork(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, "");
  if (isIPv4(plain)) return OWN.check(plain, "ipv4") ? undefined : plain;
  const [unscoped = ""] = plain.split("%", 1);
  if (!isIPv6(unscoped) || OWN.check(unscoped, "ipv6")) return undefined;
  const [head = ""] = unscoped.split("::", 1);
  const groups = head === "" ? [] : head.split(":");
  while (groups.length < PREFIX_GROUPS) groups.push("0");
  return groups
    .slice(0, PREFIX_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

const SELLER_OCTETS = 3; // a /24: what a hosting company gives one customer's machines, or a home
const SELLER_GROUPS = 3; // a /48: what one site is given

/** What sellers are taken for one by: the /24 of an IPv4 address, the /48 of an IPv6 one; undefined as `remoteNetwork` is. */
export function sellerNetwork(address: string | undefined): string | undefined {
  const network = remoteNetwork(address);
  if (network === undefined) return undefined;
  return network.includes(":")
    ? network.split(":").slice(0, SELLER_GROUPS).join(":")
    : network.split(".").slice(0, SELLER_OCTETS).join(".");
}
