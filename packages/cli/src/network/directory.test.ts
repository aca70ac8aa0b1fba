// A router by its id alone: the chain has its URL, and the router has to be who was asked for.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { getConfigDecoder, getConfigEncoder } from "@aimo-network/escrow/generated/accounts/config";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import { listRouters } from "../routers/list-routers.ts";
import { knownRoutersFile } from "../settings/places.ts";
import { startReadingNode } from "../test-bed/reading-node.ts";
import type { ReadingNode } from "../test-bed/reading-node.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBed } from "../test-bed/reading-bed.ts";
import { factsOf, replyWith, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { findRouter } from "./find-router.ts";
import { readKnownRouters, rememberRouter } from "./known-routers.ts";

interface Directory {
  readonly bed: ReadingBed;
  readonly node: ReadingNode;
  readonly scene: Scene;
  readonly id: string;
  readonly programId: string;
  /** Writes another URL into the router's config. */
  say(url: string): void;
}

async function openDirectory(t: TestContext, { isNodeNamed = true } = {}): Promise<Directory> {
  const scene = await Scene.open();
  const { chain } = scene;
  const node = await startReadingNode(t, chain);
  const programId = chain.programAddress;
  const options = { ...(isNodeNamed && { rpcUrl: node.url }), programId };
  const bed = openReadingBed(t, { options });
  const say = (url: string): void => {
    const config = getConfigDecoder().decode(chain.account(scene.bed.config)?.data ?? new Uint8Array());
    chain.plant(scene.bed.config, programId, Uint8Array.from(getConfigEncoder().encode({ ...config, url })));
  };
  return { bed, node, scene, id: scene.bed.keys.routerId, programId, say };
}

test("an id leads to the router at the URL that the chain has", async (t) => {
  const { bed, id, say } = await openDirectory(t);
  const router = await startScriptedRouter(t, {}, { router_id: id });
  say(`${router.url}/`);
  const found = await findRouter(bed.with({ ...bed.context.options, router: id }));
  assert.deepEqual([found.client.url, found.id], [router.url, id]);
});

test("a router at that URL which says it is another is refused", async (t) => {
  const { bed, id, say } = await openDirectory(t);
  const router = await startScriptedRouter(t);
  say(router.url);
  const fault = await faultOf(findRouter(bed.with({ ...bed.context.options, router: id })));
  assert.equal(fault.code, "wrong_router");
});

test("an id that the chain does not have is told with program and node", async (t) => {
  const { bed, node, programId } = await openDirectory(t);
  const router = named("nobody");
  const { code, why } = await faultOf(findRouter(bed.with({ ...bed.context.options, router })));
  assert.equal(code, "router_unknown");
  assert.match(why ?? "", new RegExp(`${programId}.*${node.url}`));
});

test("a URL on the chain that a key could be read on the way to is not used", async (t) => {
  const { bed, id, say } = await openDirectory(t);
  for (const url of ["http://router.example", "", "https://me:pw@router.example", "http://127.0.0.1.evil.example"]) {
    say(url);
    const fault = await faultOf(findRouter(bed.with({ ...bed.context.options, router: id })));
    assert.equal(fault.code, "router_url_unusable", url);
  }
});

describe("a router that was used before by its id", () => {
  test("is looked up again where its URL is somebody else's by now", async (t) => {
    const { bed, id, say, node, programId } = await openDirectory(t, { isNodeNamed: false });
    const [before, after] = [await startScriptedRouter(t), await startScriptedRouter(t, {}, { router_id: id })];
    rememberRouter(knownRoutersFile(bed.context.environment), { url: before.url, id, programId, rpcUrl: node.url });
    say(after.url);
    const context = bed.with({ router: id });
    assert.equal((await findRouter(context)).client.url, after.url);
    assert.match(bed.said.join(), new RegExp(`not at ${before.url} any more: the chain says ${after.url}`));
    const [known] = readKnownRouters(knownRoutersFile(context.environment));
    assert.deepEqual(known, { url: after.url, id, programId, rpcUrl: node.url });
    node.asked.length = 0;
    await findRouter(context);
    assert.deepEqual(node.asked, []);
  });

  test("keeps its first fault where no node is known, or the chain says the same", async (t) => {
    const { bed, id, say, node } = await openDirectory(t, { isNodeNamed: false });
    const router = await startScriptedRouter(t, { "/.well-known/aimo.json": replyWith(503, "away") });
    rememberRouter(knownRoutersFile(bed.context.environment), { url: router.url, id });
    assert.equal((await faultOf(findRouter(bed.with({ router: id })))).code, "no_router");
    say(router.url);
    rememberRouter(knownRoutersFile(bed.context.environment), { url: router.url, id, rpcUrl: node.url });
    const fault = await faultOf(findRouter(bed.with({ ...bed.context.options, router: id })));
    assert.equal(fault.code, "no_router");
    assert.deepEqual(node.asked, ["getMultipleAccounts"]);
    assert.deepEqual([router.calls.length, bed.said], [2, []]);
    router.answers["/.well-known/aimo.json"] = factsOf(router.url, { router_id: id });
    assert.equal((await findRouter(bed.with({ router: id }))).id, id);
  });
});

test("the list has every router with its terms, and says that nobody vouches", async (t) => {
  const { bed, id, scene, say, programId } = await openDirectory(t);
  say("http://router.example");
  const outcome = await listRouters(bed.context, { arguments: [], options: {} });
  assert.deepEqual(outcome?.text.split("\n"), [
    "ROUTER                  FEE  MIN  EXIT  TOKEN  SELLER'S EXIT  NOTICE  BATCHES",
    "http://router.example  2.5%    1  1 d   other  7 d            12 h          0",
    `  ${id}`,
  ]);
  assert.match(bed.said.join(), /nobody vouches/);
  const { routers, ...rest } = (outcome?.data ?? {}) as { routers: object[] };
  const network = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1";
  assert.deepEqual(rest, { program: programId, network, slot: Number(scene.chain.slot), unread: 0, omitted: 0 });
  assert.deepEqual(routers, [
    {
      id,
      url: "http://router.example",
      usable: false,
      config: scene.bed.config,
      mint: scene.bed.mint,
      token: "other",
      fee_bps: 250,
      min_deposit: "1",
      user_exit_delay: 86_400,
      provider_exit_delay: 604_800,
      allowance_notice: 43_200,
      batches: 0,
      total_user: "200",
      total_provider: "0",
    },
  ]);
});

describe("a directory that is not read", () => {
  test("for want of a node or a program says which", async (t) => {
    const { context } = openReadingBed(t, { options: { rpcUrl: "http://127.0.0.1:9" } });
    const run = (more: object) =>
      faultOf(listRouters({ ...context, options: { ...context.options, ...more } }, { arguments: [], options: {} }));
    assert.equal((await run({})).what, "Which escrow program?");
    assert.match((await run({ programId: "none" })).what, /--program: expected/);
    assert.match((await run({ programId: named("p") })).why ?? "", /nothing listens at 127\.0\.0\.1:9/);
    const nowhere = openReadingBed(t, { options: { programId: named("p") } });
    assert.equal(
      (await faultOf(listRouters(nowhere.context, { arguments: [], options: {} }))).what,
      "Which Solana node?",
    );
  });

  test("from a node that refuses, or is none, says so", async (t) => {
    const { bed, node } = await openDirectory(t);
    node.told["getProgramAccounts"] = () => {
      throw new Error("scans are not served here");
    };
    const refused = await faultOf(listRouters(bed.context, { arguments: [], options: {} }));
    assert.deepEqual([refused.code, refused.reason], ["node_refused", "unreachable"]);
    assert.match(refused.why ?? "", /scans are not served here|-32601/);
    const page = createServer((_request, response) => void response.end("<!doctype html>"));
    await new Promise<void>((resolve) => void page.listen(0, "127.0.0.1", resolve));
    t.after(() => page.close());
    const rpcUrl = `http://127.0.0.1:${(page.address() as AddressInfo).port}/secret`;
    const none = await faultOf(
      listRouters(bed.with({ ...bed.context.options, rpcUrl }), { arguments: [], options: {} }),
    );
    assert.equal(none.code, "no_node");
    assert.doesNotMatch(JSON.stringify(none), /secret/);
  });
});
