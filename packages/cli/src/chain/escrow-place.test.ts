// Where a router's money is: from its own word, from memory, and from what a person names; what contradicts itself is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { named } from "@aimo-network/escrow/test-bed/chain";
import type { Address } from "@solana/kit";
import { findRouter } from "../network/find-router.ts";
import { readKnownRouters, rememberRouter } from "../network/known-routers.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { factsOf, ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { placeOfRouter, placeWithoutRouter } from "./escrow-place.ts";
import { openChain, openChainIfAny } from "./open-chain.ts";

const [PROGRAM, OTHER, MINT] = [named("program"), named("other program"), named("mint")];
const TERMS = {
  ...{ config: named("what the router says does not count"), vault: named("vault"), fee_bps: 1, min_deposit: "1" },
  ...{ user_exit_delay: 1, provider_exit_delay: 1, allowance_notice: 1, commitment: "confirmed" },
};
const PLACE = await routerPlace({ programAddress: PROGRAM, routerId: ROUTER_ID as Address });

test("a router's config is derived, whatever the router says, and its program is remembered", async (t) => {
  const router = await startScriptedRouter(t, {}, { chain: { ...TERMS, program_id: PROGRAM, mint: MINT } });
  const bed = openReadingBed(t);
  const context = bed.with({ router: router.url });
  const { place, mint } = await placeOfRouter(context, await findRouter(context));
  assert.deepEqual([place, mint], [PLACE, MINT]);
  const later = await placeWithoutRouter(bed.with({}));
  assert.deepEqual([later.place, later.mint, later.url], [PLACE, MINT, router.url]);
  const byId = await placeWithoutRouter(bed.with({ router: ROUTER_ID }));
  assert.deepEqual(byId.place, PLACE);
});

test("a router that names another program than before is refused, unless the person names that one", async (t) => {
  const router = await startScriptedRouter(t, {}, { chain: { ...TERMS, program_id: OTHER, mint: MINT } });
  const bed = openReadingBed(t);
  rememberRouter(join(bed.home, ".config/aimo/routers.json"), {
    url: router.url,
    id: ROUTER_ID,
    programId: PROGRAM,
    mint: MINT,
  });
  const context = bed.with({ router: router.url });
  const words = await faultOf(placeOfRouter(context, await findRouter(context)));
  assert.deepEqual([words.code, words.reason], ["program_changed", "refused"]);
  const moved = bed.with({ router: router.url, programId: OTHER });
  const { place } = await placeOfRouter(moved, await findRouter(moved));
  assert.equal(place.programAddress, OTHER);
  assert.equal(
    (await faultOf(placeOfRouter(bed.with({ programId: "nothing" }), await findRouter(context)))).reason,
    "usage",
  );
});

test("a router that names another Solana than before does not get away from the node of the first", async (t) => {
  const chain = { ...TERMS, program_id: PROGRAM, mint: MINT };
  const devnet = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1";
  const router = await startScriptedRouter(t, {}, { chain: { ...chain, network: devnet } });
  const bed = openReadingBed(t);
  const context = bed.with({ router: router.url });
  await findRouter(context);
  router.answers["/.well-known/aimo.json"] = factsOf(router.url, { chain: { ...chain, network: "solana:nowhere" } });
  const place = await placeOfRouter(context, await findRouter(context));
  assert.equal(place.network, devnet);
  assert.equal(openChainIfAny(context, place)?.node.url, "https://api.devnet.solana.com");
});

test("without the router its id and program are enough, and one without the other is not", async (t) => {
  const bed = openReadingBed(t);
  const { place } = await placeWithoutRouter(bed.with({ router: ROUTER_ID, programId: PROGRAM }));
  assert.deepEqual(place, PLACE);
  const words = await faultOf(placeWithoutRouter(bed.with({ router: ROUTER_ID })));
  assert.match(words.next ?? "", /--program/);
  assert.equal((await faultOf(placeWithoutRouter(bed.with({})))).reason, "usage");
});

test("a node that is named is remembered with the router's place, and no node at all is told as that", async (t) => {
  const bed = openReadingBed(t);
  const file = join(bed.home, ".config/aimo/routers.json");
  rememberRouter(file, { url: "http://127.0.0.1:1", id: ROUTER_ID, programId: PROGRAM, mint: MINT });
  assert.equal(openChainIfAny(bed.with({}), await placeWithoutRouter(bed.with({}))), undefined);
  assert.match((await faultOf(openChain(bed.with({})))).what, /Which Solana node/);
  const bad = bed.with({ rpcUrl: "ftp://node" });
  assert.equal((await faultOf(openChain(bad))).reason, "usage");
  assert.equal(readKnownRouters(file)[0]?.rpcUrl, undefined, "only where the router was found");
});
