// Random lives of a router, in which every builder and the program say the same about every step.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address, Instruction } from "@solana/kit";
import fc from "fast-check";
import { microUsdc } from "@aimo-network/protocol/money";
import { exitOf, userExitOf } from "../accounts/escrow-facts.ts";
import { PAUSE_KINDS } from "../accounts/config-facts.ts";
import { claimable, payoutInForce } from "../accounts/provider-facts.ts";
import type { EscrowErrorName } from "../error-codes.ts";
import { NOBODY, AMOUNT_MAX } from "../program-bounds.ts";
import { BuilderScene, signedBy } from "../test-bed/builder-scene.ts";
import type { Build } from "../test-bed/builder-scene.ts";
import { ANN, BEN, MALLORY, PAT, QUINN, SUCCESSOR } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { DAY, HOUR, USDC } from "../test-bed/router-instructions.ts";
import { Scene } from "../test-bed/scene.ts";
import { buildSettleBatch } from "./settle-batch.ts";
import {
  buildProviderFinalizeExit,
  buildProviderRequestExit,
  buildRegisterProvider,
  buildSetPayout,
  buildWithdrawProvider,
} from "./provider-payments.ts";
import { buildCollectFees, buildSweepSurplus } from "./router-fees.ts";
import { buildAcceptAdmin, buildProposeAdmin, buildSetPause, buildSetRoles } from "./router-keys.ts";
import { buildApplyParams, buildScheduleParams, buildSetUrl } from "./router-params.ts";
import {
  buildCancelExit,
  buildCloseEscrow,
  buildFinalizeExit,
  buildRequestExit,
  buildWithdrawUser,
} from "./user-exit.ts";
import { buildDeposit, buildOpenEscrow, buildSetAllowance } from "./user-money.ts";

/** One step of a life: what the builder makes of it, and the instruction without the builder. */
interface Step {
  readonly build: Build;
  readonly raw: Instruction;
}

const USERS = [ANN, BEN];
const OWNERS = [PAT, QUINN, ANN];
const SPARE = named("a spare token account");
const STRANGE = named("a token account of another mint");

/** Draws the steps of one life; mostly what is right, often at a border, sometimes what is wrong. */
class Life {
  readonly bed: BuilderScene;
  readonly #draw: fc.GeneratorValue;

  constructor(bed: BuilderScene, draw: fc.GeneratorValue) {
    this.bed = bed;
    this.#draw = draw;
  }

  pick<Choice>(...choices: readonly Choice[]): Choice {
    const chosen = choices[this.#draw(fc.nat, choices.length - 1)];
    assert.ok(choices.length > 0);
    return chosen as Choice;
  }

  /** Once in a while. */
  rarely(): boolean {
    return this.#draw(fc.integer, { min: 0, max: 9 }) === 0;
  }

  near(...centres: readonly bigint[]): bigint {
    if (this.rarely()) return this.pick(0n, AMOUNT_MAX, AMOUNT_MAX + 1n);
    const near = this.pick(...centres) + this.pick(-1n, 0n, 0n, 1n);
    return near < 0n ? 0n : near;
  }

  signerOf(right: Address): ReturnType<typeof signer> {
    return signer(this.rarely() ? this.pick(MALLORY, ANN, PAT, this.bed.scene.bed.keys.cosigner) : right);
  }

  /** Somebody whose escrow is open; BEN closes none. */
  user(): Address {
    return this.pick(...USERS.filter((user) => this.isOpen(user)));
  }

  isOpen(user: Address): boolean {
    return this.bed.scene.chain.account(this.bed.scene.bed.escrowOf(user)) !== undefined;
  }

  destinationOf(right: Address): Address {
    return this.rarely() ? this.pick(SPARE, STRANGE, this.bed.scene.bed.vault, MALLORY) : right;
  }
}

type Drawn = (life: Life) => Step;

const UNOPENED = { settleSeq: 0, balance: 0n, allowTotal: 0n, settledTotal: 0n };

const userSteps: readonly Drawn[] = [
  (life) => {
    const { bed } = life;
    const { ask, bed: router, chain } = bed.scene;
    const user = life.pick(...USERS, SUCCESSOR);
    const allowTotal = life.near(0n, 1_000n * USDC);
    const allowExpiresAt = life.near(bed.now, bed.now + DAY);
    const found = bed.reading(router.escrowOf(user));
    const parties = { payer: signer(chain.payer), user: signer(user), router: bed.router, found };
    return {
      build: () => buildOpenEscrow({ ...parties, allowTotal: microUsdc(allowTotal), allowExpiresAt }),
      raw: ask.openEscrow(user, { allowTotal, allowExpiresAt }),
    };
  },
  (life) => {
    const { bed } = life;
    const user = life.user();
    const amount = life.near(USDC, 5n * USDC, bed.router.data.params.minDeposit);
    const funder = signer(user);
    const source = life.rarely() ? bed.scene.bed.vault : bed.scene.bed.associatedOf(user);
    const { router, now, vault } = bed;
    const input = { funder, source, router, escrow: bed.escrow(user), now, vault };
    return {
      build: () => buildDeposit({ ...input, amount: microUsdc(amount) }),
      raw: bed.scene.ask.deposit(user, amount, { source }),
    };
  },
  (life) => {
    const { bed } = life;
    const user = life.user();
    const escrow = bed.escrow(user);
    const total = life.near(escrow.data.allowTotal, escrow.data.settledTotal, 50n * USDC);
    const expiresAt = life.near(escrow.data.allowExpiresAt, bed.now, bed.now + DAY);
    const as = life.signerOf(user);
    return {
      build: () =>
        buildSetAllowance({ user: as, router: bed.router, escrow, total: microUsdc(total), expiresAt, now: bed.now }),
      raw: signedBy(bed.scene.ask.setAllowance(user, total, expiresAt), as.address),
    };
  },
  (life) => {
    const { bed } = life;
    const { ask, bed: router } = bed.scene;
    const user = life.user();
    const escrow = bed.escrow(user);
    const amount = life.near(escrow.data.balance, USDC);
    const [as, cosigner] = [life.signerOf(user), life.signerOf(router.keys.cosigner)];
    const destination = life.destinationOf(router.associatedOf(user));
    const isDefault = destination === router.associatedOf(user) && as.address === user;
    const parties = {
      user: as,
      cosigner,
      router: bed.router,
      escrow,
      now: bed.now,
      payer: signer(bed.scene.chain.payer),
    };
    const where = isDefault ? {} : { destination: bed.token(destination) };
    return {
      build: () => buildWithdrawUser({ ...parties, ...where, amount: microUsdc(amount) }),
      raw: ask.withdrawUser(user, amount, { user: as, cosigner, destination }),
    };
  },
  (life) => {
    const { bed } = life;
    const user = life.user();
    const as = life.signerOf(user);
    const input = { user: as, router: bed.router, escrow: bed.escrow(user) };
    return life.pick(
      { build: () => buildRequestExit(input), raw: signedBy(bed.scene.ask.requestExit(user), as.address) },
      { build: () => buildCancelExit(input), raw: signedBy(bed.scene.ask.cancelExit(user), as.address) },
    );
  },
  (life) => {
    const { bed } = life;
    const { ask, bed: router, chain } = bed.scene;
    const user = life.user();
    const as = life.rarely() ? life.signerOf(user) : undefined;
    const destination = life.destinationOf(router.associatedOf(user));
    const input = { payer: signer(chain.payer), router: bed.router, escrow: bed.escrow(user), now: bed.now };
    const where = destination === router.associatedOf(user) ? {} : { destination: bed.token(destination) };
    return {
      build: () => buildFinalizeExit({ ...input, ...where, ...(as === undefined ? {} : { user: as }) }),
      raw: ask.finalizeExit(user, { destination, ...(as === undefined ? {} : { user: as }) }),
    };
  },
  (life) => {
    const { bed } = life;
    const user = life.isOpen(ANN) ? ANN : BEN;
    const closer = life.rarely()
      ? signer(MALLORY)
      : signer(user === BEN ? MALLORY : life.pick(ANN, bed.scene.chain.payer));
    return {
      build: () => buildCloseEscrow({ closer, router: bed.router, escrow: bed.escrow(user), slot: bed.slot }),
      raw: bed.scene.ask.closeEscrow(user, { closer }),
    };
  },
];

const settleStep: Drawn = (life) => {
  const { bed } = life;
  const { ask, bed: router } = bed.scene;
  const settler = life.signerOf(router.keys.settler);
  const seqs = new Map<Address, number>();
  const count = life.rarely() ? 0 : life.pick(1, 2, 3);
  const entries = Array.from({ length: count }, () => {
    const [user, owner] = [life.pick(...USERS), life.pick(PAT, PAT, QUINN, QUINN, ANN)];
    const { settleSeq, balance, allowTotal, settledTotal } = life.isOpen(user) ? bed.escrow(user).data : UNOPENED;
    const next = (seqs.get(user) ?? settleSeq) + 1;
    const seq = life.rarely() ? life.pick(next + 1, settleSeq, 0) : next;
    if (seq === next) seqs.set(user, seq);
    const cap = bed.router.data.params.settlerWindowCap - bed.router.data.windowSpent;
    return { user, owner, amount: life.near(balance, allowTotal - settledTotal, cap, USDC, 10_000n), seq };
  });
  const open = USERS.filter((user) => life.isOpen(user));
  const escrows = new Map(open.map((user) => [router.escrowOf(user), bed.escrow(user).data]));
  const providers = new Map(OWNERS.map((owner) => [router.providerOf(owner), bed.provider(owner).data]));
  const batch = { settler, router: bed.router, root: new Uint8Array(32), batchId: 1n, now: bed.now };
  const ledger = { programAddress: bed.chain.programAddress, escrows, providers };
  const addressed = entries.map(({ user, owner, amount, seq }) => {
    return { escrow: router.escrowOf(user), provider: router.providerOf(owner), amount: microUsdc(amount), seq };
  });
  return {
    build: () => buildSettleBatch({ ...batch, entries: addressed, ledger }),
    raw: ask.settle(entries, { settler }),
  };
};

const providerSteps: readonly Drawn[] = [
  (life) => {
    const { bed } = life;
    const owner = life.pick(...OWNERS, BEN);
    const found = bed.reading(bed.scene.bed.providerOf(owner));
    return {
      build: () => buildRegisterProvider({ payer: signer(bed.scene.chain.payer), owner, router: bed.router, found }),
      raw: bed.scene.ask.registerProvider(owner),
    };
  },
  (life) => {
    const { bed } = life;
    const { ask, bed: router, chain } = bed.scene;
    const owner = life.pick(...OWNERS);
    const provider = bed.provider(owner);
    const amount = life.near(claimable(provider.data), 1n);
    const [as, cosigner] = [life.signerOf(owner), life.signerOf(router.keys.cosigner)];
    const inForce = payoutInForce(provider.data, bed.now);
    const payout = life.rarely() ? life.pick(provider.data.pendingPayout, SPARE, MALLORY) : inForce;
    const where = payout === inForce ? {} : { payout: bed.token(payout) };
    const parties = { owner: as, cosigner, router: bed.router, provider, now: bed.now, payer: signer(chain.payer) };
    return {
      build: () => buildWithdrawProvider({ ...parties, ...where, amount: microUsdc(amount) }),
      raw: ask.withdrawProvider(owner, amount, { owner: as, cosigner, payout }),
    };
  },
  (life) => {
    const { bed } = life;
    const owner = life.pick(...OWNERS);
    const provider = bed.provider(owner);
    const amount = life.near(claimable(provider.data), 1n);
    const as = life.signerOf(owner);
    return {
      build: () => buildProviderRequestExit({ owner: as, router: bed.router, provider, amount: microUsdc(amount) }),
      raw: signedBy(bed.scene.ask.providerRequestExit(owner, amount), as.address),
    };
  },
  (life) => {
    const { bed } = life;
    const owner = life.pick(...OWNERS);
    const provider = bed.provider(owner);
    const inForce = payoutInForce(provider.data, bed.now);
    const payout = life.rarely() ? life.pick(provider.data.pendingPayout, SPARE, MALLORY) : inForce;
    const where = payout === inForce ? {} : { payout: bed.token(payout) };
    const input = { payer: signer(bed.scene.chain.payer), router: bed.router, provider, now: bed.now };
    return {
      build: () => buildProviderFinalizeExit({ ...input, ...where }),
      raw: bed.scene.ask.providerFinalizeExit(owner, { payout }),
    };
  },
  (life) => {
    const { bed } = life;
    const { ask, bed: router, chain } = bed.scene;
    const owner = life.pick(...OWNERS);
    const as = life.signerOf(owner);
    const cosigner = life.pick(undefined, life.signerOf(router.keys.cosigner));
    const payout = life.pick(router.associatedOf(owner), SPARE, life.destinationOf(SPARE));
    const input = { owner: as, router: bed.router, provider: bed.provider(owner), payer: signer(chain.payer) };
    const signing = cosigner === undefined ? {} : { cosigner };
    const isDefault = payout === router.associatedOf(owner) && as.address === owner;
    const where = isDefault ? {} : { payout: bed.token(payout) };
    return {
      build: () => buildSetPayout({ ...input, ...signing, ...where }),
      raw: ask.setPayout(owner, payout, { owner: as, ...signing }),
    };
  },
];

const routerSteps: readonly Drawn[] = [
  (life) => {
    const { bed } = life;
    const { ask, bed: router, chain } = bed.scene;
    const feeOwner = life.signerOf(router.keys.feeOwner);
    const amount = life.near(bed.router.data.feeAccrued, 1n);
    const destination = life.destinationOf(router.associatedOf(router.keys.feeOwner));
    const isDefault = destination === router.associatedOf(router.keys.feeOwner);
    const where = isDefault ? {} : { destination: bed.token(destination) };
    const input = { feeOwner, router: bed.router, vault: bed.vault, payer: signer(chain.payer), ...where };
    return life.pick(
      {
        build: () => buildCollectFees({ ...input, amount: microUsdc(amount) }),
        raw: ask.collectFees(amount, { feeOwner, destination }),
      },
      { build: () => buildSweepSurplus(input), raw: ask.sweepSurplus({ feeOwner, destination }) },
    );
  },
  (life) => {
    const { bed } = life;
    const { params } = bed.router.data;
    const changed = {
      ...params,
      feeBps: life.pick(params.feeBps, 0n, 500n, 501n),
      minDeposit: life.near(params.minDeposit, USDC),
      userExitDelay: life.pick(params.userExitDelay, HOUR, 1n, 0n, 7n * DAY, 7n * DAY + 1n),
      providerExitDelay: life.pick(params.providerExitDelay, DAY, 30n * DAY, 30n * DAY + 1n),
      allowanceNotice: life.pick(0n, params.userExitDelay / 2n, params.userExitDelay / 2n + 1n),
      settlerWindow: life.pick(params.settlerWindow, HOUR, 7n * DAY),
      settlerWindowCap: life.near(params.settlerWindowCap, 30n * USDC),
    };
    const admin = life.signerOf(bed.router.data.admin);
    return {
      build: () => buildScheduleParams({ admin, router: bed.router, params: changed }),
      raw: signedBy(bed.scene.ask.scheduleParams(changed), admin.address),
    };
  },
  (life) => {
    const { bed } = life;
    const admin = life.signerOf(bed.router.data.admin);
    return {
      build: () => buildApplyParams({ admin, router: bed.router, now: bed.now }),
      raw: signedBy(bed.scene.ask.applyParams(), admin.address),
    };
  },
  (life) => {
    const { bed } = life;
    const admin = life.signerOf(bed.router.data.admin);
    const newAdmin = life.pick(SUCCESSOR, bed.scene.bed.keys.admin, NOBODY);
    return {
      build: () =>
        buildProposeAdmin({ admin, router: bed.router, newAdmin: newAdmin === NOBODY ? "nobody" : newAdmin }),
      raw: signedBy(bed.scene.ask.proposeAdmin(newAdmin), admin.address),
    };
  },
  (life) => {
    const { bed } = life;
    const newAdmin = life.signerOf(life.pick(SUCCESSOR, bed.scene.bed.keys.admin));
    return {
      build: () => buildAcceptAdmin({ newAdmin, router: bed.router, now: bed.now }),
      raw: bed.scene.ask.acceptAdmin(newAdmin.address),
    };
  },
  (life) => {
    const { bed } = life;
    const { ask, bed: router } = bed.scene;
    const admin = life.signerOf(bed.router.data.admin);
    const cosigner = life.pick(undefined, life.signerOf(router.keys.cosigner));
    const signing = cosigner === undefined ? {} : { cosigner };
    const roles = { ...router.roles, guardian: life.pick(router.keys.guardian, NOBODY, MALLORY) };
    return {
      build: () => buildSetRoles({ admin, router: bed.router, roles, ...signing }),
      raw: signedBy(ask.setRoles(roles, signing), admin.address),
    };
  },
  (life) => {
    const { bed } = life;
    const kinds = ["deposit", "settle", "coop_withdraw"] as const;
    const set = life.rarely() ? [] : [life.pick(...kinds)];
    const clear = life.rarely() ? [life.pick(...kinds)] : [];
    const as = life.signerOf(life.pick(bed.scene.bed.keys.guardian, bed.router.data.admin));
    const mask = (names: readonly string[]): number =>
      names.reduce((bits, name) => bits | (1 << PAUSE_KINDS.findIndex((kind) => kind === name)), 0);
    return {
      build: () => buildSetPause({ signer: as, router: bed.router, set, clear, now: bed.now }),
      raw: bed.scene.ask.setPause(mask(set), { signer: as, clear: mask(clear) }),
    };
  },
  (life) => {
    const { bed } = life;
    // A wrong signer and a wrong URL at once would ask for an order the page does not give.
    const admin = signer(bed.router.data.admin);
    const url = life.pick("", "https://router.example", "x".repeat(128), "x".repeat(129), "a b", "é");
    return {
      build: () => buildSetUrl({ admin, router: bed.router, url }),
      raw: signedBy(bed.scene.ask.setUrl(url), admin.address),
    };
  },
];

/** Every moment at which something changes by itself. */
function deadlines(life: Life): bigint[] {
  const { bed } = life;
  const { data } = bed.router;
  return [
    ...data.pauseUntil,
    ...data.pauseNotBefore,
    data.pendingAdminAt,
    data.pendingParamsAt,
    data.pendingRolesAt,
    data.windowStart + data.params.settlerWindow,
    ...USERS.filter((user) => life.isOpen(user)).flatMap((user) => {
      const state = bed.escrow(user).data;
      return [state.pendingAllowAt, state.allowExpiresAt, userExitOf(state, data, 0n)?.deadline ?? 0n];
    }),
    ...OWNERS.flatMap((owner) => {
      const state = bed.provider(owner).data;
      return [state.pendingPayoutAt, exitOf(state, 0n)?.deadline ?? 0n];
    }),
  ];
}

function passTime(life: Life): void {
  const { bed } = life;
  const ahead = deadlines(life)
    .map((moment) => moment + life.pick(-1n, 0n, 0n))
    .filter((moment) => moment > bed.now && moment < bed.now + 40n * DAY);
  if (ahead.length > 0) bed.scene.goTo(life.pick(...ahead));
}

async function begin(): Promise<BuilderScene> {
  const scene = await Scene.open({ settlerWindowCap: 60n * USDC });
  const { bed, chain } = scene;
  await bed.know(SUCCESSOR);
  await scene.addProvider(ANN);
  chain.plantMint(named("another mint"));
  chain.plantToken(SPARE, bed.mint, MALLORY, 0n);
  chain.plantToken(STRANGE, named("another mint"), ANN, 0n);
  for (const user of USERS) bed.giveTokens(user, 4n * AMOUNT_MAX);
  return BuilderScene.over(scene);
}

test("random lives: what builders refuse the program refuses by the same name, and the rest lands", async (t) => {
  const said = new Map<EscrowErrorName | "lands", number>();
  const steps = [...userSteps, settleStep, settleStep, settleStep, ...providerSteps, ...routerSteps];
  const lives = fc.asyncProperty(fc.gen(), async (draw) => {
    const life = new Life(await begin(), draw);
    for (let count = 0; count < 120; count += 1) {
      if (life.rarely()) passTime(life);
      else {
        const { build, raw } = life.pick(...steps)(life);
        const outcome = await life.bed.agrees(build, raw);
        said.set(outcome, (said.get(outcome) ?? 0) + 1);
      }
    }
  });
  await fc.assert(lives, { numRuns: 30, endOnFailure: true });
  t.diagnostic([...said].map(([name, count]) => `${name} ${count}`).join(", "));
  assert.ok((said.get("lands") ?? 0) > 700);
  assert.ok(said.size > 20, "most refusals happen in thirty lives");
});
