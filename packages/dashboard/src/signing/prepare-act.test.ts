// From an act to what became of it, with real transactions: what is shown is read from the bytes, and what differs reaches no wallet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SOLANA_ERROR__JSON_RPC__INVALID_PARAMS, SolanaError } from "@solana/kit";
import { LANDING_POLL_MS } from "@aimo-network/escrow/limits";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { ApiFault } from "../api/api-fault.ts";
import { signedBy } from "../wallets/test-wallet/test-wallet.ts";
import type { TransactionAsked } from "../wallets/wallet-call.ts";
import { ActFault } from "./act-fault.ts";
import type { ReadyAct } from "./act-run.ts";
import type { Act, MadeTransaction } from "./act.ts";
import type { RouterWord } from "./land-signed.ts";
import { NodeFault } from "./node-answer.ts";
import { prepareAct } from "./prepare-act.ts";
import { FIVE, openScene } from "./test-bed/act-scene.ts";
import type { ActScene } from "./test-bed/act-scene.ts";

const signal = new AbortController().signal;

interface Prepared {
  readonly scene: ActScene;
  readonly asked: TransactionAsked[];
  /** The routers that this browser knows by now. */
  readonly landed: string[];
  prepare(make: () => Promise<MadeTransaction>, submit?: NonNullable<Act["submit"]>): Promise<ReadyAct>;
}

async function open(word?: RouterWord, clock: Clock = systemClock): Promise<Prepared> {
  const scene = await openScene();
  const [asked, landed]: [TransactionAsked[], string[]] = [[], []];
  return {
    scene,
    asked,
    landed,
    prepare: (make, submit) =>
      prepareAct({ title: "An act", make, ...(submit !== undefined && { submit }) }, scene.chain, {
        clock,
        noteLanded: () => void landed.push(scene.chain.routerId),
        askRouter: () => Promise.resolve(word),
        signTransaction: async (one) => {
          asked.push(one);
          return await signedBy(scene.key, one.bytes);
        },
      }),
  };
}

async function faultOf(work: Promise<unknown>): Promise<ActFault> {
  const fault = await work.then(
    () => assert.fail("it went well"),
    (error: unknown) => error,
  );
  assert.ok(fault instanceof ActFault, String(fault));
  return fault;
}

test("what is shown is what the bytes do, with the fee apart", async () => {
  const { scene, prepare } = await open();
  const { told } = await prepare(() => scene.made());
  assert.equal(told.question, "Deposit 5.00 USDC at https://router.example?");
  assert.equal(told.deeds.length, 1);
  assert.match(
    told.deeds[0] ?? "",
    /^Deposits 5\.00 USDC from your USDC account .* into your wallet's escrow at router router\.example\.$/,
  );
  assert.match(told.fee, /^Your wallet pays the fee, at most 0\.\d+ SOL\.$/);
  assert.deepEqual(told.warnings, []);
});

test("a withdrawal goes to an account that the person knows", async () => {
  const { scene, prepare } = await open();
  const { told } = await prepare(() => scene.cosigned());
  assert.match(told.deeds[0] ?? "", /^Withdraws 5\.00 USDC .* to your USDC account/);
});

test("bytes of anything else reach no wallet, and are told", async () => {
  const { scene, asked, prepare } = await open();
  const other = scene.bytesOf([scene.deposit(FIVE + 1n)]);
  const fault = await faultOf(prepare(() => scene.made(other)));
  assert.equal(fault.kind, "refused");
  assert.match(fault.details.join(" "), /expected 5\.00 USDC as amount, found 5\.000001 USDC/);
  const unreadable = await faultOf(prepare(() => scene.made(Uint8Array.of(1))));
  assert.match(unreadable.details.join(" "), /cannot be read/);
  assert.deepEqual(asked, []);
});

test("signed it is sent by the node, and lands", async () => {
  const { scene, asked, landed, prepare } = await open();
  const signed = await (await prepare(() => scene.made())).sign(signal);
  assert.deepEqual([asked[0]?.version, asked[0]?.chain], [0, "solana:localnet"]);
  assert.match(signed.explorerUrl ?? "", /customUrl=http%3A%2F%2F127\.0\.0\.1%3A8899$/);
  assert.deepEqual(scene.node.sent, []);
  assert.deepEqual(landed, []);
  await signed.land();
  assert.equal(scene.node.sent.length, 1);
  assert.deepEqual(landed, [scene.chain.routerId]);
});

test("what the router takes is handed in as it was signed", async () => {
  const { scene, prepare } = await open();
  const handed: Uint8Array[] = [];
  const ready = await prepare(
    () => scene.cosigned(),
    (bytes) => {
      handed.push(bytes);
      return Promise.resolve({ signature: "of no matter" });
    },
  );
  await (await ready.sign(signal)).land();
  const { bytes } = await scene.cosigned();
  assert.equal(handed[0]?.length, bytes.length);
  assert.deepEqual(scene.node.sent, []);
});

for (const [what, change, kind, words] of [
  [
    "failed on the chain",
    (scene: ActScene) => (scene.node.word = { error: { InstructionError: [1, { Custom: 1 }] } }),
    "rejected",
    /nothing has moved/,
  ],
  [
    "never landed",
    (scene: ActScene) => {
      scene.node.word = null;
      scene.node.height = 101n;
    },
    "expired",
    /nothing was spent/,
  ],
] as const) {
  test(`what ${what} is told as ${kind}`, async () => {
    const { scene, prepare } = await open();
    change(scene);
    const signed = await (await prepare(() => scene.made())).sign(signal);
    const fault = await faultOf(signed.land());
    assert.equal(fault.kind, kind);
    assert.match(fault.message, words);
    assert.ok((fault.next ?? "").length > 10);
  });
}

test("what the router says that nobody has seen, or refuses with the signature in its hands, is not offered again", async () => {
  const refusal = new ApiFault(400, { error: { message: "No.", metadata: { error_code: "no" } } });
  for (const [submit, words] of [
    [
      () => Promise.resolve({ signature: "of no matter" }),
      /The router says that it has landed; your Solana node does not/,
    ],
    [() => Promise.reject(refusal), /has what you signed, and refuses it: No\./],
  ] as const) {
    const clock = manualClock();
    const { scene, prepare } = await open({ status: "confirmed", failure: null }, clock);
    scene.node.word = null;
    const made = await scene.cosigned(); // nobody but the router says how long it lives
    const signed = await (await prepare(() => Promise.resolve(made), submit)).sign(signal);
    const ended = new AbortController();
    const failing = faultOf(signed.land()).finally(() => ended.abort());
    while (!ended.signal.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(LANDING_POLL_MS);
    }
    const fault = await failing;
    assert.equal(fault.kind, "unknown");
    assert.match(fault.message, words);
  }
});

test("why a node does not take what was signed is said in its own words", async () => {
  const { scene, prepare } = await open();
  const refusal = new SolanaError(SOLANA_ERROR__JSON_RPC__INVALID_PARAMS, { __serverMessage: "too\nlarge" });
  scene.node.fault = (method) => (method === "sendTransaction" ? refusal : undefined);
  const signed = await (await prepare(() => scene.made())).sign(signal);
  await assert.rejects(signed.land(), {
    name: "ConsoleFault",
    message: /at 127\.0\.0\.1:8899 does not take it: too.?large$/,
  });
});

test("a router that is not the one it was before takes part in nothing; leaving it goes on", async () => {
  const { scene, asked, prepare } = await open();
  Object.assign(scene.chain, { isDisputed: true });
  let isMade = false;
  const make = (): Promise<MadeTransaction> => {
    isMade = true;
    return scene.made();
  };
  const fault = await faultOf(prepare(make, () => Promise.resolve({ signature: "of no matter" })));
  assert.equal(fault.kind, "refused");
  assert.match(fault.details.join(" "), new RegExp(scene.chain.routerId));
  assert.deepEqual([isMade, asked], [false, []]);
  await (await (await prepare(make)).sign(signal)).land();
});

test("what the program would refuse is said before anything is made; what the node says is said by its name", async () => {
  const { scene, prepare } = await open();
  const refusal = new AimoError("transaction_failed", { reason: "the fee payer has no SOL", advice: "send SOL to it" });
  await assert.rejects(
    prepare(() => Promise.reject(refusal)),
    { name: "ConsoleFault", message: refusal.message },
  );
  const away = new NodeFault("The Solana node at rpc.example cannot be reached.");
  await assert.rejects(
    prepare(() => Promise.reject(away)),
    away,
  );
  assert.deepEqual(scene.node.calls, []);
});
