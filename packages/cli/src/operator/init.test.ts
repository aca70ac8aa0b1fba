// Opening a router on the real program: what is decided, what is written, and that a run may break off anywhere.
import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseEnv } from "node:util";
import { makeKeyFile, readKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { readRouter } from "@aimo-network/escrow/deploy/open-router";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "@aimo-network/escrow/generated/programs/aimoEscrow";
import type { Address } from "@solana/kit";
import { CommandFault } from "../fault.ts";
import type { FaultWords } from "../fault.ts";
import { readKnownRouters } from "../network/known-routers.ts";
import { knownRoutersFile } from "../settings/places.ts";
import { initWords, openOperatorBed, writeInto } from "./test-bed/operator-bed.ts";
import type { OperatorBed, Ran } from "./test-bed/operator-bed.ts";

let bed: OperatorBed;
before(async () => {
  bed = await openOperatorBed();
});
after(() => bed[Symbol.asyncDispose]());

const FILES = [
  "admin.json",
  "cosigner.json",
  "fee-owner.json",
  "guardian.json",
  "router-identity.json",
  "router-plan.json",
  "router.env",
  "settler.json",
];

async function faultOf(work: Promise<unknown>): Promise<FaultWords> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CommandFault) return error.words;
    throw error;
  }
  throw new Error("expected a fault");
}

async function addressIn(folder: string, file: string): Promise<string> {
  return (await readKeyFile(join(bed.home, folder, file))).address;
}

/** The router of a folder as the chain has it. */
async function openedBy({ data }: Ran): Promise<NonNullable<Awaited<ReturnType<typeof readRouter>>>> {
  const found = await readRouter(bed.chain, bed.program, data["router_id"] as Address);
  assert.ok(found !== undefined);
  return found;
}

test("a router is opened with a key for each role, and its settings are what aimo-router reads", async () => {
  const ran = await bed.run([...initWords(bed, "whole"), "--yes"]);
  const { config, address } = await openedBy(ran);
  const folder = join(bed.home, "whole");
  assert.deepEqual(readdirSync(folder).toSorted(), FILES);
  for (const file of FILES) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
  assert.equal(config.routerId, await addressIn("whole", "router-identity.json"));
  assert.deepEqual(
    [config.admin, ...Object.values(config.roles)],
    await Promise.all(
      ["admin.json", "settler.json", "cosigner.json", "guardian.json", "fee-owner.json"].map((file) =>
        addressIn("whole", file),
      ),
    ),
  );
  assert.deepEqual(config.params, {
    feeBps: 250n,
    minDeposit: 1_000_000n,
    userExitDelay: 86_400n,
    providerExitDelay: 604_800n,
    allowanceNotice: 43_200n,
    settlerWindow: 3_600n,
    settlerWindowCap: 500_000_000n,
  });
  assert.deepEqual(parseEnv(readFileSync(join(folder, "router.env"), "utf8")), {
    AIMO_DATA_DIR: folder,
    AIMO_PUBLIC_URL: "https://router.example",
    AIMO_RPC_URL: bed.cluster.url,
    AIMO_PROGRAM_ID: bed.program,
    AIMO_SETTLER_KEY_FILE: join(folder, "settler.json"),
    AIMO_COSIGNER_KEY_FILE: join(folder, "cosigner.json"),
  });
  assert.deepEqual([ran.data["is_new"], ran.data["config"]], [true, address]);
  const [known] = readKnownRouters(knownRoutersFile(bed.context().environment));
  assert.deepEqual([known?.id, known?.rpcUrl, known?.programId], [config.routerId, bed.cluster.url, bed.program]);
  assert.match(ran.outcome.text, /admin\.json +MOVE IT AWAY/);
  assert.match(ran.outcome.text, /AIMO_CONFIG_FILE=\S+\/whole\/router\.env aimo-router/);
  assert.match(ran.said.join("\n"), /Opens the router \w+ .* at "https:\/\/router\.example".*fee 250 basis points/s);
  for (const file of FILES.filter((name) => name !== "router.env" && name !== "router-plan.json")) {
    const key = readFileSync(join(folder, file), "utf8").trim();
    assert.ok(!ran.outcome.text.includes(key) && !ran.said.join("\n").includes(key), file);
  }
});

test("run again it changes nothing, keys that were moved away are not made anew, and other terms are not taken", async () => {
  const first = await bed.run([...initWords(bed, "again"), "--yes"]);
  for (const file of ["admin.json", "guardian.json", "router.env"]) rmSync(join(bed.home, "again", file));
  const sent = bed.cluster.sent.length;
  const ran = await bed.run([...initWords(bed, "again", { "--fee-bps": "400" }), "--yes"]);
  assert.deepEqual([ran.data["is_new"], ran.data["router_id"]], [false, first.data["router_id"]]);
  assert.equal(bed.cluster.sent.length, sent, "nothing is sent");
  assert.deepEqual(
    [existsSync(join(bed.home, "again", "admin.json")), (await openedBy(ran)).config.params.feeBps],
    [false, 250n],
  );
  assert.ok(existsSync(join(bed.home, "again", "router.env")), "settings are there again");
});

/** In the order in which a run makes them. */
const ORDER = [
  "settler.json",
  "cosigner.json",
  "guardian.json",
  "fee-owner.json",
  "router-identity.json",
  "admin.json",
  "router-plan.json",
  "router.env",
];

test("a run that broke off after any of its files goes on with what is there", async () => {
  for (let count = 0; count <= ORDER.length; count += 1) {
    const name = `broken-${count}`;
    const folder = join(bed.home, name);
    const { reason } = await faultOf(bed.run(initWords(bed, name))); // nobody says yes
    assert.equal(reason, "declined");
    assert.deepEqual(readdirSync(folder).toSorted(), FILES, "everything is written, nothing is sent");
    for (const file of ORDER.slice(count)) rmSync(join(folder, file));
    const next = ORDER[count];
    if (next !== undefined) writeInto(bed, join(name, `${next}.draft`), "[1,2"); // and half of the next file
    const kept = new Map(ORDER.slice(0, count).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
    const ran = await bed.run([...initWords(bed, name), "--yes"]);
    assert.equal(ran.data["is_new"], true, name);
    assert.deepEqual(readdirSync(folder).toSorted(), FILES, name);
    for (const [file, text] of kept) assert.equal(readFileSync(join(folder, file), "utf8"), text, `${file} stays`);
    assert.equal((await openedBy(ran)).config.roles.settler, await addressIn(name, "settler.json"));
  }
});

test("a run that was killed after its transaction was sent finds the router open", async () => {
  bed.cluster.unseen = 1_000; // sent, and never confirmed to this run
  const stop = new AbortController();
  const sent = bed.cluster.sent.length;
  const running = bed.run([...initWords(bed, "killed"), "--yes"], undefined, { interrupted: stop.signal });
  while (bed.cluster.sent.length === sent) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  const { reason, next } = await faultOf(running);
  bed.cluster.unseen = 0;
  assert.equal(reason, "unsettled");
  assert.match(next ?? "", /before you run it again/);
  const ran = await bed.run([...initWords(bed, "killed"), "--yes"]);
  assert.equal(ran.data["is_new"], false);
});

test("nothing about money is decided silently: where nobody can be asked, all that is missing is told", async () => {
  const words = ["router", "init", "--folder", "asked", "--payer", bed.payerFile, "--fee-bps", "100"];
  const { why, next, reason } = await faultOf(bed.run([...words, "--yes"]));
  assert.match(why ?? "", /^missing: --url, --mint, --min-deposit, --user-exit-delay, .*--settler-window-cap\.$/);
  assert.match(next ?? "", /--min-deposit 1 --user-exit-delay 24h/);
  assert.equal(reason, "usage");
  assert.ok(!existsSync(join(bed.home, "asked")), "and no key is made");
});

test("on a terminal each is asked with its proposal, an answer that cannot be is asked again, and a no signs nothing", async () => {
  const words = ["router", "init", "--folder", "typed", "--payer", bed.payerFile, "--guardian", "nobody"];
  const answers = [
    "ftp://router.example",
    "https://router.example/",
    bed.mint,
    "",
    "0.1234567",
    "2",
    "",
    "",
    "6h",
    "",
    "",
    false,
  ];
  const { reason } = await faultOf(bed.run(words, answers));
  assert.equal(reason, "declined");
  assert.match(bed.said.join("\n"), /hundredths of a percent \(at most 500\)\? \[250\]/);
  assert.equal(bed.said.filter((line) => line.startsWith("The smallest deposit")).length, 2);
  const plan = JSON.parse(readFileSync(join(bed.home, "typed", "router-plan.json"), "utf8")) as Record<string, object>;
  assert.deepEqual(plan["params"], {
    fee_bps: 250,
    min_deposit: 2_000_000,
    user_exit_delay: 86_400,
    provider_exit_delay: 604_800,
    allowance_notice: 21_600,
    settler_window: 3_600,
    settler_window_cap: 500_000_000,
  });
  const ran = await bed.run(["router", "init", "--folder", "typed", "--payer", bed.payerFile], [true]);
  assert.deepEqual([ran.data["is_new"], (ran.data["roles"] as Record<string, unknown>)["guardian"]], [true, null]);
});

test("what a kept plan says otherwise is told, and nothing is sent", async () => {
  await faultOf(bed.run(initWords(bed, "kept")));
  const again = initWords(bed, "kept", { "--fee-bps": "300", "--guardian": bed.mint });
  const { what, code } = await faultOf(bed.run([...again, "--yes"]));
  assert.equal(code, "plan_differs");
  assert.match(what, /decided otherwise than --fee-bps, --guardian\.$/);
  writeInto(bed, join("kept", "router-plan.json"), "{");
  assert.equal((await faultOf(bed.run([...initWords(bed, "kept"), "--yes"]))).code, "plan_malformed");
});

test("terms that the program refuses are refused before they are kept, so that they can be given anew", async () => {
  for (const changes of [{ "--fee-bps": "501" }, { "--allowance-notice": "13h" }, { "--mint": bed.program }]) {
    const words = [...initWords(bed, "bad", changes), "--yes"];
    await assert.rejects(bed.run(words), /escrow program would refuse|expected/i, JSON.stringify(changes));
    assert.ok(!existsSync(join(bed.home, "bad", "router-plan.json")));
  }
  assert.equal((await bed.run([...initWords(bed, "bad"), "--yes"])).data["is_new"], true);
});

test("keys that are kept elsewhere are named and not made; admin and payer are the files that are given", async () => {
  const elsewhere = { "--settler": bed.mint, "--cosigner": bed.mint, "--guardian": "nobody", "--fee-owner": bed.mint };
  const ran = await bed.run([...initWords(bed, "named", { ...elsewhere, "--admin": bed.payerFile }), "--yes"]);
  const { config } = await openedBy(ran);
  assert.deepEqual([config.roles.settler, config.roles.feeOwner], [bed.mint, bed.mint]);
  assert.equal(config.admin, await addressIn("", "payer.json"));
  const folder = join(bed.home, "named");
  assert.deepEqual(readdirSync(folder).toSorted(), ["router-identity.json", "router-plan.json", "router.env"]);
  assert.doesNotMatch(readFileSync(join(folder, "router.env"), "utf8"), /^AIMO_(SETTLER|COSIGNER)_KEY_FILE/m);
  const digits = await faultOf(bed.run([...initWords(bed, "unset", { "--min-deposit": "0.1234567" }), "--yes"]));
  assert.deepEqual([digits.reason, digits.what.slice(0, 14)], ["usage", "--min-deposit:"]);
  const { what } = await faultOf(bed.run([...initWords(bed, "unset", { "--settler": "nobody" }), "--yes"]));
  assert.match(what, /^--settler: expected an address/);
});

test("a key file that others may read is not used", async () => {
  await faultOf(bed.run(initWords(bed, "open")));
  for (const file of ["admin.json", "settler.json", "router-identity.json"]) {
    const path = join(bed.home, "open", file);
    chmodSync(path, 0o640);
    const { reason, next } = await faultOf(bed.run([...initWords(bed, "open"), "--yes"]));
    assert.deepEqual([reason, next], ["wallet", `chmod 600 ${path}`], file);
    chmodSync(path, 0o600);
  }
});

test("a chain without the program, a program that is everybody's, and a payer without SOL are told", async () => {
  const at = (changes: Readonly<Record<string, string>>): Promise<FaultWords> =>
    faultOf(bed.run([...initWords(bed, "nowhere", changes), "--yes"]));
  assert.equal((await at({ "--program": bed.mint })).code, "program_absent");
  bed.cluster.genesisHash = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG"; // devnet's
  assert.equal((await at({ "--program": AIMO_ESCROW_PROGRAM_ADDRESS })).code, "program_of_localnets");
  bed.cluster.genesisHash = "LiteSvm1111111111111111111111111111111111111";
  const poor = join(bed.home, "poor.json");
  makeKeyFile(poor);
  const { reason, why } = await at({ "--payer": poor });
  assert.equal(reason, "funds");
  assert.match(why ?? "", /has 0 SOL; rent and fee take 0\.01\d+ SOL\.$/);
  assert.ok(!existsSync(join(bed.home, "nowhere")));
});
