// The socket's place: a folder of one's own, nothing of anybody else's in it, and what a dead process left taken away.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { SignerFault } from "./key-files.ts";
import { SOCKET_PATH_BYTES_MAX } from "./limits.ts";
import { clearSocketPlace } from "./socket-place.ts";

function makeFolder(t: { after(clean: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "aimo-socket-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const clear = (path: string): Promise<void> => clearSocketPlace(systemClock, path);

async function refuses(path: string, words: RegExp): Promise<void> {
  await assert.rejects(clear(path), (error) => {
    assert.ok(error instanceof SignerFault);
    assert.match(error.message, words);
    return true;
  });
}

/** A process that listens there, with room for hardly anybody who waits. */
async function listenElsewhere(path: string): Promise<ChildProcess> {
  const options = JSON.stringify({ path, backlog: 1 });
  const child = spawn(
    process.execPath,
    ["-e", `require("node:net").createServer().listen(${options}, () => console.log("listens"))`],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}

test("a folder that others may write to is refused, and so is none", async (t) => {
  const folder = makeFolder(t);
  for (const mode of [0o770, 0o707, 0o1777]) {
    chmodSync(folder, mode);
    await refuses(join(folder, "signer"), new RegExp(`with mode ${mode.toString(8)}: chmod 700`));
  }
  chmodSync(folder, 0o755);
  await clear(join(folder, "signer"));
  await refuses(join(folder, "none", "signer"), /expected the folder .*none, found none/);
});

test("a socket that a dead process left is taken away", async (t) => {
  const path = join(makeFolder(t), "signer");
  await end(await listenElsewhere(path));
  assert.ok(existsSync(path));
  await clear(path);
  assert.ok(!existsSync(path));
});

test("a socket that somebody serves stays, and so does anything that is no socket", async (t) => {
  const folder = makeFolder(t);
  const path = join(folder, "signer");
  const server = createServer();
  server.listen(path);
  await once(server, "listening");
  t.after(() => void server.close());
  await refuses(path, /another process listens/);
  const file = join(folder, "file");
  writeFileSync(file, "something");
  await refuses(file, /found a file/);
  const link = join(folder, "link");
  symlinkSync(path, link);
  await refuses(link, /found a file/);
  assert.ok(existsSync(path) && existsSync(file) && existsSync(link));
});

const LINUX_ONLY = process.platform === "linux" ? false : "elsewhere a full queue looks like a socket that is nobody's";

test("a socket of a process that is only busy stays", { skip: LINUX_ONLY }, async (t) => {
  const path = join(makeFolder(t), "signer");
  const child = await listenElsewhere(path);
  child.kill("SIGSTOP");
  const waiting: Socket[] = [];
  t.after(async () => {
    for (const socket of waiting) socket.destroy();
    await end(child);
  });
  let isFull = false;
  while (!isFull) {
    const socket = connect(path);
    waiting.push(socket);
    const [outcome] = await Promise.race([
      once(socket, "connect").then(() => ["waits"]),
      new Promise<[string]>((resolve) => void socket.once("error", () => resolve(["full"]))),
    ]);
    isFull = outcome === "full";
    if (!isFull) await refuses(path, /another process listens/);
  }
  await refuses(path, /another process listens/);
  assert.ok(existsSync(path));
});

test("a path that no Unix takes is refused", async (t) => {
  const folder = makeFolder(t);
  const longest = join(folder, "x".repeat(SOCKET_PATH_BYTES_MAX - folder.length - 1));
  assert.equal(longest.length, SOCKET_PATH_BYTES_MAX);
  await clear(longest);
  await refuses(`${longest}x`, /at most 103 bytes/);
});
