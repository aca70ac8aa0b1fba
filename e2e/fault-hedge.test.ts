// A provider that falls silent before its first token, through real proxies: another that takes hedges answers, and is paid alone.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { base58 } from "@scure/base";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { makeProviderKey } from "@aimo-network/localnet/demo-keys";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import { REQUESTS_PER_HEDGE } from "aimo-router/src/limits.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";
import type { ClientView } from "./client-view.ts";
import { viewOf } from "./client-view.ts";
import { owedBy, readBooks } from "./fault-books.ts";
import { nanoUsdc } from "./fault-outcome.ts";
import type { Network } from "./network.ts";
import { providerToml, startNetwork, waitFor, waitForOffer } from "./network.ts";

const NAME = "hedged";
const MODEL = `test/${NAME}`;
const LATE_MS = 1_500; // well past what a provider that was quick so far is waited for
/** By its tokens a client knows whose answer it has. */
const TOKENS = { first: 5, second: 6 } as const;
type Name = keyof typeof TOKENS;

/** A model API that answers at once, unless the prompt says otherwise of it; and a record of the calls that were given up. */
interface Upstream {
  readonly server: Server;
  readonly abandoned: string[];
}

function chunk(delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: NAME, choices })}\n\n`;
}

async function startUpstream(name: Name): Promise<Upstream> {
  const abandoned: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { messages } = JSON.parse(await text(request)) as { messages: { content: string }[] };
    const prompt = messages[0]?.content ?? "";
    response.once("close", () => void (response.writableEnded || abandoned.push(prompt)));
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk({ role: "assistant", content: "" }));
    if (prompt.includes(`${name} stalls`)) return;
    if (prompt.includes(`${name} is late`)) await sleep(systemClock, LATE_MS);
    for (let token = 0; token < TOKENS[name]; token += 1) response.write(chunk({ content: "word " }));
    const usage = { prompt_tokens: 7, completion_tokens: TOKENS[name], total_tokens: 7 + TOKENS[name] };
    response.end(`${chunk({}, "stop")}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, abandoned };
}

describe("two providers that take hedges", () => {
  let network: Network;
  const upstreams = new Map<Name, Upstream>();
  const wallets = new Map<Name, string>();
  const children: Child[] = [];
  const seen: ClientView[] = [];

  async function startProvider(name: Name): Promise<void> {
    const upstream = await startUpstream(name);
    upstreams.set(name, upstream);
    const { router_url: url, router_id: routerId } = network.file;
    const wallet = newWallet();
    const address = base58.encode(wallet.publicKey);
    wallets.set(name, address);
    const directory = join(network.directory, name);
    const config = join(directory, "config.toml");
    mkdirSync(directory);
    const upstreamUrl = `http://127.0.0.1:${(upstream.server.address() as AddressInfo).port}/v1`;
    const toml = providerToml({ models: [NAME] }, [{ url, routerId }], upstreamUrl);
    writeFileSync(config, toml.replace("[[models]]\n", "[[models]]\nhedge = true\n"));
    const environment = { ["KEY_0"]: await makeProviderKey(systemClock, wallet, routerId) };
    const entry = new URL("../packages/proxy/src/main.ts", import.meta.url);
    const program = { name, entry, arguments: ["--config", config], environment };
    children.push(startChild(systemClock, program, process.env, (line) => void network.lines.push(line)));
    await waitForOffer(url, MODEL, address);
  }

  const ask = async (prompt: string): Promise<ClientView> => {
    const { router_url: url, user } = network.file;
    const first = wallets.get("first") ?? assert.fail("nobody to ask first");
    const view = await viewOf({
      url,
      key: user.api_key,
      model: MODEL,
      stream: true,
      prompt,
      userAgent: "hedged",
      first,
    });
    seen.push(view);
    return view;
  };

  before(async () => {
    network = await startNetwork({ withProvider: false });
    await startProvider("first");
    await startProvider("second");
    // Until it is known how quick the first is, and enough requests have earned both of the hedges below.
    for (let request = 0; request < 2 * REQUESTS_PER_HEDGE; request += 1) await ask(`plain ${request}`);
  });
  after(async () => {
    await Promise.all(children.map((child) => child.stop()));
    for (const { server } of upstreams.values()) {
      server.close();
      server.closeAllConnections();
    }
    await network.stop();
  });

  const assertAnsweredBy = (view: ClientView, name: Name): void => {
    assert.deepEqual([view.status, view.error, view.dones], [200, undefined, 1]);
    assert.equal(view.usage?.completion_tokens, TOKENS[name]);
  };
  const givesUp = (name: Name, prompt: string): Promise<true> =>
    waitFor(`${name} to be cancelled`, () =>
      Promise.resolve(upstreams.get(name)?.abandoned.includes(prompt) === true ? true : undefined),
    );

  test("the one that is asked first answers where it is as quick as usual", () => {
    for (const view of seen) assertAnsweredBy(view, "first");
    assert.deepEqual(upstreams.get("second")?.abandoned, []);
  });

  test("the other answers where that one falls silent, whose call is cancelled", async () => {
    const prompt = "first stalls";
    assertAnsweredBy(await ask(prompt), "second");
    await givesUp("first", prompt);
  });

  test("the first answers where the other is slower still, and the other's call is cancelled", async () => {
    const prompt = "first is late, second stalls";
    assertAnsweredBy(await ask(prompt), "first");
    await givesUp("second", prompt);
  });

  test("whoever answered is paid what the client was told, and nobody else", async () => {
    const url = runningPostgresUrl(join(network.directory, "router")) ?? assert.fail("the router has a database");
    const { billed, payable, journal, faults } = await readBooks(url);
    const expected = seen.map((view) => ({
      id: view.headers.get("x-generation-id") ?? assert.fail("no generation"),
      provider: wallets.get(view.usage?.completion_tokens === TOKENS.second ? "second" : "first") ?? "",
      cost: nanoUsdc(view.cost ?? assert.fail("an answer has a cost")),
    }));
    const byId = (one: { id: string }, other: { id: string }): number => (one.id < other.id ? -1 : 1);
    assert.deepEqual(billed.toSorted(byId), expected.toSorted(byId));
    assert.deepEqual(payable, owedBy(expected));
    assert.equal(journal.entries, BigInt(seen.length));
    assert.deepEqual(faults, []);
  });
});
