// What a chat request finds on the market over real sockets: free slots, shared load, and why nobody may take it.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { ScriptedCall, ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

const ANSWER = '{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}';
const USER = { role: "user", content: "x" };

function answer(call: ScriptedCall): void {
  call.respond(200, { "content-type": "application/json" });
  call.write(ANSWER);
  call.end();
}

interface Failure {
  readonly error: {
    readonly message: string;
    readonly param: string | null;
    readonly metadata: { readonly error_code: string };
  };
}

describe("a chat request", () => {
  let router: TestRouter;
  let key: string;
  const providers: ScriptedProvider[] = [];
  const calls: ScriptedCall[] = [];
  let called: (() => void) | undefined;

  const join = async (
    offers: readonly Offer[],
    options: { wallet?: Wallet; maxConcurrency?: number } = {},
  ): Promise<ScriptedProvider> => {
    const { wallet = newWallet(), maxConcurrency = 100 } = options;
    const take = (call: ScriptedCall): void => {
      calls.push(call);
      called?.();
    };
    const provider = await connectProvider(router.url, await router.key({}, wallet), take, maxConcurrency);
    await provider.offer(offers);
    providers.push(provider);
    return provider;
  };
  const callsAre = async (count: number): Promise<void> => {
    while (calls.length < count) await new Promise<void>((resolve) => void (called = resolve));
  };
  const ask = (model: string, more: object = {}, as = key): Promise<Response> =>
    router.chat(as, { model, messages: [USER], ...more });
  const refusal = async (response: Promise<Response>, status: number): Promise<Failure["error"]> => {
    const reply = await response;
    assert.equal(reply.status, status);
    return ((await reply.json()) as Failure).error;
  };

  before(async () => {
    router = await startTestRouter();
    key = await router.key();
  });
  beforeEach(() => void (calls.length = 0));
  after(async () => {
    await Promise.all(providers.map((provider) => provider.close()));
    await router.close();
  });

  test("is told to come again when every slot of its providers is taken, and finds one when it is free", async () => {
    await join([plainOffer("one-slot")], { maxConcurrency: 1 });
    const first = ask("one-slot");
    await callsAre(1);
    const reply = await ask("one-slot");
    assert.equal(reply.headers.get("retry-after"), "1");
    const error = await refusal(Promise.resolve(reply), 429);
    assert.equal(error.metadata.error_code, "too_many_concurrent");
    answer(calls[0]!);
    assert.equal((await first).status, 200);
    const second = ask("one-slot");
    await callsAre(2);
    answer(calls[1]!);
    assert.equal((await second).status, 200);
  });

  test("respects an offer's own limit beside its link's", async () => {
    await join([plainOffer("narrow", { max_concurrency: 2 }), plainOffer("wide")]);
    const running = [ask("narrow"), ask("narrow")];
    await callsAre(2);
    assert.equal((await refusal(ask("narrow"), 429)).metadata.error_code, "too_many_concurrent");
    const other = ask("wide");
    await callsAre(3);
    for (const call of calls) answer(call);
    for (const reply of [...running, other]) assert.equal((await reply).status, 200);
  });

  test("goes to the link of a wallet that has most room, so that its links share the load", async () => {
    const wallet = newWallet();
    const links = [
      await join([plainOffer("shared")], { wallet, maxConcurrency: 4 }),
      await join([plainOffer("shared")], { wallet, maxConcurrency: 4 }),
    ];
    const running: Promise<Response>[] = [];
    for (let count = 1; count <= 8; count += 1) {
      running.push(ask("shared"));
      await callsAre(count);
    }
    assert.deepEqual(
      links.map((link) => link.calls.length),
      [4, 4],
    );
    await refusal(ask("shared"), 429);
    for (const call of calls) answer(call);
    for (const reply of running) assert.equal((await reply).status, 200);
  });

  test("never goes to the wallet that pays, whichever of its keys is used", async () => {
    const wallet = newWallet();
    await join([plainOffer("own")], { wallet });
    const error = await refusal(ask("own", {}, await router.key({ tag: "other" }, wallet)), 400);
    assert.equal(error.metadata.error_code, "self_dealing");
    assert.equal(calls.length, 0);
    const stranger = ask("own");
    await callsAre(1);
    answer(calls[0]!);
    assert.equal((await stranger).status, 200);
  });

  test("is told the full name of the model that answered it, whichever name it was asked by", async () => {
    await join([plainOffer("Named", { provider_name: "Acme" })]);
    for (const model of ["named", "NAMED", "acme/Named"]) {
      calls.length = 0;
      const reply = ask(model);
      await callsAre(1);
      answer(calls[0]!);
      assert.equal(((await (await reply).json()) as { model: string }).model, "acme/named");
      assert.equal(calls[0]!.head.model, "Named");
    }
  });

  test("names the content that nobody takes", async () => {
    await join([plainOffer("blind")]);
    const content = [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }];
    const error = await refusal(ask("blind", { messages: [{ role: "user", content }] }), 400);
    assert.equal(error.param, "messages");
    assert.match(error.message, /found image/);
  });

  test("names the output that no context holds", async () => {
    await join([plainOffer("short", { context_length: 100 })]);
    const error = await refusal(ask("short", { max_tokens: 101 }), 400);
    assert.equal(error.param, "max_tokens");
    assert.match(error.message, /found 101/);
    const fits = ask("short", { max_completion_tokens: 100 });
    await callsAre(1);
    answer(calls[0]!);
    assert.equal((await fits).status, 200);
  });

  test("names the probabilities that no answer can hold, before anybody writes it", async () => {
    await join([plainOffer("talker")]);
    const error = await refusal(ask("talker", { n: 128, logprobs: true, top_logprobs: 20 }), 400);
    assert.equal(error.param, "top_logprobs");
    assert.equal(calls.length, 0);
  });

  test("finds a new offer as soon as it is announced, and an old one no more", async () => {
    const provider = await join([plainOffer("before")]);
    const running = ask("before");
    await callsAre(1);
    await provider.offer([plainOffer("now")]);
    assert.equal((await refusal(ask("before"), 404)).metadata.error_code, "model_not_found");
    const next = ask("now");
    await callsAre(2);
    for (const call of calls) answer(call);
    assert.deepEqual([(await running).status, (await next).status], [200, 200]);
  });

  test("is answered by another provider when its own is killed before any output", async () => {
    const one = await join([plainOffer("doubled")]);
    const other = await join([plainOffer("doubled")]);
    const reply = ask("doubled");
    await callsAre(1);
    const [asked, spare] = one.calls.length > 0 ? [one, other] : [other, one];
    asked.socket.terminate();
    await callsAre(2);
    assert.equal(spare.calls.length, 1);
    answer(spare.calls[0]!);
    assert.equal((await reply).status, 200);
  });

  test("is told which provider was lost when there is no other", async () => {
    const provider = await join([plainOffer("alone")]);
    const reply = ask("alone");
    await callsAre(1);
    provider.socket.terminate();
    assert.equal((await refusal(reply, 502)).metadata.error_code, "provider_disconnected");
    assert.equal((await refusal(ask("alone"), 404)).metadata.error_code, "model_not_found");
  });

  test("may bring its key as x-api-key", async () => {
    await join([plainOffer("keyed")]);
    const reply = fetch(`${router.url}/api/v1/chat/completions`, {
      method: "POST",
      headers: { "x-api-key": key },
      body: JSON.stringify({ model: "keyed", messages: [USER] }),
    });
    await callsAre(1);
    answer(calls[0]!);
    assert.equal((await reply).status, 200);
  });

  test("gets each provider a pseudonym of its payer, stable there and different elsewhere", async () => {
    const wallet = newWallet();
    const one = await join([plainOffer("p1"), plainOffer("p2")]);
    const other = await join([plainOffer("q")]);
    const payer = [await router.key({}, wallet), await router.key({ tag: "b" }, wallet)];
    for (const [index, model] of ["p1", "p2", "q"].entries()) {
      const reply = ask(model, {}, payer[index % 2]);
      await callsAre(index + 1);
      answer(calls[index]!);
      await reply;
    }
    const [first, second] = one.calls.map(({ head }) => head.payer);
    assert.match(first ?? "", /^[0-9a-f]{32}$/);
    assert.equal(second, first);
    assert.notEqual(other.calls[0]?.head.payer, first);
  });

  test("passes what a provider needs to know, and nothing that is the client's secret", async () => {
    await join([plainOffer("headers")]);
    const headers = {
      authorization: `Bearer ${key}`,
      cookie: "session=1",
      "x-api-key": "secret",
      "user-agent": "OpenAI/JS 5",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "x-custom": "1",
    };
    const body = JSON.stringify({ model: "headers", stream: true, messages: [USER] });
    const reply = fetch(`${router.url}/v1/chat/completions`, { method: "POST", headers, body });
    await callsAre(1);
    const [{ head }] = calls as [ScriptedCall];
    calls[0]!.end();
    const response = await reply;
    assert.deepEqual(head.headers, {
      accept: "text/event-stream",
      "x-request-id": response.headers.get("x-request-id"),
      "user-agent": "OpenAI/JS 5",
      traceparent: headers.traceparent,
    });
    assert.deepEqual([head.endpoint, head.model, head.stream], ["/chat/completions", "headers", true]);
    assert.equal(head.content_length, calls[0]!.body.length);
    assert.ok(head.deadline_ms > 500_000 && head.deadline_ms <= 600_000);
  });

  test("with a body of megabytes reaches its provider whole", async () => {
    await join([plainOffer("large")]);
    const content = "é".repeat(3_000_000);
    const reply = ask("large", { messages: [{ role: "user", content }] });
    await callsAre(1);
    const sent = JSON.parse(calls[0]!.body) as { messages: { content: string }[] };
    assert.equal(sent.messages[0]?.content, content);
    answer(calls[0]!);
    assert.equal((await reply).status, 200);
  });
});
