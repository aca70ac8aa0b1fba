// Opening a router and changing its params: the builders refuse exactly what the program refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS, getMintEncoder } from "@solana-program/token";
import { AMOUNT_MAX, MAINNET_USDC } from "../program-bounds.ts";
import { BuilderScene, signedBy } from "../test-bed/builder-scene.ts";
import { MALLORY } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { PARAMS } from "../test-bed/router-bed.ts";
import type { RouterBed } from "../test-bed/router-bed.ts";
import { DAY, HOUR } from "../test-bed/router-instructions.ts";
import type { RouterInstructions } from "../test-bed/router-instructions.ts";
import { buildApplyParams, buildInitConfig, buildScheduleParams, buildSetUrl } from "./router-params.ts";
import type { InitConfigInput } from "./router-params.ts";

const URLS = {
  fine: ["", "https://router.example", "!~", "x".repeat(128)],
  bad: ["x".repeat(129), "a b", "é", "\n", "\u007f", "x".repeat(200)],
};

/** Params, which of them the program takes on mainnet, and which for any other mint. */
const RANGES = [
  [{ feeBps: 0n }, "lands", "lands"],
  [{ feeBps: 500n }, "lands", "lands"],
  [{ feeBps: 501n }, "FeeTooHigh", "FeeTooHigh"],
  [{ minDeposit: 0n }, "lands", "lands"],
  [{ minDeposit: AMOUNT_MAX }, "lands", "lands"],
  [{ minDeposit: AMOUNT_MAX + 1n }, "AmountTooLarge", "AmountTooLarge"],
  [{ settlerWindowCap: AMOUNT_MAX }, "lands", "lands"],
  [{ settlerWindowCap: AMOUNT_MAX + 1n }, "AmountTooLarge", "AmountTooLarge"],
  [{ userExitDelay: HOUR, allowanceNotice: 0n }, "lands", "lands"],
  [{ userExitDelay: HOUR - 1n, allowanceNotice: 0n }, "DelayOutOfRange", "lands"],
  [{ userExitDelay: 1n, allowanceNotice: 0n }, "DelayOutOfRange", "lands"],
  [{ userExitDelay: 0n, allowanceNotice: 0n }, "DelayOutOfRange", "DelayOutOfRange"],
  [{ userExitDelay: 7n * DAY }, "lands", "lands"],
  [{ userExitDelay: 7n * DAY + 1n }, "DelayOutOfRange", "DelayOutOfRange"],
  [{ providerExitDelay: DAY }, "lands", "lands"],
  [{ providerExitDelay: DAY - 1n }, "DelayOutOfRange", "lands"],
  [{ providerExitDelay: 0n }, "DelayOutOfRange", "DelayOutOfRange"],
  [{ providerExitDelay: 30n * DAY }, "lands", "lands"],
  [{ providerExitDelay: 30n * DAY + 1n }, "DelayOutOfRange", "DelayOutOfRange"],
  [{ settlerWindow: HOUR }, "lands", "lands"],
  [{ settlerWindow: HOUR - 1n }, "DelayOutOfRange", "lands"],
  [{ settlerWindow: 0n }, "DelayOutOfRange", "DelayOutOfRange"],
  [{ settlerWindow: 7n * DAY + 1n }, "DelayOutOfRange", "DelayOutOfRange"],
  [{ userExitDelay: 2n * HOUR + 1n, allowanceNotice: HOUR }, "lands", "lands"],
  [{ userExitDelay: 2n * HOUR + 1n, allowanceNotice: HOUR + 1n }, "DelayOutOfRange", "DelayOutOfRange"],
] as const;

async function openAt(mint: Address): Promise<{ bed: RouterBed; ask: RouterInstructions; builders: BuilderScene }> {
  const builders = await BuilderScene.prepare(mint);
  return { bed: builders.bed, ask: builders.ask, builders };
}

for (const mint of [MAINNET_USDC, named("mint")]) {
  test(`a router of ${mint === MAINNET_USDC ? "mainnet's USDC" : "a test's mint"} opens with params in their ranges`, async () => {
    for (const [changed, onMainnet, elsewhere] of RANGES) {
      const { bed, ask, builders } = await openAt(mint);
      const params = { ...PARAMS, ...changed };
      const build = () => buildInitConfig({ ...inputOf(bed, builders), params });
      const outcome = await builders.agrees(build, ask.init({ params }));
      assert.equal(outcome, mint === MAINNET_USDC ? onMainnet : elsewhere, Object.entries(changed).join(" "));
    }
  });

  test(`the same ranges hold for params announced there, ${mint === MAINNET_USDC ? "on mainnet" : "elsewhere"}`, async () => {
    const { bed, ask, builders } = await openAt(mint);
    bed.init();
    for (const [changed, onMainnet, elsewhere] of RANGES) {
      const params = { ...PARAMS, ...changed };
      const build = () => buildScheduleParams({ admin: signer(bed.keys.admin), router: builders.router, params });
      const outcome = await builders.agrees(build, ask.scheduleParams(changed));
      assert.equal(outcome, mint === MAINNET_USDC ? onMainnet : elsewhere, Object.entries(changed).join(" "));
    }
  });
}

function inputOf(bed: RouterBed, builders: BuilderScene): InitConfigInput {
  const [payer, routerId, admin] = [bed.chain.payer, bed.keys.routerId, bed.keys.admin].map(signer);
  assert.ok(payer !== undefined && routerId !== undefined && admin !== undefined);
  const { roles } = bed;
  const found = builders.reading(bed.config);
  const url = "https://router.example";
  const { programAddress } = bed.chain;
  const mint = builders.reading(bed.mint);
  return { programAddress, payer, routerId, admin, mint, roles, params: PARAMS, url, found };
}

test("a router opens once, with an initialised mint of SPL Token with six decimals", async () => {
  const { bed, ask, builders } = await openAt(named("mint"));
  const { chain } = bed;
  const init = () => buildInitConfig(inputOf(bed, builders));
  chain.plantMint(bed.mint, 9);
  assert.equal(await builders.agrees(init, ask.init()), "BadMint");
  const mint = { mintAuthority: null, supply: 0n, decimals: 6, isInitialized: false, freezeAuthority: null };
  chain.plant(bed.mint, TOKEN_PROGRAM_ADDRESS, Uint8Array.from(getMintEncoder().encode(mint)));
  assert.equal(await builders.agrees(init, ask.init()), "BadMint");
  chain.plantToken(bed.mint, bed.mint, MALLORY, 0n);
  assert.equal(await builders.agrees(init, ask.init()), "BadMint");
  const token2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb" as Address;
  chain.plant(bed.mint, token2022, Uint8Array.from(getMintEncoder().encode({ ...mint, isInitialized: true })));
  assert.equal(await builders.agrees(init, ask.init()), "BadTokenProgram");
  chain.plantMint(bed.mint);
  chain.giveSol(bed.config); // somebody was here first, with nothing but lamports
  assert.equal(await builders.agrees(init, ask.init()), "lands");
  assert.equal(await builders.agrees(init, ask.init()), "AlreadyInitialized");
});

test("a URL is up to 128 printable characters without spaces", async () => {
  const { bed, ask, builders } = await openAt(named("mint"));
  for (const url of URLS.bad) {
    const build = () => buildInitConfig({ ...inputOf(bed, builders), url });
    assert.equal(await builders.agrees(build, ask.init({ url })), "BadInstruction");
  }
  bed.init();
  const set = (url: string, admin = bed.keys.admin) => {
    return () => buildSetUrl({ admin: signer(admin), router: builders.router, url });
  };
  for (const url of URLS.bad) await builders.refuses("BadInstruction", set(url), ask.setUrl(url));
  for (const url of URLS.fine) {
    await builders.lands(set(url));
    assert.equal(builders.router.data.url, url);
  }
  await builders.refuses(
    "NotAdmin",
    set("https://a.example", MALLORY),
    signedBy(ask.setUrl("https://a.example"), MALLORY),
  );
});

test("announced params and roles are applied from their moment on, by the admin", async () => {
  const builders = await BuilderScene.open();
  const { ask, bed } = builders.scene;
  const apply = (admin = bed.keys.admin) => {
    return () => buildApplyParams({ admin: signer(admin), router: builders.router, now: builders.now });
  };
  await builders.refuses("ParamNotReady", apply(), ask.applyParams());
  builders.scene.land(ask.scheduleParams({ feeBps: 500n }));
  builders.scene.goTo(builders.now + 1n);
  builders.scene.land(ask.setRoles({ settler: MALLORY }));
  const { pendingParamsAt, pendingRolesAt } = builders.router.data;
  assert.equal(pendingRolesAt, pendingParamsAt + 1n);
  builders.scene.goTo(pendingParamsAt - 1n);
  await builders.refuses("ParamNotReady", apply(), ask.applyParams());
  builders.scene.goTo(pendingParamsAt);
  await builders.lands(apply());
  await builders.refuses("ParamNotReady", apply(), ask.applyParams());
  builders.scene.goTo(pendingRolesAt);
  await builders.refuses("NotAdmin", apply(MALLORY), signedBy(ask.applyParams(), MALLORY));
  await builders.lands(apply());
  assert.equal(builders.router.data.roles.settler, MALLORY);
});
