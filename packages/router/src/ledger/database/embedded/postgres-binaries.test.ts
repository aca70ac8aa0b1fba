import assert from "node:assert/strict";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { findPostgresBinaries, makeLinks, reachableBinaries } from "./postgres-binaries.ts";

const NOBODY = { uid: 65_534, gid: 65_534 };

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "aimo-binaries-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("a platform without a package is told to use DATABASE_URL", () => {
  assert.throws(() => findPostgresBinaries("sunos-x64"), {
    name: "EmbeddedPostgresError",
    message:
      "There is no embedded PostgreSQL for sunos-x64. Set DATABASE_URL to a PostgreSQL of your own, 15 or newer.",
  });
});

test("links that no script made at install are made, and those that are there are left", (t) => {
  const folder = newFolder(t);
  mkdirSync(join(folder, "native", "lib"), { recursive: true });
  const links = ["libpq.so", "libpq.so.5"].map((name) => ({
    source: "native/lib/libpq.so.5.18",
    target: `native/lib/${name}`,
  }));
  writeFileSync(join(folder, "native", "pg-symlinks.json"), JSON.stringify(links));
  symlinkSync("elsewhere", join(folder, "native", "lib", "libpq.so.5"));
  for (const _ of [1, 2]) makeLinks(folder);
  const made = ["libpq.so", "libpq.so.5"].map((name) => readlinkSync(join(folder, "native", "lib", name)));
  assert.deepEqual(made, ["libpq.so.5.18", "elsewhere"]);
});

test("a platform whose package has no links needs none", (t) => {
  assert.equal(makeLinks(newFolder(t)), undefined);
});

const needsRoot = process.getuid?.() !== 0 && "only root runs programs as another user";

test("programs in a folder that the database's user cannot enter run from a copy", { skip: needsRoot }, (t) => {
  const folder = newFolder(t);
  const closed = join(folder, "closed");
  const found = dirname(dirname(dirname(findPostgresBinaries().postgres)));
  cpSync(found, closed, { recursive: true, verbatimSymlinks: true });
  chmodSync(folder, 0o755);
  chmodSync(closed, 0o700);
  const native = join(closed, "native", "bin");
  const binaries = { initdb: join(native, "initdb"), postgres: join(native, "postgres") };
  const shelter = join(folder, "shelter");
  const reached = reachableBinaries(binaries, NOBODY, shelter);
  assert.ok(reached.postgres.startsWith(join(shelter, "postgresql-")));
  assert.ok(existsSync(reached.initdb));
  assert.deepEqual(reachableBinaries(binaries, NOBODY, shelter), reached);
  chmodSync(closed, 0o755);
  assert.deepEqual(reachableBinaries(binaries, NOBODY, shelter), binaries);
});
