// Providers are killed at random under load: no client notices, unless it was being shown an answer; that one is free.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { base58 } from "@scure/base";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { makeProviderKey } from "@aimo-network/localnet/demo-keys";
import type { DemoModel } from "@aimo-network/localnet/demo-model/demo-model";
import { createDemoModel } from "@aimo-network/localnet/demo-model/demo-model";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import { seededRandom } from "@aimo-network/protocol/random";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";
import type { ClientView } from "./client-view.ts";
import { viewOf } from "./client-view.ts";
import type { FaultBooks } from "./fault-books.ts";
import { owedBy, readBooks } from "./fault-books.ts";
import { nanoUsdc } from "./fault-outcome.ts";
import type { Network } from "./network.ts";
import { providerToml, startNetwork, waitForOffer } from "./network.ts";

const SEED = 8;
const KILLS = 6;
const CLIENTS = 12;
const PROVIDERS = 3;
const PRICE = "1.37"; // odd, so that amounts are rounded
const FEWEST_TOKENS = 30; // the first provider's answers have so many, the next one's one more: by that a client knows them
const NAME = "steady";
const MODEL = `test/${NAME}`;
const QUIET_MS = { min: 200, max: 900 }; // about as long as an answer takes: a kill finds some before and some within their output

/** A provider that can be killed and started again. */
interface Mortal {
  readonly wallet: string;
  child: Child;
  start(): Child;
}

async function startMortal(network: Network, index: number, upstreamUrl: string): Promise<Mortal> {
  const { router_url: url, router_id: routerId } = network.file;
  const wallet = newWallet();
  const directory = join(network.directory, `mortal-${index}`);
  const config = join(directory, "config.toml");
  mkdirSync(directory);
  const model = `demo.slow-first-byte-200ms.pace-15ms.fixed-${FEWEST_TOKENS + index}`;
  const sale = {
    models: [{ name: NAME, model }],
    price: PRICE,
    settings: `[spool]\npath = "${join(directory, "spool.jsonl")}"`,
  };
  writeFileSync(config, providerToml(sale, [{ url, routerId }], upstreamUrl));
  const key = await makeProviderKey(systemClock, wallet, routerId);
  const start = (): Child =>
    startChild(
      systemClock,
      {
        name: `mortal-${index}`,
        entry: new URL("../packages/proxy/src/main.ts", import.meta.url),
        arguments: ["--config", config],
        environment: { ["KEY_0"]: key },
      },
      process.env,
      (line) => void network.lines.push(line),
    );
  const address = base58.encode(wallet.publicKey);
  const mortal = { wallet: address, child: start(), start };
  await waitForOffer(url, MODEL, address);
  return mortal;
}

/** One answer as its client saw it. */
interface Seen {
  readonly stream: boolean;
  readonly userAgent: string;
  readonly view: ClientView;
}

const generationOf = ({ view }: Seen): string => view.headers.get("x-generation-id") ?? assert.fail("no generation");

describe("three providers, each killed and started again while they are asked", () => {
  let network: Network;
  let upstream: DemoModel;
  const mortals: Mortal[] = [];
  const seen: Seen[] = [];
  let books: FaultBooks;

  const providerOf = ({ view }: Seen): string =>
    mortals[(view.usage?.completion_tokens ?? 0) - FEWEST_TOKENS]?.wallet ?? assert.fail("nobody's answer");

  /** Asks again and again, in turn for a stream and for an answer in one piece, until the killing is over. */
  async function client(number: number, signal: AbortSignal): Promise<void> {
    for (let asked = 0; !signal.aborted; asked += 1) {
      const stream = (number + asked) % 2 === 0;
      const userAgent = `client ${number}, request ${asked}`;
      const { router_url: url, user } = network.file;
      const view = await viewOf({
        url,
        key: user.api_key,
        model: MODEL,
        stream,
        prompt: `I am ${userAgent}.`,
        userAgent,
      });
      seen.push({ stream, userAgent, view });
    }
  }

  /** Who has answered last. */
  const busiest = (): Mortal | undefined => {
    const last = seen.findLast(({ view }) => view.error === undefined);
    return last && mortals.find(({ wallet }) => wallet === providerOf(last));
  };

  async function killAtRandom(): Promise<void> {
    const random = seededRandom(SEED);
    const pause = (): Promise<void> =>
      sleep(systemClock, QUIET_MS.min + random.fraction() * (QUIET_MS.max - QUIET_MS.min));
    for (let kill = 0; kill < KILLS; kill += 1) {
      await pause();
      const drawn = mortals[Math.floor(random.fraction() * mortals.length)];
      // Whoever has failed is asked less for a while: a kill that is to be felt finds the one that is asked now.
      const victim = (kill % 2 === 0 ? drawn : busiest()) ?? assert.fail("nobody to kill");
      await victim.child.kill();
      await pause();
      victim.child = victim.start();
      await waitForOffer(network.file.router_url, MODEL, victim.wallet);
    }
    await pause();
  }

  before(async () => {
    upstream = createDemoModel();
    const upstreamUrl = `http://127.0.0.1:${await upstream.listen(0)}/v1`;
    network = await startNetwork({ withProvider: false });
    for (let index = 0; index < PROVIDERS; index += 1) mortals.push(await startMortal(network, index, upstreamUrl));
    const over = new AbortController();
    const clients = Array.from({ length: CLIENTS }, (_, number) => client(number, over.signal));
    try {
      await killAtRandom();
    } finally {
      over.abort();
      await Promise.all(clients);
    }
    const databaseUrl = runningPostgresUrl(join(network.directory, "router"));
    books = await readBooks(databaseUrl ?? assert.fail("the router has a database"));
  });
  after(async () => {
    await Promise.all(mortals.map(({ child }) => child.stop()));
    await network.stop();
    await upstream.close();
  });

  test("no answer in one piece fails, and no stream that had shown nothing", () => {
    for (const { stream, userAgent, view } of seen) {
      if (view.error === undefined) assert.deepEqual([view.status, view.finishReasons], [200, ["stop"]], userAgent);
      else assert.ok(stream && view.contentEvents > 0, `${userAgent}: ${view.status} ${view.error.message}`);
    }
  });

  test("a stream that had shown something ends in-band, and is free", () => {
    const broken = seen.filter(({ view }) => view.error !== undefined);
    assert.ok(broken.length > 0, "the kills met no stream");
    const billed = new Map(books.billed.map(({ id, cost }) => [id, cost]));
    for (const one of broken) {
      const { view } = one;
      assert.equal(view.status, 200);
      assert.equal(view.error?.metadata.error_code, "provider_disconnected");
      assert.deepEqual([view.finishReasons.at(-1), view.dones, view.cost], ["error", 0, undefined]);
      assert.equal(billed.get(generationOf(one)), 0n);
    }
  });

  test("others answered for whoever was killed", () => {
    const calls = new Map<string, number>();
    for (const { headers } of upstream.calls.list()) {
      const userAgent = headers["user-agent"] ?? "";
      calls.set(userAgent, (calls.get(userAgent) ?? 0) + 1);
    }
    const retried = seen.filter(({ userAgent, view }) => view.error === undefined && (calls.get(userAgent) ?? 0) > 1);
    assert.ok(retried.length > 0, "the kills met no request that had shown nothing");
  });

  test("each provider is paid exactly for the answers that it gave, and the books balance", () => {
    const whole = seen.filter(({ view }) => view.error === undefined);
    const expected = whole.map((one) => ({
      id: generationOf(one),
      provider: providerOf(one),
      cost: nanoUsdc(one.view.cost ?? assert.fail("an answer has a cost")),
    }));
    const billed = new Map(books.billed.map((bill) => [bill.id, bill]));
    for (const bill of expected) assert.deepEqual(billed.get(bill.id), bill);
    assert.equal(billed.size, seen.length, "nothing is in the books that nobody asked for");
    assert.deepEqual(books.payable, owedBy(expected));
    assert.ok(Object.keys(books.payable).length > 1, "one of them answered everything");
    assert.equal(books.journal.entries, BigInt(whole.length));
    assert.deepEqual(books.faults, []);
  });
});
