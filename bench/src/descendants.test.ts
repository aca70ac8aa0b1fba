import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { platform } from "node:os";
import { test } from "node:test";
import { descendantsCpuSeconds, readStat } from "./descendants.ts";

test("a program's name with spaces and parentheses hides neither its parent nor its time", () => {
  const stat = "77 (post (gres) 1 2) S 12 77 77 0 -1 4194560 1 2 3 4 150 50 25 75 20 0 1 0 99 1 1";
  assert.deepEqual(readStat(stat), { parent: 12, seconds: 3 });
});

test("what is no line of /proc is nothing", () => {
  assert.equal(readStat(""), undefined);
});

test(
  "the time of a child and of its ended children counts",
  { skip: platform() !== "linux" && "there is no /proc" },
  async () => {
    const before = descendantsCpuSeconds(process.pid) ?? Number.NaN;
    const busy = `const end = process.cpuUsage().user + 300000; while (process.cpuUsage().user < end);`;
    const nested = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy)}]); console.log("done"); process.stdin.resume();`;
    const child = spawn(process.execPath, ["-e", nested], { stdio: ["pipe", "pipe", "inherit"] });
    try {
      await once(child.stdout, "data");
      const spent = (descendantsCpuSeconds(process.pid) ?? Number.NaN) - before;
      assert.ok(spent >= 0.29, `expected at least 0.29 s, found ${spent}`);
    } finally {
      child.stdin.end();
      await once(child, "exit");
    }
  },
);
