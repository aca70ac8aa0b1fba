// Hosts and addresses count as loopback, local or public exactly, in every spelling.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isLocalHost, isLoopbackHost, isPublicAddress } from "./network-address.ts";

const hostOf = (host: string): string => new URL(`http://${host}/`).hostname;

test("loopback is localhost, 127.0.0.0/8, ::1 and their IPv4-mapped forms, in every spelling a URL has", () => {
  const hosts = ["localhost", "LOCALHOST", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "127.255.255.255", "[::1]"];
  for (const host of [...hosts, "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]"]) {
    assert.equal(isLoopbackHost(hostOf(host)), true, host);
  }
});

test("the case of a host's name does not count", () => {
  assert.equal(isLoopbackHost("LocalHost"), true);
  assert.equal(isLocalHost("GPU.Local"), true);
});

test("a host that only looks like loopback is not", () => {
  const hosts = ["localhost.evil.com", "127.0.0.1.evil.com", "evil-localhost", "localhost.", "a.localhost", "0.0.0.0"];
  for (const host of [...hosts, "126.255.255.255", "128.0.0.1", "[::2]", "[::ffff:128.0.0.1]", "[::127.0.0.1]"]) {
    assert.equal(isLoopbackHost(hostOf(host)), false, host);
  }
  assert.equal(isLoopbackHost(""), false);
  assert.equal(isLoopbackHost("[127.0.0.1"), false);
});

test("local hosts are private and link-local addresses, names without a dot and the zones the public DNS lacks", () => {
  const local = ["ollama", "gpu.local", "host.docker.internal", "nas.home.arpa", "localhost", "0.0.0.0", "10.1.2.3"];
  const addresses = [
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.1.1",
    "100.64.0.1",
    "[fe80::1]",
    "127.0.0.1",
    "[::1]",
    "[::]",
  ];
  for (const host of [...local, ...addresses, "[fd00::1]", "[::ffff:10.0.0.1]"]) {
    assert.equal(isLocalHost(hostOf(host)), true, host);
  }
  const foreign = ["example.com", "local.example.com", "internal.evil.com", "172.15.255.255", "172.32.0.0", "8.8.8.8"];
  for (const host of [...foreign, "[2606:4700::1111]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]"]) {
    assert.equal(isLocalHost(hostOf(host)), false, host);
  }
});

test("public addresses are those of the internet's hosts", () => {
  for (const ip of ["1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "223.255.255.255", "::ffff:8.8.8.8"]) {
    assert.equal(isPublicAddress(ip), true, ip);
  }
  for (const ip of ["2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]) assert.equal(isPublicAddress(ip), true, ip);
});

test("special addresses are not public, whichever way they are written", () => {
  const ipv4 = ["0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.1"];
  const more = ["192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"];
  for (const ip of [...ipv4, ...more, "240.0.0.1", "255.255.255.255"]) {
    assert.equal(isPublicAddress(ip), false, ip);
    assert.equal(isPublicAddress(`::ffff:${ip}`), false, `mapped ${ip}`);
  }
  const ipv6 = ["::", "::1", "::127.0.0.1", "64:ff9b::8.8.8.8", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::"];
  for (const ip of [
    ...ipv6,
    "3fff::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "0:0:0:0:0:ffff:7f00:1",
  ]) {
    assert.equal(isPublicAddress(ip), false, ip);
  }
});

test("what is no IP address is not public", () => {
  for (const text of ["", "localhost", "8.8.8", "8.8.8.8.8", "[::1]", "1.1.1.1 ", "0x08080808"]) {
    assert.equal(isPublicAddress(text), false, text);
  }
});
