// Talking to models from a terminal, on a real network: what is told is what was charged, and a conversation outlives failures.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findFreePort } from "@aimo-network/localnet/free-port";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { CommandResult } from "./command-result.ts";
import { aimo, startAimo } from "./cli-run.ts";
import { waitForCall } from "./model-calls.ts";
import type { Network } from "./network.ts";
import { startNetwork, waitFor } from "./network.ts";

const ENTRY = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
const SLOW = "demo.fixed-200.pace-40ms";
const SILENT = "demo.silent";
const CUT = "demo.cut-after-2";
const COST = /· (0\.\d+) USDC/;
const SCRIPT = "script"; // util-linux gives a child a terminal with it
const hasScript = spawnSync(SCRIPT, ["--version"]).output?.join("").includes("util-linux");

interface ToldAnswer {
  readonly id: string;
  readonly text: string;
  readonly reasoning: string | null;
  readonly cost: string;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

describe("talking to models from a terminal", () => {
  let network: Network;
  let home: string;

  const environment = (): Record<string, string> => ({ AIMO_ROUTER: network.file.router_url });
  const run = (words: readonly string[], input = ""): Promise<CommandResult> =>
    aimo(words, { home, env: environment(), input });

  /** What the demo user's wallet has by the router's word. */
  async function available(): Promise<NanoUsdc> {
    const { router_url: url, user } = network.file;
    const headers = { authorization: `Bearer ${user.api_key}` };
    const response = await fetch(`${url}/api/v1/account/balance`, { headers });
    const { data } = (await response.json()) as { data: { available: string; locked: string } };
    assert.equal(data.locked, "0", "nothing is on its way");
    return parseNanoUsdc(data.available);
  }

  /** Waits for what a running command has said to match. */
  function listen(child: ChildProcess): { said: () => string; hear: (pattern: RegExp) => Promise<string> } {
    let text = "";
    const take = (piece: Buffer): void => void (text += piece.toString());
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    return {
      said: () => text,
      hear: (pattern) => waitFor(String(pattern), () => Promise.resolve(pattern.exec(text)?.[0])),
    };
  }

  before(async () => {
    network = await startNetwork();
    home = mkdtempSync(join(tmpdir(), "aimo-chat-"));
    mkdirSync(join(home, ".config/solana"), { recursive: true });
    writeFileSync(join(home, ".config/solana/id.json"), readFileSync(network.file.user.wallet_file), { mode: 0o600 });
    await network.startProvider({ models: ["demo", "demo-reasoning", SLOW, SILENT, CUT], price: "100" });
  });
  after(async () => {
    rmSync(home, { recursive: true, force: true });
    await network.stop();
  });

  test("run prints the answer alone, and the wallet pays what standard error says", async () => {
    const before_ = await available();
    const { code, stdout, stderr } = await run(["run", "Say hello.", "--model", "test/demo"], "to me");
    assert.equal(code, 0, stderr);
    assert.ok(stdout.endsWith("\n") && stdout.length > 1);
    const [, cost = ""] = COST.exec(stderr) ?? [];
    assert.equal(before_ - (await available()), parseNanoUsdc(cost));
    assert.ok(parseNanoUsdc(cost) > 0n);
  });

  test("run --json has the whole answer, with its cost as the ledger has it", async () => {
    const before_ = await available();
    const { code, stdout, stderr } = await run([
      "run",
      "Think.",
      "--model",
      "test/demo-reasoning",
      "--json",
      "--quiet",
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    const answer = JSON.parse(stdout) as ToldAnswer;
    assert.ok((answer.reasoning ?? "").length > 0);
    assert.equal(before_ - (await available()), parseNanoUsdc(answer.cost));
    const { router_url: url, user } = network.file;
    const response = await fetch(`${url}/api/v1/generation?id=${answer.id}`, {
      headers: { authorization: `Bearer ${user.api_key}` },
    });
    const { data } = (await response.json()) as { data: { cost: string; tokens_prompt: number } };
    assert.deepEqual([data.cost, data.tokens_prompt], [answer.cost, answer.usage.prompt_tokens]);
  });

  test("a spending limit is in the key itself: the router refuses what is above it", async () => {
    const words = ["run", "Say hello.", "--model", "test/demo", "--limit", "0.000001", "--json"];
    const { code, stdout, stderr } = await run(words);
    assert.deepEqual([code, stdout], [6, ""]);
    const { error } = JSON.parse(stderr) as { error: { code: string } };
    assert.equal(error.code, "key_limit_exceeded");
  });

  test("an unknown model, a key that is none and no wallet each have their own words", async () => {
    const unknown = await run(["run", "x", "--model", "test/dmo"]);
    assert.equal(unknown.code, 4);
    assert.match(unknown.stderr, /demo/, "a near name is told");
    const key = await aimo(["run", "x", "--model", "test/demo"], {
      home,
      env: { ...environment(), AIMO_API_KEY: "aimo-sk-u1-1111111111111111111111111111111111111111111" },
    });
    assert.equal(key.code, 5);
    const nobody = await aimo(["run", "x", "--model", "test/demo"], {
      home,
      env: { ...environment(), AIMO_WALLET: "gone.json" },
    });
    assert.equal(nobody.code, 5);
    assert.match(nobody.stderr, /aimo wallet new/);
  });

  test("a conversation from a pipe costs what it says in all", async () => {
    const before_ = await available();
    const input = "My name is Ada.\nWhat is my name?\n";
    const { code, stdout, stderr } = await run(["chat", "test/demo"], input);
    assert.equal(code, 0, stderr);
    const told = [...stderr.matchAll(/ · (0\.\d+) in all/g)].at(-1)?.[1] ?? "";
    assert.equal(before_ - (await available()), parseNanoUsdc(told));
    assert.ok(stdout.length > 0);
  });

  test("Ctrl-C ends the answer at its provider, tells what was charged, and the conversation goes on", async (t) => {
    const before_ = await available();
    const child = startAimo(["chat", `test/${SLOW}`], { home, env: environment() });
    t.after(() => child.kill("SIGKILL"));
    const { said, hear } = listen(child);
    child.stdin?.write("A long story.\n");
    await waitForCall(network, SLOW, "open");
    await waitFor("some of the answer", () => Promise.resolve(said().length > 40 || undefined));
    child.kill("SIGINT");
    await waitForCall(network, SLOW, "aborted");
    await hear(/Stopped\./);
    const first = await hear(/ · 0\.\d+ in all/);
    child.stdin?.write("/model test/demo\nGo on.\n");
    await waitFor("the next answer", () => Promise.resolve(said().split(" in all").length > 2 || undefined));
    child.stdin?.end("/exit\n");
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 0);
    const told = [...said().matchAll(/ · (0\.\d+) in all/g)].map(([, cost = ""]) => parseNanoUsdc(cost));
    assert.equal(told.length, 2);
    assert.ok((told[0] ?? 0n) > 0n, first);
    assert.equal(before_ - (await available()), told[1]);
  });

  test("Ctrl-C before the answer has begun tells what was charged, too", async (t) => {
    const before_ = await available();
    const child = startAimo(["run", "A long story.", "--model", `test/${SILENT}`], { home, env: environment() });
    t.after(() => child.kill("SIGKILL"));
    const { said, hear } = listen(child);
    child.stdin?.end();
    await waitForCall(network, SILENT, "open");
    await hear(/Waiting for the model/);
    child.kill("SIGINT");
    const [code] = (await once(child, "close")) as [number];
    const [, cost = ""] = COST.exec(said()) ?? [];
    assert.equal(code, 130);
    assert.equal(before_ - (await available()), parseNanoUsdc(cost));
  });

  test("a provider that breaks off is told and charges nothing", async () => {
    const before_ = await available();
    const { code, stderr } = await run(["run", "Say hello.", "--model", `test/${CUT}`]);
    assert.notEqual(code, 0);
    assert.match(stderr, /✗ The answer broke off\./);
    assert.match(stderr, /· 0 USDC/);
    assert.equal(await available(), before_);
  });

  test("a router that goes away and comes back is told, and the conversation goes on", async (t) => {
    const port = await findFreePort(0, "127.0.0.1");
    const place = join(network.directory, "restarted");
    const settings = { AIMO_PORT: String(port), AIMO_DATA_DIR: place, AIMO_DRAIN_MS: "1000" };
    const router = await network.startRouter(settings);
    await network.startProvider({ models: ["demo"], routers: [router] });
    const env = { AIMO_ROUTER: router.url, AIMO_API_KEY: router.userKey };
    const child = startAimo(["chat", "test/demo"], { home, env });
    t.after(() => child.kill("SIGKILL"));
    const { said, hear } = listen(child);
    child.stdin?.write("Hello.\n");
    await hear(/in all/);
    await router.child.stop();
    child.stdin?.write("Are you there?\n");
    await hear(/✗ Cannot reach the router at[^]*next: /);
    const again = await network.startRouter(settings);
    assert.equal(again.routerId, router.routerId);
    await network.startProvider({ models: ["demo"], routers: [again] });
    child.stdin?.write("Again.\n");
    await waitFor("the next answer", () => Promise.resolve(said().split(" in all").length > 2 || undefined));
    child.stdin?.end("/exit\n");
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 1, "a script is told that one question failed");
  });

  test(
    "a person at a terminal sees colours, stops an answer with Ctrl-C and leaves with it",
    { skip: !hasScript && "no script(1) of util-linux here" },
    async (t) => {
      // `exec`: a shell that stays between them (dash does) has heard the Ctrl-C as well, and tells 130 in the end.
      const command = `exec ${process.execPath} --disable-warning=ExperimentalWarning ${ENTRY} chat test/${SLOW} --limit 1`;
      const child = spawn(SCRIPT, ["-qec", command, "/dev/null"], {
        cwd: home,
        env: {
          ...process.env,
          HOME: home,
          AIMO_HOME: join(home, ".config/aimo"),
          TERM: "xterm",
          NO_COLOR: "",
          ...environment(),
        },
        stdio: "pipe",
      });
      t.after(() => child.kill("SIGKILL"));
      const { said, hear } = listen(child);
      await hear(/\/help lists what you can type[^]*> /);
      assert.match(said(), /the wallet \w+ pays, at most 1 USDC/);
      child.stdin.write("A long story.\r");
      await waitFor("some of the answer", () => Promise.resolve(/story\.\r+\n[^]{60,}/.test(said()) || undefined));
      child.stdin.write("\u0003");
      await hear(/Stopped\.[^]*in all[^]*> /);
      child.stdin.write("\u0003");
      await hear(/Ctrl-C again leaves[^]*> /);
      child.stdin.write("\u0003");
      const [code] = (await once(child, "close")) as [number];
      assert.equal(code, 0, said());
      assert.ok(said().includes("\u001B[1mtest/demo"));
      assert.match(said(), /1 answer, 0\.\d+ USDC\./);
    },
  );
});
