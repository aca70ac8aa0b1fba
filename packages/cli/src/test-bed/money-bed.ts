// Somebody with a wallet in a home of their own, a router on the real program, and a node: what commands about money work with.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { signer } from "@aimo-network/escrow/test-bed/chain";
import { ANN } from "@aimo-network/escrow/test-bed/cast";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Clock, ManualClock } from "@aimo-network/protocol/clock";
import { formatKeyFile, keyOfSeed, walletOfKey } from "@aimo-network/protocol/keys/wallet-key";
import { seededRandom, systemRandom } from "@aimo-network/protocol/random";
import { generateKeyPairSigner } from "@solana/kit";
import type { Address, KeyPairSigner } from "@solana/kit";
import type { CommandContext } from "../context.ts";
import type { CommandInput, Outcome, RunCommand } from "../command-spec.ts";
import { rememberRouter } from "../network/known-routers.ts";
import type { GeneralOptions } from "../settings/general-options.ts";
import { styleFor } from "../terminal/style.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import type { ChainNode } from "./chain-node.ts";
import { startChainNode } from "./chain-node.ts";

/** Whoever runs the commands. */
export interface MoneyPerson {
  readonly wallet: CommandWallet;
  readonly address: Address;
  readonly context: CommandContext;
  /** Of standard error. */
  readonly said: string[];
  /** The questions that were put, and what is answered; without an answer nobody can be asked. */
  readonly questions: string[];
  answer: boolean | undefined;
  /** What happens while the question is open. */
  onQuestion: () => void;
  /** Ctrl-C. */
  readonly interruption: AbortController;
  /** Runs a command with these words; options by their names in camel case. */
  run(command: RunCommand, words?: readonly string[], options?: CommandInput["options"]): Promise<Outcome>;
  with(options: Partial<GeneralOptions>, clock?: Clock): CommandContext;
}

/** A router on the chain, whose cosigner has a key, and a node. */
export interface MoneyBed {
  readonly scene: Scene;
  readonly node: ChainNode;
  readonly cosigner: KeyPairSigner;
  /** Somebody with so much USDC, and SOL. */
  person(usdc?: bigint, hasSol?: boolean): Promise<MoneyPerson>;
  /** Lets the scene's own people act, who have no keys. */
  withoutSignatures<Result>(act: () => Result): Result;
  /** The person gets an escrow with this in it, out of their tokens. */
  openEscrow(person: MoneyPerson, amount: bigint): void;
  /** The person is registered as a provider that has earned this, before the fee. */
  earn(person: MoneyPerson, amount: bigint): Promise<void>;
}

const random = seededRandom(2_026);

/** The router's usual place, as somebody remembers it who has used it before. */
const ROUTER_URL = "https://router.example";

function terminalOf(
  person: Pick<MoneyPerson, "said" | "questions" | "answer" | "onQuestion">,
): CommandContext["terminal"] {
  const style = styleFor(false, {});
  const nobody = (): never => {
    throw new Error("only yes or no is asked here");
  };
  return {
    get isInteractive() {
      return person.answer !== undefined;
    },
    isShown: false,
    width: Number.MAX_SAFE_INTEGER,
    style,
    noteStyle: style,
    write: () => undefined,
    note: (line) => void person.said.push(line),
    warn: (line) => void person.said.push(line),
    progress: () => ({ at: () => undefined, done: () => undefined }),
    async confirm(question) {
      person.questions.push(question);
      person.onQuestion();
      return person.answer === true;
    },
    ask: nobody,
    choose: nobody,
    pick: nobody,
    readInput: nobody,
    openTexts: nobody,
  };
}

async function newPerson(
  t: Pick<TestContext, "after">,
  { scene, node }: Pick<MoneyBed, "scene" | "node">,
): Promise<MoneyPerson> {
  const home = mkdtempSync(join(tmpdir(), "aimo-money-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const file = join(home, ".config", "solana", "id.json");
  const key = await keyOfSeed(random.bytes(32));
  const wallet = await walletOfKey(key);
  if (wallet === undefined) throw new Error("a key of a seed is a wallet");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, formatKeyFile(key), { mode: 0o600 });
  const { bed, chain } = scene;
  rememberRouter(join(home, ".config", "aimo", "routers.json"), {
    url: ROUTER_URL,
    id: bed.keys.routerId,
    programId: chain.programAddress,
    mint: bed.mint,
  });
  const interruption = new AbortController();
  const person: MoneyPerson = {
    wallet: { wallet, address: wallet.address, file },
    address: wallet.address as Address,
    said: [],
    questions: [],
    answer: undefined,
    onQuestion: () => undefined,
    interruption,
    get context() {
      return person.with({});
    },
    with: (options, clock = systemClock) => ({
      terminal: terminalOf(person),
      environment: { HOME: home },
      options: { isConfirmed: true, isJson: false, isQuiet: false, rpcUrl: node.url, ...options },
      clock,
      random: systemRandom,
      folder: home,
      interrupted: interruption.signal,
      takeInterruptions: () => () => undefined,
    }),
    async run(command, words = [], options = {}) {
      const outcome = await command(person.with(options), { arguments: words, options });
      if (outcome === undefined) throw new Error("the command has no outcome");
      return outcome;
    },
  };
  return person;
}

/** Opens it for a test. */
export async function openMoneyBed(t: Pick<TestContext, "after">): Promise<MoneyBed> {
  const scene = await Scene.open();
  const { chain, ask, bed } = scene;
  const cosigner = await generateKeyPairSigner();
  scene.land(ask.setRoles({ cosigner: cosigner.address }, { cosigner: signer(bed.keys.cosigner) }));
  chain.svm.withSigverify(true);
  const node = await startChainNode(t, chain);
  const withoutSignatures = <Result>(act: () => Result): Result => {
    chain.svm.withSigverify(false);
    try {
      return act();
    } finally {
      chain.svm.withSigverify(true);
    }
  };
  return {
    scene,
    node,
    cosigner,
    withoutSignatures,
    async person(usdc = 1_000n * USDC, hasSol = true) {
      const person = await newPerson(t, { scene, node });
      await bed.know(person.address);
      if (hasSol) chain.giveSol(person.address);
      bed.giveTokens(person.address, usdc);
      return person;
    },
    openEscrow({ address }, amount) {
      withoutSignatures(() => {
        scene.land(ask.openEscrow(address));
        if (amount > 0n) scene.land(ask.deposit(address, amount));
      });
    },
    async earn({ address }, amount) {
      withoutSignatures(() => scene.land(ask.registerProvider(address)));
      if (amount > 0n) withoutSignatures(() => scene.collect(ANN, amount, address));
    },
  };
}

/** Lets a manual clock go on until this has ended: servers are asked in real time. */
export async function pump<Result>(clock: ManualClock, work: Promise<Result>, stepMs: number): Promise<Result> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  work.then(end, end);
  while (!ended.signal.aborted) {
    await pause(1);
    clock.advance(stepMs);
  }
  return await work;
}
