// Who a router is: made once, kept for ever, readable by nobody else, and never guessed from a damaged file.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { base58 } from "@scure/base";
import { ConfigError } from "./config.ts";
import { loadIdentity } from "./identity.ts";

interface Jwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly d: string;
}

describe("a router's identity", () => {
  let root: string;
  let folders = 0;
  before(() => void (root = mkdtempSync(join(tmpdir(), "aimo-identity-"))));
  after(() => rmSync(root, { recursive: true, force: true }));
  const folder = (): string => join(root, `${(folders += 1)}`);
  const fileOf = (directory: string): string => join(directory, "router-identity.json");

  test("is made at the first start, in a folder that may be missing, for its owner only", () => {
    const directory = join(folder(), "deep", "data");
    const { routerId } = loadIdentity(directory);
    assert.equal(base58.decode(routerId).length, 32);
    assert.equal(statSync(fileOf(directory)).mode & 0o777, 0o600);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(directory), ["router-identity.json"], "nothing else is left there");
  });

  test("has a folder that cannot be made told as a fault of its setting", () => {
    const directory = folder();
    writeFileSync(directory, "a file");
    for (const path of [directory, join(directory, "data")]) {
      assert.throws(
        () => loadIdentity(path),
        (error) => error instanceof ConfigError && /AIMO_DATA_DIR.*a file is in its way/.test(error.message),
      );
    }
  });

  test("is kept: the same id and the same pseudonyms at every start", () => {
    const directory = folder();
    const first = loadIdentity(directory);
    const pseudonym = first.pseudonym("payer", "provider");
    const bytes = readFileSync(fileOf(directory));
    const second = loadIdentity(directory);
    assert.equal(second.routerId, first.routerId);
    assert.equal(second.pseudonym("payer", "provider"), pseudonym);
    assert.deepEqual(readFileSync(fileOf(directory)), bytes);
    assert.notEqual(loadIdentity(folder()).routerId, first.routerId);
  });

  test("gives pseudonyms that tell apart payers, providers and routers, and name none", () => {
    const one = loadIdentity(folder());
    const other = loadIdentity(folder());
    const made = [
      one.pseudonym("a", "x"),
      one.pseudonym("b", "x"),
      one.pseudonym("a", "y"),
      one.pseudonym("x", "a"),
      other.pseudonym("a", "x"),
    ];
    assert.equal(new Set(made).size, made.length);
    for (const pseudonym of made) assert.match(pseudonym, /^[0-9a-f]{32}$/);
    assert.equal(one.pseudonym("a", "x"), made[0]);
  });

  describe("is refused, with the file named and left as it is, when that holds", () => {
    const good = (): { directory: string; jwk: Jwk } => {
      const directory = folder();
      loadIdentity(directory);
      return { directory, jwk: JSON.parse(readFileSync(fileOf(directory), "utf8")) as Jwk };
    };
    for (const [name, damage] of [
      ["nothing", () => ""],
      ["half a file", (jwk: Jwk) => JSON.stringify(jwk).slice(0, 40)],
      ["text", () => "hello"],
      ["null", () => "null"],
      ["another kind of key", (jwk: Jwk) => JSON.stringify({ ...jwk, crv: "X25519" })],
      ["no private key", ({ d: _d, ...jwk }: Jwk) => JSON.stringify(jwk)],
      ["a short private key", (jwk: Jwk) => JSON.stringify({ ...jwk, d: "abc" })],
      [
        "a public key that is not its private key's",
        (jwk: Jwk) => JSON.stringify({ ...jwk, x: `${jwk.x.startsWith("A") ? "B" : "A"}${jwk.x.slice(1)}` }),
      ],
      ["another private key", (jwk: Jwk) => JSON.stringify({ ...jwk, d: "A".repeat(43) })],
      ["letters that spell no bytes", (jwk: Jwk) => JSON.stringify({ ...jwk, d: "_".repeat(43), x: "_".repeat(43) })],
    ] as const) {
      test(name, () => {
        const { directory, jwk } = good();
        const damaged = damage(jwk);
        writeFileSync(fileOf(directory), damaged);
        assert.throws(
          () => loadIdentity(directory),
          (error) => {
            assert.ok(error instanceof ConfigError, "told without a stack");
            assert.ok(error.message.includes(fileOf(directory)), error.message);
            assert.match(error.message, /expected an Ed25519 key.*backup/);
            assert.ok(!error.message.includes(jwk.d), "the secret is not shown");
            return true;
          },
        );
        assert.equal(readFileSync(fileOf(directory), "utf8"), damaged);
      });
    }
  });

  test("is one although several routers start on a new folder at once", async () => {
    const directory = folder();
    const module = JSON.stringify(new URL("identity.ts", import.meta.url).href);
    const script = `const { loadIdentity } = await import(${module}); process.stdin.once("data", () => { console.log(loadIdentity(${JSON.stringify(directory)}).routerId); process.exit(); }); console.log("ready");`;
    const children = Array.from({ length: 3 }, () => spawn(process.execPath, ["--input-type=module", "-e", script]));
    await Promise.all(children.map(({ stdout }) => once(stdout, "data")));
    const ids = children.map(({ stdout }) => text(stdout));
    for (const { stdin } of children) stdin.write("go\n");
    const [first, ...others] = await Promise.all(ids);
    assert.match(first ?? "", /^[1-9A-HJ-NP-Za-km-z]{32,44}\n$/);
    for (const other of others) assert.equal(other, first);
    assert.equal(`${loadIdentity(directory).routerId}\n`, first);
    assert.deepEqual(readdirSync(directory), ["router-identity.json"]);
  });
});
