// Which addresses are counted together, and which are not counted at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { remoteNetwork } from "./remote-network.ts";

for (const [address, network] of [
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::1", "2001:db8:1:2"],
  ["2001:0db8:0001:0002::1", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8:1:3::1", "2001:db8:1:3"],
  ["9.255.255.255", "9.255.255.255"],
  ["11.0.0.0", "11.0.0.0"],
  ["172.15.255.255", "172.15.255.255"],
  ["172.32.0.0", "172.32.0.0"],
] as const) {
  test(`${address} is counted as ${network}`, () => {
    assert.equal(remoteNetwork(address), network);
  });
}

for (const address of [
  ...["127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1", "::1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
  ...["169.254.0.1", "fd00::1", "fe80::1%eth0", undefined, "not an address"],
]) {
  test(`${String(address)} is not counted: no stranger has it`, () => {
    assert.equal(remoteNetwork(address), undefined);
  });
}
