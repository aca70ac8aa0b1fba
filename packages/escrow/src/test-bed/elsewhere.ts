// One router at a deployment of the program that nothing here knows by heart, used as clients use it.
import assert from "node:assert/strict";
import type { Address, Instruction } from "@solana/kit";
import { microUsdc } from "@aimo-network/protocol/money";
import { fetchLedger } from "../accounts/ledger-accounts.ts";
import type { LedgerView } from "../accounts/ledger-accounts.ts";
import type { Held } from "../accounts/read-account.ts";
import { fetchProvider, fetchRouter, fetchUser } from "../accounts/views.ts";
import type { RouterView } from "../accounts/views.ts";
import { associatedTokenAddress, escrowAddress, providerAddress, routerPlace } from "../addresses.ts";
import type { RouterPlace } from "../addresses.ts";
import { buildRegisterProvider } from "../build/provider-payments.ts";
import { buildInitConfig } from "../build/router-params.ts";
import { buildDeposit, buildOpenEscrow, buildSetAllowance } from "../build/user-money.ts";
import { describeTransaction } from "../describe/describe-transaction.ts";
import type { Action } from "../describe/description.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import type { Provider } from "../generated/accounts/provider.ts";
import { ANN, PAT } from "./cast.ts";
import { TestChain, named, signer } from "./chain.ts";
import { rpcOf } from "./chain-transport.ts";
import { PARAMS } from "./router-bed.ts";
import { DAY, USDC } from "./router-instructions.ts";
import { bytesOf, unsigned } from "./wire-bytes.ts";

/** Where the program is deployed there. */
export const ELSEWHERE_PROGRAM = named("the program on another cluster");
/** The router's mint. */
export const ELSEWHERE_MINT = named("mint");

/** Who has which role at the router. */
export const ELSEWHERE_ROLES = {
  settler: named("settler"),
  cosigner: named("cosigner"),
  guardian: named("guardian"),
  feeOwner: named("fee owner"),
};

function there<Found>(found: Found | undefined): Found {
  assert.ok(found !== undefined);
  return found;
}

/** A router without its people, then with Ann and Pat; everything that is sent is also described. */
export class Elsewhere {
  readonly chain = new TestChain(undefined, ELSEWHERE_PROGRAM);
  readonly rpc = rpcOf(this.chain).rpc;
  readonly payer = signer(this.chain.payer);
  readonly admin = signer(named("admin"));
  readonly routerId = named("router id");
  readonly place: RouterPlace;
  /** Ann's tokens. */
  readonly tokens: Address;
  /** The names of the escrow's instructions that were described. */
  readonly told = new Set<string>();

  private constructor(place: RouterPlace, tokens: Address) {
    this.place = place;
    this.tokens = tokens;
    this.chain.plantMint(ELSEWHERE_MINT);
    this.chain.plantToken(tokens, ELSEWHERE_MINT, ANN, 1_000n * USDC);
  }

  /** A router that is open. */
  static async start(): Promise<Elsewhere> {
    const seeds = { programAddress: ELSEWHERE_PROGRAM, routerId: named("router id") };
    const tokens = await associatedTokenAddress({ owner: ANN, mint: ELSEWHERE_MINT });
    const router = new Elsewhere(await routerPlace(seeds), tokens);
    await router.#open();
    return router;
  }

  async #open(): Promise<void> {
    const { chain, payer, admin, place } = this;
    const [mint, found] = [chain.svm.getAccount(ELSEWHERE_MINT), chain.svm.getAccount(place.address)];
    const router = { routerId: signer(this.routerId), mint, roles: ELSEWHERE_ROLES, params: PARAMS, found };
    const { programAddress } = place;
    await this.land(await buildInitConfig({ programAddress, payer, admin, ...router, url: "https://router.example" }));
  }

  /** Ann pays 100 USDC in, and Pat is registered. */
  async settleIn(): Promise<void> {
    const { payer, chain, place } = this;
    const { router, vault } = await this.view();
    const [user, now, allowExpiresAt] = [signer(ANN), chain.time, chain.time + 365n * DAY];
    const found = chain.svm.getAccount(await escrowAddress(place, ANN));
    const allowance = { allowTotal: microUsdc(500n * USDC), allowExpiresAt };
    await this.land(await buildOpenEscrow({ payer, user, router, ...allowance, found }));
    await this.land(await buildRegisterProvider({ payer, owner: PAT, router }));
    const deposit = { funder: user, source: this.tokens, router, amount: microUsdc(100n * USDC), now, vault };
    await this.land(await buildDeposit({ ...deposit, escrow: await this.escrow() }));
    const raised = { total: microUsdc(600n * USDC), expiresAt: allowExpiresAt, now };
    await this.land(await buildSetAllowance({ user, router, escrow: await this.escrow(), ...raised }));
  }

  async view(): Promise<RouterView> {
    return there(await fetchRouter(this.rpc, this.place));
  }

  async escrow(): Promise<Held<Escrow>> {
    return there((await fetchUser(this.rpc, { router: this.place, mint: ELSEWHERE_MINT, user: ANN }))?.escrow);
  }

  async provider(): Promise<Held<Provider>> {
    return there((await fetchProvider(this.rpc, { router: this.place, owner: PAT }))?.provider);
  }

  async ledger(): Promise<LedgerView> {
    const [escrow, provider] = [await escrowAddress(this.place, ANN), await providerAddress(this.place, PAT)];
    return fetchLedger(this.rpc, { router: this.place, escrows: [escrow], providers: [provider] });
  }

  /** What the instructions do, as told to who expects this deployment; nothing about them is odd. */
  async tell(instructions: readonly Instruction[]): Promise<readonly Action[]> {
    const bytes = bytesOf(unsigned(this.chain.payer, instructions));
    const people = [ANN, PAT, ELSEWHERE_ROLES.feeOwner];
    const expected = { mint: ELSEWHERE_MINT, feePayer: this.chain.payer, router: this.place.address, people };
    const described = await describeTransaction(bytes, { ...expected, programAddress: ELSEWHERE_PROGRAM });
    assert.ok(described.kind === "transaction");
    assert.deepEqual(described.flags, [], described.words.join("\n"));
    return described.actions;
  }

  /** The instructions are told, and land; what the chain logged. */
  async land(instructions: readonly Instruction[]): Promise<readonly string[]> {
    for (const { program, programAddress, name, escrow } of await this.tell(instructions)) {
      if (program !== "escrow") continue;
      assert.deepEqual([programAddress, escrow?.programAddress], [ELSEWHERE_PROGRAM, ELSEWHERE_PROGRAM]);
      this.told.add(name ?? "");
    }
    const outcome = this.chain.send(...instructions);
    assert.ok(outcome.isOk, `The program refuses: ${outcome.error}\n${outcome.logs.join("\n")}`);
    return outcome.logs;
  }
}
