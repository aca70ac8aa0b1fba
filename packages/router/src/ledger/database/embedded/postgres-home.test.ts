import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { preparePostgresHome, urlOfHome } from "./postgres-home.ts";

const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "aimo-home-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("a path too long for a socket has its socket elsewhere, closed to others, and the same the next time", (t) => {
  const folder = newFolder(t);
  chmodSync(folder, 0o755);
  const dataDirectory = join(folder, "x".repeat(100));
  const home = preparePostgresHome(dataDirectory);
  const sockets = dirname(home.socketDirectory);
  t.after(() => rmSync(sockets, { recursive: true }));
  assert.ok(Buffer.byteLength(join(home.socketDirectory, ".s.PGSQL.5432")) <= 103);
  assert.equal(modeOf(home.socketDirectory), "700");
  assert.match(modeOf(sockets), /^7[01]0$/);
  assert.ok(home.dataDirectory.startsWith(dataDirectory));
  assert.equal(new URL(urlOfHome(home)).searchParams.get("host"), home.socketDirectory);
  assert.deepEqual(preparePostgresHome(dataDirectory), home);
});

test("an ordinary user's database is in the data directory", { skip: isRoot && "this is root" }, (t) => {
  const dataDirectory = newFolder(t);
  const home = preparePostgresHome(dataDirectory);
  assert.deepEqual([home.dataDirectory, home.user], [join(dataDirectory, "postgres", "data"), undefined]);
});

const needsRoot = !isRoot && "only root runs the database as another user";

test("root's data directory lets the database's user pass, and nobody else", { skip: needsRoot }, (t) => {
  const dataDirectory = join(newFolder(t), "made", "here");
  chmodSync(dirname(dirname(dataDirectory)), 0o755);
  const home = preparePostgresHome(dataDirectory, () => NOBODY);
  assert.deepEqual([home.dataDirectory, home.user], [join(dataDirectory, "postgres", "data"), NOBODY]);
  for (const folder of [dirname(dataDirectory), dataDirectory, join(dataDirectory, "postgres")]) {
    assert.deepEqual([modeOf(folder), statSync(folder).uid, statSync(folder).gid], ["710", 0, NOBODY.gid]);
  }
  assert.deepEqual([modeOf(home.socketDirectory), statSync(home.socketDirectory).uid], ["700", NOBODY.uid]);
});

test("a data directory the user cannot get to points to a place that lasts", { skip: needsRoot }, (t) => {
  const parent = newFolder(t);
  const dataDirectory = join(parent, "data");
  mkdirSync(dataDirectory);
  const home = preparePostgresHome(dataDirectory, () => NOBODY);
  const place = dirname(home.dataDirectory);
  t.after(() => rmSync(place, { recursive: true }));
  assert.equal(modeOf(parent), "700");
  assert.ok(place.startsWith("/var/lib/aimo-postgres/database-"));
  assert.equal(readFileSync(join(dataDirectory, "postgres-place"), "utf8").trim(), place);
  assert.deepEqual(
    preparePostgresHome(dataDirectory, () => NOBODY),
    home,
  );

  // Whoever removes a data directory wants a new database, not the old one.
  rmSync(dataDirectory, { recursive: true });
  mkdirSync(dataDirectory);
  const fresh = dirname(preparePostgresHome(dataDirectory, () => NOBODY).dataDirectory);
  t.after(() => rmSync(fresh, { recursive: true }));
  assert.notEqual(fresh, place);
  assert.ok(existsSync(place));
});

test("a database stays with the user that owns it", { skip: needsRoot }, (t) => {
  const dataDirectory = newFolder(t);
  const first = preparePostgresHome(dataDirectory, () => NOBODY);
  mkdirSync(first.dataDirectory);
  const second = preparePostgresHome(dataDirectory, () => ({ uid: 1, gid: 1 }));
  assert.equal(second.user?.uid, statSync(first.dataDirectory).uid);
});
