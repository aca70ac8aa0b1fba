import assert from "node:assert/strict";
import { test } from "node:test";
import type { OsUsers } from "./postgres-user.ts";
import { unprivilegedUser } from "./postgres-user.ts";

/** A machine with some users; `canCreate` says whether others can be made. */
function machine(names: readonly string[], canCreate = true): OsUsers & { readonly created: string[] } {
  const created: string[] = [];
  return {
    created,
    find: (name) => {
      const index = [...names, ...created].indexOf(name);
      return index === -1 ? undefined : { uid: 100 + index, gid: 200 + index };
    },
    create: (name) => canCreate && created.push(name) > 0,
  };
}

test("the database runs as the user `postgres` where there is one", () => {
  const users = machine(["daemon", "aimo-postgres", "postgres"]);
  assert.deepEqual(unprivilegedUser(users), { uid: 102, gid: 202 });
  assert.deepEqual(users.created, []);
});

test("it runs as a user of its own otherwise, which is made once", () => {
  const users = machine(["daemon"]);
  assert.deepEqual(unprivilegedUser(users), { uid: 101, gid: 201 });
  assert.deepEqual(unprivilegedUser(users), { uid: 101, gid: 201 });
  assert.deepEqual(users.created, ["aimo-postgres"]);
});

test("where no user can be made, the error says what to do", () => {
  const message = /the OS user aimo-postgres for it could not be made: .*ordinary user, .*DATABASE_URL/;
  assert.throws(() => unprivilegedUser(machine(["daemon"], false)), { name: "EmbeddedPostgresError", message });
});

test(
  "users of this machine are found by name",
  { skip: process.getuid?.() !== 0 && "only root may run as others" },
  () => {
    assert.deepEqual(unprivilegedUser(undefined, ["no-such-user-of-any-machine", "nobody"]).uid > 0, true);
  },
);
