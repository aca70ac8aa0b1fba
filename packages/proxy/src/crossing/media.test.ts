// Media one by one: bare base64, and the addresses behind a host.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { checkMediaHosts, isBareBase64 } from "./media.ts";

const isRefused = (error: unknown): boolean => isAimoError(error, "forbidden_content");

describe("bare base64", () => {
  for (const value of ["UklGRg==", "AAAA", "ab+/", `//uQ${"A".repeat(32_768)}`]) {
    test(`${value.slice(0, 16)} of ${value.length} characters passes`, () => {
      assert.equal(isBareBase64(value), true);
    });
  }

  // The first has the length and the letters of base64.
  for (const value of [
    "/etc/passwd1",
    "/etc/passwd",
    "etc/passwd",
    "~/a1",
    "./a1",
    "",
    "AAA",
    "A===",
    "AA\nA",
    "A A=",
  ]) {
    test(`${JSON.stringify(value)} is none`, () => {
      assert.equal(isBareBase64(value), false);
    });
  }
});

describe("media by their addresses", () => {
  const check = (addresses: readonly string[]): Promise<void> =>
    checkMediaHosts(new Set(["example.com"]), () => Promise.resolve(addresses));

  test("a host passes when every address is public", async () => {
    await check(["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]);
  });

  for (const address of ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1"]) {
    test(`a host that also resolves to ${address} is refused`, async () => {
      await assert.rejects(check(["93.184.215.14", address]), isRefused);
    });
  }

  test("a host without addresses, or unknown, is refused", async () => {
    await assert.rejects(check([]), isRefused);
    await assert.rejects(
      checkMediaHosts(new Set(["x.example"]), () => Promise.reject(new Error("ENOTFOUND"))),
      isRefused,
    );
  });

  test("a public address needs no resolver", async () => {
    await checkMediaHosts(new Set(["93.184.215.14"]), () => Promise.reject(new Error("never asked")));
  });
});
