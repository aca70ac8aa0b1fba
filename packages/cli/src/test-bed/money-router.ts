// A router over real HTTP that composes for the real program, and can be made to hand out something else, refuse, or fall silent.
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { readEscrow, readConfig, readProvider } from "@aimo-network/escrow/accounts/read-account";
import { readTokenAccount } from "@aimo-network/escrow/accounts/token-account";
import { allowanceInForce } from "@aimo-network/escrow/accounts/escrow-facts";
import { buildWithdrawProvider } from "@aimo-network/escrow/build/provider-payments";
import { buildWithdrawUser } from "@aimo-network/escrow/build/user-exit";
import { buildDeposit, buildSetAllowance } from "@aimo-network/escrow/build/user-money";
import { getDepositInstruction } from "@aimo-network/escrow/generated/instructions/deposit";
import { getOpenEscrowInstruction } from "@aimo-network/escrow/generated/instructions/openEscrow";
import { DAY } from "@aimo-network/escrow/program-bounds";
import { formatMicroUsdc, microUsdc, parseMicroUsdc } from "@aimo-network/protocol/money";
import { systemClock } from "@aimo-network/protocol/clock";
import {
  createNoopSigner,
  getBase64EncodedWireTransaction,
  getTransactionDecoder,
  partiallySignTransaction,
} from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import { composeTransaction } from "../chain/compose.ts";
import { openNode } from "../chain/solana-node.ts";
import type { MoneyBed } from "./money-bed.ts";
import { serve } from "./serve.ts";

type Json = Readonly<Record<string, unknown>>;

/** Answers a call in place of the router; undefined leaves it to the router. */
export type Override = (path: string, body: Json) => { readonly status: number; readonly body: object } | undefined;

/** A router that runs. */
export interface MoneyRouterBed {
  readonly url: string;
  readonly calls: string[];
  /** What it says in /.well-known/aimo.json of its chain. */
  chain: Record<string, unknown>;
  /** Puts other instructions into what it hands out. */
  alter: (instructions: readonly Instruction[]) => readonly Instruction[];
  /** Puts something else beside the transaction that it hands out. */
  alterAnswer: (answer: Json) => Json;
  /** Whether its cosigner signs withdrawals. */
  isCosigning: boolean;
  /** Whether it counts deposits. */
  isCounting: boolean;
  override: Override;
  /** The withdrawal that was asked for last. */
  last: object | undefined;
}

/** A refusal as routers write it. */
export function refusalOf(status: number, code: string, message: string): ReturnType<Override> {
  return { status, body: { error: { message, code: status, metadata: { error_code: code } } } };
}

const ID = "01a21219-a47b-7fe6-812a-c6054307eea6";

class Router {
  readonly #bed: MoneyBed;
  readonly #router: MoneyRouterBed;
  readonly #node: ReturnType<typeof openNode>;
  #open: Json | undefined;

  constructor(bed: MoneyBed, router: MoneyRouterBed) {
    this.#bed = bed;
    this.#router = router;
    this.#node = openNode(bed.node.url, { clock: systemClock, interrupted: new AbortController().signal });
  }

  get #config() {
    const { chain, bed } = this.#bed.scene;
    const config = readConfig(chain.svm.getAccount(bed.config), chain.programAddress);
    if (config === undefined) throw new Error("the scene's router is open");
    return config;
  }

  #escrow(user: Address) {
    const { chain, bed } = this.#bed.scene;
    return readEscrow(chain.svm.getAccount(bed.escrowOf(user)), bed.place);
  }

  async #deposit(user: Address, amount: bigint): Promise<Instruction[]> {
    const { bed, chain } = this.#bed.scene;
    const [router, escrow, signer] = [this.#config, this.#escrow(user), createNoopSigner(user)];
    const [now, source] = [chain.time, bed.associatedOf(user)];
    const expiresAt = now + 365n * DAY;
    if (escrow === undefined) {
      const [config, address] = [bed.config, bed.escrowOf(user)];
      const accounts = { config, escrow: address };
      const { vault, mint } = bed;
      return [
        getOpenEscrowInstruction(
          { ...accounts, payer: signer, user: signer, allowTotal: amount, allowExpiresAt: expiresAt },
          bed.place,
        ),
        getDepositInstruction({ ...accounts, funder: signer, source, vault, mint, amount }, bed.place),
      ];
    }
    const total = microUsdc(allowanceInForce(escrow.data, now).total + amount);
    return [
      ...(await buildSetAllowance({ user: signer, router, escrow, total, expiresAt, now })),
      ...(await buildDeposit({ funder: signer, source, router, escrow, amount: microUsdc(amount), now })),
    ];
  }

  async #withdrawal(party: string, owner: Address, amount: bigint, to: unknown): Promise<Instruction[]> {
    const { bed, chain } = this.#bed.scene;
    const signers = { cosigner: createNoopSigner(this.#bed.cosigner.address), router: this.#config };
    const common = { ...signers, amount: microUsdc(amount), now: chain.time };
    if (party === "provider") {
      const provider = readProvider(chain.svm.getAccount(bed.providerOf(owner)), bed.place);
      if (provider === undefined) throw new Error("not registered");
      return await buildWithdrawProvider({ ...common, owner: createNoopSigner(owner), provider });
    }
    const escrow = this.#escrow(owner);
    if (escrow === undefined) throw new Error("no escrow");
    const destination =
      typeof to === "string" ? { destination: readTokenAccount(chain.svm.getAccount(to as Address)) } : {};
    return await buildWithdrawUser({ ...common, ...destination, user: createNoopSigner(owner), escrow });
  }

  async #composed(payer: Address, instructions: readonly Instruction[], isCosigned = false): Promise<Json> {
    const { bytes, lastValidBlockHeight } = await composeTransaction(
      this.#node,
      payer,
      this.#router.alter(instructions),
    );
    const draft = getTransactionDecoder().decode(bytes);
    const signed = isCosigned ? await partiallySignTransaction([this.#bed.cosigner.keyPair], draft) : draft;
    return this.#router.alterAnswer({
      transaction: getBase64EncodedWireTransaction(signed),
      last_valid_block_height: Number(lastValidBlockHeight),
    });
  }

  async #send(wire: unknown): Promise<Json> {
    const signature = await this.#node.rpc
      .sendTransaction(wire as never, { encoding: "base64", skipPreflight: true })
      .send();
    return await this.#landing(signature);
  }

  async #landing(signature: string): Promise<Json> {
    const { value } = await this.#node.rpc.getSignatureStatuses([signature as never]).send();
    const status = value[0] ?? null;
    if (status === null) return { signature, status: "sent", slot: null, failure: null };
    const failure =
      status.err === null
        ? null
        : "The transaction failed in SPL Token: the token account holds too few tokens; send fewer.";
    return { signature, status: failure === null ? "confirmed" : "failed", slot: 1, failure };
  }

  async answer(path: string, body: Json): Promise<object> {
    const wallet = body["wallet"] as Address;
    const amount = typeof body["amount"] === "string" ? parseMicroUsdc(body["amount"]) : 0n;
    if (path === "/api/v1/account/deposit")
      return { data: await this.#composed(wallet, await this.#deposit(wallet, amount)) };
    if (path === "/api/v1/account/transactions") return { data: await this.#send(body["transaction"]) };
    if (path.startsWith("/api/v1/account/transactions/"))
      return { data: await this.#landing(path.split("/").at(-1) ?? "") };
    if (path === "/api/v1/account/withdraw" || path === "/api/v1/provider/withdrawals") {
      if (body["amount"] === undefined)
        return { data: this.#open === undefined ? [] : [this.#open], next_cursor: null };
      const party = path.includes("provider") ? "provider" : "user";
      const steps = await this.#withdrawal(party, wallet, amount, body["destination"]);
      const composed = await this.#composed(wallet, steps, this.#router.isCosigning);
      const about = {
        id: ID,
        state: "router-signed",
        amount: body["amount"],
        destination: body["destination"] ?? null,
      };
      this.#open = { ...about, ...composed, signature: null };
      this.#router.last = this.#open;
      return { data: this.#open };
    }
    if (path === "/api/v1/account/withdrawals")
      return { data: this.#open === undefined ? [] : [this.#open], next_cursor: null };
    if (path.endsWith(`/withdrawals/${ID}/submit`)) {
      const landing = await this.#send(body["transaction"]);
      const data = { ...this.#open, state: "submitted", landing };
      this.#open = undefined;
      return { data };
    }
    throw new Error(`this router does not know ${path}`);
  }

  balance(person: Address): object {
    const data = this.#escrow(person)?.data;
    const told = (value: bigint): string => formatMicroUsdc(microUsdc(value));
    const [balance, deposited] = [data?.balance ?? 0n, this.#router.isCounting ? (data?.depositedTotal ?? 0n) : 0n];
    return { data: { available: told(balance), lockable: told(balance), deposited: told(deposited), claimable: "0" } };
  }
}

/** Starts a router of the bed's; `person` is whose balance it tells. */
export async function startMoneyRouter(
  t: Pick<TestContext, "after">,
  bed: MoneyBed,
  person: Address,
): Promise<MoneyRouterBed> {
  const { keys, config, vault, mint } = bed.scene.bed;
  const answer = async (path: string, body: Json): Promise<{ status: number; body: object }> => {
    const other = state.override(path, body);
    if (other !== undefined) return other;
    if (path === "/.well-known/aimo.json") {
      const about = {
        software: "aimo-router",
        version: "0.1.0",
        name: "Test",
        url: state.url,
        api_base: `${state.url}/api/v1`,
      };
      return { status: 200, body: { router_id: keys.routerId, ...about, chain: state.chain } };
    }
    if (path === "/api/v1/account/balance" || path === "/api/v1/provider/earnings")
      return { status: 200, body: router.balance(person) };
    return { status: 200, body: await router.answer(path, body) };
  };
  const url = await serve(t, (request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    state.calls.push(path);
    void text(request)
      .then((body) => answer(path, body === "" ? {} : (JSON.parse(body) as Json)))
      .catch((error: unknown) => ({ status: 500, body: { error: { message: String(error) } } }))
      .then(({ status, body }) => {
        if (status === 0) request.socket.destroy();
        else response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
  });
  const terms = { fee_bps: 250, min_deposit: "1", user_exit_delay: 1, provider_exit_delay: 1, allowance_notice: 1 };
  const state: MoneyRouterBed = {
    url,
    calls: [],
    chain: { program_id: bed.scene.chain.programAddress, config, vault, mint, commitment: "confirmed", ...terms },
    alter: (instructions) => instructions,
    alterAnswer: (told) => told,
    isCosigning: true,
    isCounting: true,
    override: () => undefined,
    last: undefined,
  };
  const router = new Router(bed, state);
  return state;
}
