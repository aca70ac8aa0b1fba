// A router opened, watched and proven with `aimo router …`, as an operator types it, on a chain and with money.
import assert from "node:assert/strict";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { makeKeyFile, readKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { HOST } from "@aimo-network/localnet/chain/rpc-door";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { findFreePort } from "@aimo-network/localnet/free-port";
import { makeUserKey } from "@aimo-network/localnet/demo-keys";
import { readListening } from "@aimo-network/localnet/localnet";
import { createFaucet } from "@aimo-network/localnet/money/faucet";
import { connectFaucet } from "@aimo-network/localnet/money/faucet-chain";
import { loadMoneyKeys } from "@aimo-network/localnet/money/money-keys";
import { loadWallet } from "@aimo-network/localnet/wallets";
import { systemClock } from "@aimo-network/protocol/clock";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import type { Address } from "@solana/kit";
import { timeFaults } from "aimo-router/src/billing/deposit/deadlines.ts";
import { SETTLE_AGE_MS } from "aimo-router/src/billing/limits.ts";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import { SETTINGS } from "aimo-router/src/settings.ts";
import { NOTICE_SECONDS_LOW } from "aimo/src/limits.ts";
import type { CommandResult } from "./command-result.ts";
import { aimo, aimoJson, startAimo } from "./cli-run.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { startMoneyNetwork, waitForDeposits } from "./money-network.ts";
import { waitFor } from "./network.ts";
import { prepareUnit, readUnit } from "./systemd-unit.ts";

const ROUTER = new URL("../packages/router/src/main.ts", import.meta.url);
const SOL = 1_000_000_000n;

type Json = Readonly<Record<string, unknown>>;

describe("an operator's router", () => {
  let network: MoneyNetwork;
  let home: string;
  let url: string;
  let operatorPort: number;
  let routerId: Address;
  let child: Child | undefined;
  const lines: string[] = [];

  const run = (...words: string[]): Promise<CommandResult> => aimo(words, { home });
  const read = async (...words: string[]): Promise<Json> => (await aimoJson(words, { home })) as Json;
  const settingsFile = (): string => join(home, "aimo-router", "router.env");
  const chainWords = (): string[] => {
    const { rpcUrl, router } = network.chain.place;
    return ["--rpc-url", rpcUrl, "--program", router.programAddress];
  };
  const initWords = (): string[] => [
    ...["router", "init", ...chainWords(), "--url", url, "--mint", network.chain.place.mint],
    ...["--fee-bps", "250", "--min-deposit", "0.5", "--user-exit-delay", "24h", "--provider-exit-delay", "7d"],
    ...["--allowance-notice", "12h", "--settler-window", "1h", "--settler-window-cap", "500"],
  ];

  /** Starts the router: with the settings that `router init` has written, or as a unit of systemd does. */
  async function start(unit?: Readonly<Record<string, string>>): Promise<void> {
    const environment = {
      ...(unit ?? { AIMO_CONFIG_FILE: settingsFile() }),
      AIMO_PORT: new URL(url).port,
      AIMO_OPERATOR_PORT: String(operatorPort),
      AIMO_COMMITMENT: "confirmed",
      AIMO_CHAIN_POLL_MS: "200",
    };
    child = startChild(systemClock, { name: "operator's", entry: ROUTER, environment }, process.env, (line) => {
      lines.push(line);
    });
    await child.firstLine(readListening);
  }

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "aimo-operator-"));
    network = await startMoneyNetwork();
    url = `http://${HOST}:${await findFreePort(0, HOST)}`;
    operatorPort = await findFreePort(0, HOST);
    mkdirSync(join(home, ".config", "solana"), { recursive: true });
    const payer = makeKeyFile(join(home, ".config", "solana", "id.json"));
    assert.ok(network.money !== undefined);
    await network.money.faucet.give(payer, { lamports: SOL });
  });
  after(async () => {
    await child?.stop();
    await network.stop();
    rmSync(home, { recursive: true });
  });

  test("init shows what it would sign and signs nothing without a yes; then it opens the router, once", async () => {
    const asked = await run(...initWords());
    assert.equal(asked.code, 7, asked.stderr);
    assert.match(asked.stderr, /Opens the router \w+ with the config \w+ at "http:\/\/127\.0\.0\.1:\d+"/);
    assert.match(asked.stderr, /fee 250 basis points, smallest deposit 0\.50 USDC/);
    assert.equal(asked.stdout, "");
    const opened = await read(...initWords(), "--yes");
    assert.equal(opened["is_new"], true);
    assert.match(String(opened["link"]), /^https:\/\/explorer\.solana\.com\/tx\/\w+\?cluster=custom/);
    routerId = opened["router_id"] as Address;
    const again = await read("router", "init", ...chainWords(), "--yes");
    assert.deepEqual([again["is_new"], again["router_id"], again["signature"]], [false, routerId, null]);
  });

  test("killed whenever it has written another file, init goes on each time, and opens one router with the first keys", async () => {
    const folder = join(home, "killed");
    const files = (): string[] =>
      existsSync(folder) ? readdirSync(folder).filter((file) => /\.(?:json|env)$/.test(file)) : [];
    const words = [...initWords(), "--folder", "killed", "--yes"];
    const first = new Map<string, string>();
    for (let count = 1; count <= 8; count += 1) {
      const running = startAimo(words, { home });
      const ended = once(running, "exit");
      await waitFor(`${count} files`, () =>
        Promise.resolve(files().length >= count || running.exitCode !== null || undefined),
      );
      running.kill("SIGKILL");
      await ended;
      for (const file of files()) {
        const text = readFileSync(join(folder, file), "utf8");
        assert.equal(text, first.get(file) ?? text, `${file} stays`);
        first.set(file, text);
      }
    }
    const opened = await read(...words);
    assert.equal(files().length, 8);
    const { address } = await readKeyFile(join(folder, "router-identity.json"));
    assert.equal(opened["router_id"], address);
    assert.equal((opened["roles"] as Json)["settler"], (await readKeyFile(join(folder, "settler.json"))).address);
  });

  test("aimo-router starts with what init has written, as the router that was opened", async () => {
    await start();
    const facts = (await (await fetch(`${url}/.well-known/aimo.json`)).json()) as Json;
    assert.equal(facts["router_id"], routerId);
  });

  test("status ends with 1 until the settler has SOL, and finds the router by its id in the directory, too", async () => {
    const operatorUrl = `http://${HOST}:${operatorPort}`;
    const status = ["router", "status", "--router", url, "--operator-url", operatorUrl, ...chainWords()];
    const poor = await waitFor("the router to see its chain", async () => {
      const told = await run(...status);
      return told.stdout.includes("it has no chain") ? undefined : told;
    });
    assert.equal(poor.code, 1, poor.stderr);
    assert.match(poor.stdout, /✗ The settler \w+ has too little SOL/);
    const settler = /✗ The settler (\w+)/.exec(poor.stdout)?.[1] as Address;
    await network.money?.faucet.give(settler, { lamports: SOL });
    const rich = await run(...status);
    assert.equal(rich.code, 0, rich.stdout);
    assert.match(rich.stdout, /^readiness +ready$/m);
    const byId = await read("router", "status", "--router", routerId, ...chainWords());
    assert.deepEqual([(byId["router"] as Json)["asked_at"], byId["faults"]], [url, []]);
  });

  test("solvency: the chain, the router's word and a user's own proof are one", async () => {
    const { rpcUrl, mint, router } = network.chain.place;
    const { faucet } = await loadMoneyKeys(network.directory);
    const place = await routerPlace({ programAddress: router.programAddress, routerId });
    const ownFaucet = createFaucet(connectFaucet(systemClock, rpcUrl, faucet), { router: place, mint });
    const saver = loadWallet(join(home, "saver.json"));
    const deposit = parseMicroUsdc("3");
    await ownFaucet.fund(saver, { lamports: SOL / 100n, usdc: deposit, deposit });
    await waitForDeposits(url, await makeUserKey(systemClock, saver, routerId), deposit);
    await child?.stop();
    await start(); // a root is made at the start, and every hour
    const solvency = ["router", "solvency", "--router", url, ...chainWords(), "--id", saver.file, "--proof"];
    const proven = await waitFor("a root that counts the deposit", async () => {
      const told = await run(...solvency, "--json");
      const data = JSON.parse(told.stdout === "" ? "{}" : told.stdout) as Json;
      return (data["inclusion"] as Json | undefined)?.["is_counted"] === true ? { ...told, data } : undefined;
    });
    assert.equal(proven.code, 0, proven.stderr);
    assert.deepEqual([proven.data["vault_amount"], proven.data["shortfall"]], ["3", "0"]);
    assert.equal(proven.data["router_says_the_same"], true);
    const inclusion = proven.data["inclusion"] as Json;
    assert.deepEqual([inclusion["user"], inclusion["balance"], inclusion["escrow_balance"]], [saver.address, "3", "3"]);
    assert.match((await run(...solvency)).stdout, /✓ the vault covers what it owes\n$/);
  });

  test("check-ledger and reconcile are those of aimo-router, and so is how they end", async () => {
    // What is meant for `aimo` is no fault of the router's settings, and does not win over them.
    const env = { AIMO_COMMITMENT: "confirmed", AIMO_ROUTER: url, AIMO_RPC_URL: "http://127.0.0.1:9" };
    for (const word of ["check-ledger", "reconcile"]) {
      const told = await aimo(["router", word, "--config", settingsFile()], { home, env });
      assert.equal(told.code, 0, told.stdout + told.stderr);
      assert.notEqual(told.stdout, "");
      const json = await aimo(["router", word, "--config", settingsFile(), "--json"], { home, env });
      const { is_right, exit_code, lines: said } = JSON.parse(json.stdout) as Json & { readonly lines: string[] };
      assert.deepEqual([json.code, is_right, exit_code], [0, true, 0]);
      const withoutSlot = (line: string | undefined): string | undefined => line?.replace(/slot \d+/, "slot …");
      assert.equal(withoutSlot(said[0]), withoutSlot(told.stdout.split("\n")[0]));
    }
    const missing = await run("router", "check-ledger", "--config", "nowhere.env");
    assert.equal(missing.code, 2, missing.stderr);
    assert.match(missing.stderr, /nowhere\.env/);
  });

  test("by its units it is the same router, with its keys in its own process or in the signer's", async () => {
    const machine = join(home, "machine");
    const install = (service: string, ...files: readonly string[]): void => {
      mkdirSync(join(machine, "etc", service), { recursive: true });
      for (const file of files) copyFileSync(join(home, "aimo-router", file), join(machine, "etc", service, file));
    };
    install("aimo-router", "router.env", "router-identity.json", "settler.json", "cosigner.json");
    await child?.stop();
    const whole = prepareUnit(readUnit("aimo-router.service"), machine);
    assert.deepEqual(whole.words, ["aimo-router"]);
    await start(whole.environment);
    const idOf = async (): Promise<unknown> =>
      ((await (await fetch(`${url}/.well-known/aimo.json`)).json()) as Json)["router_id"];
    assert.equal(await idOf(), routerId);

    const { rpcUrl, router } = network.chain.place;
    const databaseUrl = runningPostgresUrl(join(machine, "lib", "aimo-router"));
    install("aimo-router-signer", "settler.json", "cosigner.json");
    const settings = [`AIMO_SIGNER_DATABASE_URL='${databaseUrl}'`, `AIMO_RPC_URL=${rpcUrl}`];
    settings.push(`AIMO_PROGRAM_ID=${router.programAddress}`, `AIMO_ROUTER_ID=${routerId}`);
    writeFileSync(join(machine, "etc/aimo-router-signer/signer.env"), settings.join("\n"));
    const { words, environment } = prepareUnit(readUnit("aimo-router-signer.service"), machine);
    const [program, ...rest] = words;
    assert.equal(program, "aimo-router");
    const signer = startChild(
      systemClock,
      { name: "signer", entry: ROUTER, arguments: rest, environment },
      process.env,
      (line) => void lines.push(line),
    );
    try {
      const { address: settler } = await readKeyFile(join(home, "aimo-router", "settler.json"));
      assert.match(
        await signer.firstLine((line) => (/signer listens/.test(line) ? line : undefined)),
        new RegExp(settler),
      );
      await child?.stop();
      rmSync(join(machine, "run", "aimo-router"), { recursive: true }); // as systemd does at the end of a service
      rmSync(join(machine, "credentials"), { recursive: true });
      await start(
        prepareUnit(readUnit("aimo-router.service", "aimo-router.service.d/signer.conf"), machine).environment,
      );
      assert.equal(await idOf(), routerId);
      assert.deepEqual(readdirSync(join(machine, "run", "aimo-router")), [], "no key in the router's hands");
    } finally {
      await signer.stop();
    }
  });

  test("no key of the router is in anything that was printed or logged", () => {
    const files = ["router-identity", "settler", "cosigner", "admin", "guardian", "fee-owner"];
    for (const file of files) {
      const key = readFileSync(join(home, "aimo-router", `${file}.json`), "utf8").trim();
      assert.ok(!lines.join("\n").includes(key), file);
    }
  });
});

test("the notice that init warns below is what a router with default settings starts with", () => {
  const own = { totalMs: Number(SETTINGS.AIMO_TOTAL_TIMEOUT_MS.fallback), settleAgeMs: SETTLE_AGE_MS };
  const faults = (allowanceNotice: bigint): number =>
    timeFaults(own, { userExitDelay: 2n * allowanceNotice, allowanceNotice }).length;
  assert.deepEqual([faults(NOTICE_SECONDS_LOW), faults(NOTICE_SECONDS_LOW - 1n)], [0, 1]);
});
