import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const WORDS = [MAIN, "completion", "fish"]; // prints more than one piece of a pipe

test("whoever reads only the beginning closes the pipe, and that is no fault", async () => {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...WORDS], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (piece: Buffer) => (said += piece.toString()));
  child.stdout.destroy();
  const [code] = (await once(child, "close")) as [number];
  assert.deepEqual([code, said], [0, ""]);
});

test("a closed standard error does not keep a command from its work", async () => {
  const child = spawn(process.execPath, [MAIN, "nonsense"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stderr.destroy();
  const [code] = (await once(child, "close")) as [number];
  assert.equal(code, 2);
});

test("the process ends with the command's exit code, and results come whole through a pipe", () => {
  const good = spawnSync(process.execPath, WORDS, { encoding: "utf8" });
  assert.equal(good.status, 0);
  assert.match(good.stdout, /complete -c aimo -f\n/);
  assert.ok(good.stdout.endsWith("\n"));
  const bad = spawnSync(process.execPath, [MAIN, "completion", "csh"], { encoding: "utf8" });
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /Allowed choices are bash, zsh, fish\./);
});

test("a result that cannot be written is told, and is no success", { skip: !existsSync("/dev/full") }, () => {
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(process.execPath, WORDS, { encoding: "utf8", stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  assert.equal(status, 1);
  assert.match(stderr, /Standard output cannot be written: the system says ENOSPC/);
});
