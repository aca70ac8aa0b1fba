// `npm start` as a person meets it: what it prints works when pasted, and Ctrl-C leaves nothing behind.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, existsSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { after, before, describe, test } from "node:test";
import type { LocalnetFile } from "@aimo-network/localnet/localnet-file";
import { base58 } from "@scure/base";
import { waitFor } from "./network.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ANY_PORTS = ["--port", "0", "--rpc-port", "0"] as const;
const run = promisify(execFile);

interface Started {
  readonly child: ChildProcess;
  readonly printed: string;
}

async function npmStart(...options: readonly string[]): Promise<Started> {
  const child = spawn("npm", ["start", "--", ...options], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stderr.on("data", (piece: Buffer) => (printed += piece.toString()));
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    printed += `${line}\n`;
    if (line.includes("Ctrl-C stops everything")) return { child, printed };
  }
  throw new Error(`npm start ended before it was ready:\n${printed}`);
}

/** Presses Ctrl-C: the signal goes to the whole process group, as a terminal sends it. */
async function interrupt(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  process.kill(-(child.pid ?? 0), "SIGINT");
  await exited;
}

/** Processes whose command line mentions `text`. */
function processesWith(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return line.includes(text) || environment.includes(text) ? [`${pid} ${line}`] : [];
      } catch {
        return []; // it ended while we looked
      }
    });
}

/** Addresses that a process listens on, from the kernel's tables. */
function listeningAddresses(pid: string): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return /^socket:\[([0-9]+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
      } catch {
        return []; // closed while we looked
      }
    }),
  );
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === "0A" && sockets.has(columns[9] ?? ""))
      .map((columns) => columns[1]?.split(":", 1)[0] ?? ""),
  );
}

describe("npm start", () => {
  let directory: string;
  let started: Started;
  let file: LocalnetFile;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "aimo-start-"));
    started = await npmStart("--data-dir", directory, ...ANY_PORTS);
    file = JSON.parse(readFileSync(join(directory, "localnet.json"), "utf8")) as LocalnetFile;
  });
  after(async () => {
    if (started.child.exitCode === null && started.child.signalCode === null) await interrupt(started.child);
    rmSync(directory, { recursive: true, force: true });
  });

  test("the printed curl gets an answer with its cost", async () => {
    const command = /^ {2}(curl [\s\S]*?)\n\n/m.exec(started.printed)?.[1] ?? "";
    const { stdout } = await run("sh", ["-c", `${command} --silent`]);
    const { choices, usage, model } = JSON.parse(stdout) as {
      choices: { message: { content: string } }[];
      usage: { cost: number };
      model: string;
    };
    assert.equal(model, file.model);
    assert.ok((choices[0]?.message.content ?? "") !== "");
    assert.ok(usage.cost > 0);
  });

  test("the printed lines for a shell make it the demo user, and the provider", async () => {
    const lines = started.printed.split("\n").map((line) => line.trim());
    const script = lines.filter((line) => /^(?:\. |npx aimo )/.test(line));
    assert.equal(script.length, 6);
    const asked = script.map((line) => (line.includes(" chat ") ? `echo "Hello!" | ${line}` : line)).join("\n");
    const { stdout } = await run("sh", ["-euc", asked], { cwd: ROOT });
    assert.match(stdout, /demo model[^]*available +99\.9\d* USDC[^]*Usage: aimo[^]*Claimable +0/);
  });

  test("what is printed about the balance shows it, and the answer in the books", async () => {
    const commands = [...started.printed.matchAll(/^ {2}(curl [^\n]+(?:balance|generations)[^\n]+)$/gm)];
    assert.equal(commands.length, 2);
    const [balance = "", generations = ""] = await Promise.all(
      commands.map(async ([, command]) => (await run("sh", ["-c", `${command} --silent`])).stdout),
    );
    const { data } = JSON.parse(balance) as { data: { available: string; deposited: string } };
    assert.equal(data.deposited, "100");
    assert.match(data.available, /^99\.9+[0-9]*$/);
    assert.match(generations, /"total_cost":0\.0[0-9]+/);
  });

  test("curl reads the stream as server-sent events and the cost in the last of them", async () => {
    const body = JSON.stringify({ model: file.model, stream: true, messages: [{ role: "user", content: "Hi" }] });
    const { stdout } = await run("curl", [
      "--silent",
      "--no-buffer",
      `${file.router_url}/api/v1/chat/completions`,
      "--header",
      `Authorization: Bearer ${file.user.api_key}`,
      "--data",
      body,
    ]);
    const events = stdout.trim().split("\n\n");
    assert.equal(events.at(-1), "data: [DONE]");
    assert.match(events.at(-2) ?? "", /"cost":0\.\d+/);
  });

  test("localnet.json is for its owner only and holds what scripts need", () => {
    assert.equal(statSync(join(directory, "localnet.json")).mode & 0o777, 0o600);
    const places = [
      "mint",
      "model",
      "pid",
      "program_id",
      "provider",
      "router_id",
      "router_url",
      "rpc_url",
      "user",
      "ws_url",
    ];
    assert.deepEqual(Object.keys(file).toSorted(), places);
    assert.match(file.user.api_key, /^aimo-sk-v2-/);
    assert.match(file.provider.api_key, /^aimo-sk-v2-/);
  });

  test("wallet files are keys as Solana's tools read them, of wallets that have SOL on the chain of the printed URL", async () => {
    const url = /^ {2}Chain +(\S+),/m.exec(started.printed)?.[1] ?? "";
    assert.equal(url, file.rpc_url);
    for (const { wallet, wallet_file: path } of [file.user, file.provider]) {
      const bytes = Uint8Array.from(JSON.parse(readFileSync(path, "utf8")) as number[]);
      assert.deepEqual([bytes.length, base58.encode(bytes.slice(32))], [64, wallet]);
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "getBalance", params: [wallet] });
      const headers = { "content-type": "application/json" };
      const { result } = (await (await fetch(url, { method: "POST", headers, body })).json()) as {
        result: { value: number };
      };
      assert.ok(result.value > 9_000_000_000);
    }
  });

  test("nothing listens but on loopback", () => {
    const addresses = processesWith(directory).flatMap((line) => listeningAddresses(line.split(" ", 1)[0] ?? ""));
    assert.ok(addresses.length >= 2, "the router listens on its port and the operator's");
    const loopback = ["0100007F", "0200007F"]; // 127.0.0.1 and, where ports are claimed, 127.0.0.2, as the kernel prints them
    assert.deepEqual(
      addresses.filter((address) => !loopback.includes(address)),
      [],
    );
  });

  test("a second localnet on the same directory is refused with what to do", async () => {
    await assert.rejects(npmStart("--data-dir", directory, ...ANY_PORTS), /already runs .* choose another --data-dir/);
  });

  test("Ctrl-C stops everything, and the identity is still there at the next start, also with its ports busy", async () => {
    await interrupt(started.child);
    await waitFor("every process of the localnet to end", () =>
      Promise.resolve(processesWith(directory).length === 0 || undefined),
    );
    assert.ok(!existsSync(join(directory, "localnet.json")));
    const squatters = [createServer().listen(0, "127.0.0.1"), createServer().listen(0, "127.0.0.1")];
    await Promise.all(squatters.map((squatter) => once(squatter, "listening")));
    const [port, rpcPort] = squatters.map((squatter) => String((squatter.address() as { port: number }).port));
    assert.ok(port !== undefined && rpcPort !== undefined);
    started = await npmStart("--data-dir", directory, "--port", port, "--rpc-port", rpcPort);
    for (const squatter of squatters) squatter.close();
    const again = JSON.parse(readFileSync(join(directory, "localnet.json"), "utf8")) as LocalnetFile;
    assert.match(started.printed, new RegExp(`Port ${port} is busy: the router listens`));
    assert.match(started.printed, new RegExp(`Port ${rpcPort} is busy: the chain listens`));
    assert.equal(again.router_id, file.router_id);
    assert.deepEqual([again.user.wallet, again.mint], [file.user.wallet, file.mint]);
    assert.notEqual(new URL(again.router_url).port, port);
    const headers = { authorization: `Bearer ${again.user.api_key}` };
    const balance = await (await fetch(`${again.router_url}/api/v1/account/balance`, { headers })).text();
    assert.match(balance, /"deposited":"100"/);
    await interrupt(started.child);
  });

  test("SIGTERM to npm stops everything, although npm does not pass it on", async () => {
    started = await npmStart("--data-dir", directory, ...ANY_PORTS);
    const exited = once(started.child, "exit");
    started.child.kill("SIGTERM");
    await exited;
    await waitFor("every process of the localnet to end", () =>
      Promise.resolve(processesWith(directory).length === 0 || undefined),
    );
  });

  test("a localnet that is killed takes its processes along", async () => {
    started = await npmStart("--data-dir", directory, ...ANY_PORTS);
    const { pid } = JSON.parse(readFileSync(join(directory, "localnet.json"), "utf8")) as LocalnetFile;
    process.kill(pid, "SIGKILL");
    await waitFor("every process of the localnet to end", () =>
      Promise.resolve(processesWith(directory).length === 0 || undefined),
    );
  });
});
