// `aimo-router signer` as operators run it: a process of its own, with a role that only reads, behind its socket.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Address } from "@solana/kit";
import { getAddressEncoder } from "@solana/kit";
import { ANN, PAT } from "@aimo-network/escrow/test-bed/cast";
import { openDatabase } from "../ledger/database/database.ts";
import { createLog } from "../log.ts";
import { connectSigner } from "./connect-signer.ts";
import { SigningBed, USDC, refusalOf } from "./test-bed/signing-bed.ts";

type Test = { after(close: () => Promise<void> | void): void };

const MANUAL = join(import.meta.dirname, "../../../../docs/signer.md");
const MAIN = join(import.meta.dirname, "../main.ts");

/** The bytes behind `keyOf`, as a key file has them. */
function keyFileOf(name: string, address: Address): string {
  const seed = createHash("sha256").update(name).digest();
  return JSON.stringify([...seed, ...getAddressEncoder().encode(address)]);
}

/** Makes the role of docs/signer.md, by its own words, and gives the URL to connect with. */
async function makeReader(t: Test, bed: SigningBed, leaveOut = ""): Promise<string> {
  const url = new URL(bed.ledger.url);
  const database = url.pathname.slice(1);
  const role = `signer_of_${database}`.toLowerCase();
  const [, sql = ""] = /```sql\n(.*?)```/s.exec(readFileSync(MANUAL, "utf8")) ?? [];
  assert.match(sql, /GRANT SELECT/);
  const own = sql
    .replaceAll("aimo_signer", role)
    .replace("DATABASE aimo ", `DATABASE "${database}" `)
    .replace("choose one", "chosen")
    .replace(leaveOut, "");
  for (const statement of own.split(";\n").filter((text) => text.trim() !== "")) await bed.ledger.row(statement);
  t.after(async () => {
    // By a connection of its own: the bed's is closed by now.
    const last = openDatabase(bed.ledger.url, { clock: systemClock, log: createLog("silent") });
    await last.query(`DROP OWNED BY ${role}`);
    await last.query(`DROP ROLE ${role}`);
    await last.close();
  });
  // Tests' own server is reached by a socket, which the URL's query names.
  if (url.searchParams.has("user")) url.searchParams.set("user", role);
  else [url.username, url.password] = [role, "chosen"];
  return url.href;
}

interface Room {
  readonly bed: SigningBed;
  readonly socket: string;
  readonly environment: Record<string, string>;
}

/** Everything a signer of a bed is started with. */
async function prepare(t: Test, leaveOut = ""): Promise<Room> {
  const folder = mkdtempSync(join(tmpdir(), "aimo-signer-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const bed = await SigningBed.open(t);
  const { bed: router, chain } = bed.scene;
  const keys = { settler: bed.settler, cosigner: bed.cosigner };
  for (const [role, { address }] of Object.entries(keys)) {
    writeFileSync(join(folder, role), keyFileOf(`the router's ${role}`, address), { mode: 0o600 });
  }
  const socket = join(folder, "signer.sock");
  const environment = {
    AIMO_SIGNER_SOCKET: socket,
    AIMO_SIGNER_DATABASE_URL: await makeReader(t, bed, leaveOut),
    AIMO_RPC_URL: bed.node.url,
    AIMO_PROGRAM_ID: chain.programAddress,
    AIMO_ROUTER_ID: router.keys.routerId,
    AIMO_SETTLER_KEY_FILE: join(folder, "settler"),
    AIMO_COSIGNER_KEY_FILE: join(folder, "cosigner"),
  };
  return { bed, socket, environment };
}

interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<[number | null]>;
  said: string;
}

function start(t: Test, environment: Readonly<Record<string, string>>): Child {
  const child = spawn(process.execPath, [MAIN, "signer"], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const started: Child = { process: child, ended: once(child, "close") as Promise<[number | null]>, said: "" };
  for (const output of [child.stdout, child.stderr]) {
    output.on("data", (bytes: Buffer) => (started.said += bytes.toString()));
  }
  t.after(() => void child.kill("SIGKILL"));
  return started;
}

async function untilItSays(child: Child, words: string): Promise<void> {
  while (!child.said.includes(words)) {
    if (child.process.exitCode !== null) assert.fail(`it ended: ${child.said}`);
    await Promise.race([once(child.process.stdout!, "data"), child.ended]);
  }
}

test("a process of its own signs through its socket, reads only, says no secret, and ends at a signal", async (t) => {
  const { bed, socket, environment } = await prepare(t);
  await bed.observe(ANN);
  const child = start(t, environment);
  await untilItSays(child, "signer listens");
  const remote = await connectSigner(socket, { clock: systemClock });
  assert.deepEqual(remote.addresses, { settler: bed.settler.address, cosigner: bed.cosigner.address });
  const id = await bed.bill(ANN, PAT, USDC);
  assert.deepEqual(await bed.settle((await remote.signBatch(id)).wire), [USDC]);
  await bed.observe(ANN);
  const person = await bed.person("a user with a key");
  await bed.scene.addUser(person.address, 5n * USDC);
  await bed.observe(person.address);
  const withdrawal = await bed.withdraw("user", person.address, USDC);
  await bed.land((await remote.signWithdrawal(withdrawal)).wire, person);
  await bed.observeProvider(PAT);
  const earned = await bed.withdraw("provider", PAT, 1n);
  await remote.signWithdrawal(earned);
  const stranger = await bed.person("a provider without an account");
  await bed.charge(ANN, stranger.address, USDC);
  await bed.land((await remote.signRegistration([stranger.address])).wire);
  assert.equal((await refusalOf(remote.signBatch(id))).reason, "batch_unknown");
  child.process.kill("SIGTERM");
  assert.deepEqual(await child.ended, [0, null]);
  assert.ok(!existsSync(socket));
  assert.doesNotMatch(child.said, /chosen|may write|"level":50|postgres/);
});

test("a role that may not read enough, or may write, is told at the start", async (t) => {
  const poor = await prepare(t, ", withdrawals");
  const child = start(t, poor.environment);
  assert.deepEqual(await child.ended, [1, null]);
  assert.match(child.said, /^AIMO_SIGNER_DATABASE_URL: .*one that may not read withdrawals\.\n$/);
  const rich = start(t, { ...poor.environment, AIMO_SIGNER_DATABASE_URL: poor.bed.ledger.url });
  await untilItSays(rich, "signer listens");
  assert.match(rich.said, /may write the ledger/);
});

test("keys that are not the router's are warned of, and files that others may read are refused", async (t) => {
  const { environment } = await prepare(t);
  const { AIMO_SETTLER_KEY_FILE: settler, AIMO_COSIGNER_KEY_FILE: cosigner } = environment;
  const swapped = { AIMO_SETTLER_KEY_FILE: cosigner!, AIMO_COSIGNER_KEY_FILE: settler! };
  const child = start(t, { ...environment, ...swapped });
  await untilItSays(child, "signer listens");
  assert.match(child.said, /"the router on chain has other keys than this signer"/);
  const second = start(t, environment);
  assert.deepEqual(await second.ended, [1, null]);
  assert.match(second.said, /^AIMO_SIGNER_SOCKET: another process listens/);
  writeFileSync(`${settler}.open`, readFileSync(settler!), { mode: 0o644 });
  const third = start(t, { ...environment, AIMO_SETTLER_KEY_FILE: `${settler}.open` });
  assert.deepEqual(await third.ended, [1, null]);
  assert.match(third.said, /chmod 600/);
});

test("without its settings it says all that is missing", async (t) => {
  const child = start(t, {});
  assert.deepEqual(await child.ended, [1, null]);
  assert.match(child.said, /7 faults:\n {2}AIMO_SIGNER_SOCKET: /);
});
