import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { parseArgs } from "node:util";
import { systemClock } from "@aimo-network/protocol/clock";
import { createHash } from "node:crypto";
import { getAddressEncoder } from "@solana/kit";
import { BINARY_PATH } from "../binary.ts";
import { named } from "../test-bed/chain.ts";
import { readKeyFile } from "./key-file.ts";
import { runOperatorCommand } from "./operator-commands.ts";
import { OPERATOR_OPTIONS, OperatorOptions } from "./operator-options.ts";
import { DeploymentBed, keyOf, plantMint } from "./test-bed/deployment-bed.ts";
import { serveRpc } from "./test-bed/rpc-on-litesvm.ts";
import type { RpcOnLiteSvm } from "./test-bed/rpc-on-litesvm.ts";

const folder = mkdtempSync(join(tmpdir(), "aimo-operator-"));
const BINARY = process.env["AIMO_ESCROW_BINARY"] ?? BINARY_PATH;
const MINT = named("a mint");
const PLAN = {
  mint: MINT,
  url: "https://router.example",
  roles: { settler: named("settler"), cosigner: named("cosigner"), guardian: named("guardian"), fee_owner: null },
  params: {
    fee_bps: 250,
    min_deposit: 1_000_000,
    user_exit_delay: 86_400,
    provider_exit_delay: 604_800,
    allowance_notice: 43_200,
    settler_window: 3_600,
    settler_window_cap: 5_000_000_000,
  },
};
let bed: DeploymentBed;
let cluster: RpcOnLiteSvm;
const addresses = new Map<string, string>();

/** Writes a key file as solana-keygen does; the address is known by the key's name then. */
async function keyFile(name: string): Promise<string> {
  const path = join(folder, `${name}.json`);
  const seed = createHash("sha256").update(name).digest();
  const { address } = await keyOf(name);
  writeFileSync(path, JSON.stringify([...seed, ...getAddressEncoder().encode(address)]), { mode: 0o600 });
  addresses.set(name, address);
  return path;
}

function file(name: string): string {
  return join(folder, `${name}.json`);
}

function addressOf(name: string): string {
  return addresses.get(name) ?? assert.fail(name);
}

function everyOption(options: readonly string[]): string[] {
  return ["--url", cluster.url, "--payer", file("payer"), ...options];
}

async function run(command: string, ...options: readonly string[]): Promise<string> {
  const { values } = parseArgs({ args: everyOption(options), options: OPERATOR_OPTIONS });
  return await runOperatorCommand(command, new OperatorOptions(values), systemClock);
}

/** The same as a process of its own. */
async function spawnMain(...given: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...given], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  const [said, complained, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, said: said + complained };
}

function router(...options: readonly string[]): string[] {
  return ["--program", addressOf("program"), "--router-id", addressOf("router id"), ...options];
}

function planFile(changes: object = {}): string {
  writeFileSync(file("plan"), JSON.stringify({ ...PLAN, ...changes }));
  return file("plan");
}

before(async () => {
  bed = await DeploymentBed.start();
  cluster = await serveRpc(bed.svm);
  const names = ["payer", "program", "authority", "multisig", "router id", "admin", "next admin", "cosigner"];
  await Promise.all(names.map((name) => keyFile(name)));
  plantMint(bed, MINT);
});

after(async () => {
  await cluster[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test("an operator deploys, verifies and hands the program to a multisig, which nobody else can undo", async () => {
  const binary = ["--binary", BINARY];
  const authority = ["--authority", file("authority")];
  const program = ["--program", addressOf("program")];
  const deployed = await run("deploy", "--program", file("program"), ...authority, ...binary);
  assert.match(deployed, new RegExp(`^${addressOf("program")} deployed, upgrade authority ${addressOf("authority")}`));
  bed.nextSlot();
  assert.match(await run("verify", ...program, ...binary), /is what was built \([0-9a-f]{64}, [0-9]+ bytes\)/);

  await run("set-authority", ...program, ...authority, "--to", addressOf("multisig"));
  const verified = await run("verify", ...program, ...binary);
  assert.match(verified, new RegExp(`upgrade authority ${addressOf("multisig")}`));
  await assert.rejects(run("freeze", ...program, ...authority), /expected the upgrade authority/);

  const other = join(import.meta.dirname, "../../program/bin/spoofer.so");
  await assert.rejects(run("verify", ...program, "--binary", other), /is NOT what was built/);
  const written = await run("write-buffer", ...authority, "--to", addressOf("multisig"), "--binary", other);
  const [, buffer = ""] = /^buffer (\w+) written and given to/.exec(written) ?? [];
  const checked = await run("verify", "--buffer", buffer, "--binary", other);
  assert.match(checked, new RegExp(`^${buffer} holds what was built .*; its authority ${addressOf("multisig")}$`));
  await assert.rejects(run("verify", "--buffer", buffer, ...binary), /does NOT hold what was built/);
  await assert.rejects(run("verify", "--buffer", addressOf("program"), ...binary), /expected a buffer of the loader/);
});

test("an operator makes a key without a cluster", async () => {
  const made = await run("new-key", "--out", join(folder, "new.json"));
  assert.equal((await readKeyFile(join(folder, "new.json"))).address, made);
});

test("an operator opens a router, shows it, and changes its keys", async () => {
  const admin = ["--admin", file("admin")];
  const keys = ["--router-id", file("router id"), ...admin];
  const opened = await run("init-config", "--program", addressOf("program"), ...keys, "--plan", planFile());
  assert.match(opened, new RegExp(`^router ${addressOf("router id")}, config \\w+ opened`));
  const shown = await run("show", ...router());
  assert.match(shown, /"feeBps": "250"/);
  assert.match(shown, new RegExp(`"settler": "${PLAN.roles.settler}"`));

  // A stolen settler has no role any more at once; another one waits.
  const roles = { ...PLAN.roles, settler: null };
  const revoked = await run("set-roles", ...router(...admin), "--plan", planFile({ roles }));
  assert.doesNotMatch(revoked, new RegExp(PLAN.roles.settler));
  const paused = await run("pause", ...router(...admin), "--what", "deposit,settle");
  assert.match(paused, /"pauseUntil": \[\s+"[1-9][0-9]+",\s+"[1-9][0-9]+",\s+"0"/);
  await run("unpause", ...router(...admin), "--what", "deposit");
  const moved = await run("set-url", ...router(...admin), "--plan", planFile({ url: "https://new.example" }));
  assert.match(moved, /"url": "https:\/\/new\.example"/);
  const params = { ...PLAN.params, fee_bps: 300 };
  const scheduled = await run("schedule-params", ...router(...admin), "--plan", planFile({ params }));
  assert.match(scheduled, /"pendingParams": \{\s+"feeBps": "300"/);
  await assert.rejects(run("apply-due", ...router(...admin)), /custom program error: 0x3e/); // ParamNotReady

  const next = addressOf("next admin");
  assert.match(await run("propose-admin", ...router(...admin), "--to", next), new RegExp(`"pendingAdmin": "${next}"`));
  await assert.rejects(run("accept-admin", ...router("--admin", file("next admin"))), /custom program error: 0x3e/);
});

test("a multisig is given the instruction instead of a key", async () => {
  const printed = await run("pause", ...router("--admin", addressOf("multisig"), "--what", "settle", "--print"));
  const instruction = JSON.parse(printed) as { programAddress: string; accounts: object[]; dataBase64: string };
  assert.equal(instruction.programAddress, addressOf("program"));
  assert.deepEqual(instruction.accounts[0], { address: addressOf("multisig"), signs: true, writes: false });
  assert.equal(instruction.accounts.length, 2);
  assert.equal(instruction.dataBase64, Buffer.of(21, 2, 0).toString("base64"));
});

test("what is missing or unknown is told", async () => {
  for (const [given, words] of [
    [["deploy"], /--program is missing/],
    [["mend"], /mend: no such command/],
    [["verify", "--program", named("nothing")], /expected an upgradeable program, found none/],
    [["show", ...router().with(3, named("nobody"))], /There is no router/],
    [
      ["pause", ...router("--admin", file("admin"), "--what", "exits")],
      /--what: expected some of deposit,settle,withdraw/,
    ],
    [["set-roles", ...router("--admin", file("admin"))], /--plan: expected/],
  ] as const) {
    await assert.rejects(run(given[0], ...given.slice(1)), words);
  }
});

test("the process waits for a cluster that loses what it sends", async () => {
  cluster.lost = 1;
  const { code, said } = await spawnMain(
    "set-url",
    ...everyOption(router("--admin", file("admin"), "--plan", planFile())),
  );
  assert.equal(code, 0, said);
  assert.match(said, /"url": "https:\/\/router\.example"/);
});

test("the process ends with 1 where a command failed, and without a command lists them", async () => {
  const [shown, failed, listed] = await Promise.all([
    spawnMain("show", ...everyOption(router())),
    spawnMain("verify", ...everyOption(["--program", named("nothing")])),
    spawnMain("--help"),
  ]);
  assert.equal(shown.code, 0, shown.said);
  assert.match(shown.said, /"url": "https:\/\/router\.example"/);
  assert.equal(failed.code, 1);
  assert.match(failed.said, /^\w+: expected an upgradeable program, found none\.\n$/);
  assert.match(listed.said, /^Usage: npm run escrow/);
});
