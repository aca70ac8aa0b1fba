import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { makeRoleFile, makeWhole, roleFile } from "./role-files.ts";

const home = mkdtempSync(join(tmpdir(), "aimo-roles-"));
after(() => rmSync(home, { recursive: true }));

test("each role's key is made once, is read back, and is its owner's alone", async () => {
  const folder = join(home, "made");
  for (const role of ["routerId", "settler", "admin"] as const) {
    assert.equal(makeRoleFile(folder, role), true);
    const path = roleFile(folder, role);
    const before = await readKeyFile(path);
    assert.equal(makeRoleFile(folder, role), false, "a second time it stays");
    assert.equal((await readKeyFile(path)).address, before.address);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  }
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.match(readFileSync(roleFile(folder, "routerId"), "utf8"), /"kty":"OKP"/, "as the router keeps it");
  assert.deepEqual(readdirSync(folder).toSorted(), ["admin.json", "router-identity.json", "settler.json"]);
});

test("a file whose making broke off is not there, and is made by the next run", () => {
  const folder = join(home, "broken");
  const path = join(folder, "some.json");
  const half = (draft: string): void => {
    writeFileSync(draft, "ha");
    throw new Error("killed");
  };
  assert.throws(() => makeWhole(path, half), /killed/);
  assert.ok(!readdirSync(folder).includes("some.json"));
  assert.equal(
    makeWhole(path, (draft) => writeFileSync(draft, "whole", { flag: "wx" })),
    true,
  );
  assert.equal(readFileSync(path, "utf8"), "whole");
  assert.deepEqual(readdirSync(folder), ["some.json"]);
});
