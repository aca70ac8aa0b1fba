// Each of the 24 instructions in exactly the words that somebody is asked to sign.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address, Instruction } from "@solana/kit";
import { AimoEscrowInstruction } from "../generated/programs/aimoEscrow.ts";
import { NOBODY } from "../program-bounds.ts";
import { ANN, BEN, MALLORY, PAT, QUINN, SUCCESSOR } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { SCENE_EXPIRY, Scene } from "../test-bed/scene.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { describeTransaction } from "./describe-transaction.ts";

const SPARE = named("a spare token account");

/** Instructions and what they do, in words in which short names stand for addresses. */
function cases({ ask, bed }: Scene): readonly (readonly [Instruction, string])[] {
  const cosigner = signer(bed.keys.cosigner);
  const params =
    "fee 250 basis points, smallest deposit 1.00 USDC, exit delay 1 d for users and 7 d for providers, notice 12 h, at most 100000.00 USDC settled in 1 h";
  const roles = "settler SETTLER, cosigner COSIGNER, guardian GUARDIAN, fee owner nobody";
  const limit = "at most 7.00 USDC may ever be settled, and nothing from 2028-01-15 08:00:00 UTC on";
  const settled = [
    { user: ANN, owner: PAT, amount: 5n, seq: 1 },
    { user: ANN, owner: QUINN, amount: 7n, seq: 2 },
    { user: BEN, owner: PAT, amount: 9n, seq: 1 },
  ];
  return [
    [
      ask.init({ roles: { ...bed.roles, feeOwner: NOBODY } }),
      `Opens the router ROUTERID with the config ROUTER at "https://router.example" for the mint MINT: admin ADMIN, ${roles}; ${params}. PAYER pays the rent.`,
    ],
    [
      ask.openEscrow(ANN, { allowTotal: 7n * USDC, allowExpiresAt: SCENE_EXPIRY }),
      `Opens ANN's escrow at router ROUTER: ${limit}; PAYER pays the rent.`,
    ],
    [
      ask.deposit(ANN, 1n),
      "Deposits 0.000001 USDC from ANN-TOKENS with the signature of ANN into ANN's escrow at router ROUTER.",
    ],
    [
      ask.deposit(ANN, USDC, { funder: signer(BEN), source: bed.associatedOf(BEN) }),
      "Deposits 1.00 USDC from BEN-TOKENS with the signature of BEN into ANN's escrow at router ROUTER.",
    ],
    [
      ask.setAllowance(ANN, 7n * USDC, SCENE_EXPIRY),
      `Sets the allowance of ANN's escrow at router ROUTER: ${limit}. What lowers it waits for the router's notice.`,
    ],
    [
      ask.settle(settled, { batchId: 77n }),
      "Settles batch 77 at router ROUTER: 3 entries of 2 escrows for 2 providers, 0.000021 USDC in all.",
    ],
    [
      ask.withdrawUser(ANN, 2n * USDC),
      "Withdraws 2.00 USDC from ANN's escrow at router ROUTER to the token account ANN-TOKENS of ANN.",
    ],
    [
      ask.withdrawUser(ANN, 2n * USDC, { destination: SPARE }),
      "Withdraws 2.00 USDC from ANN's escrow at router ROUTER to the token account SPARE.",
    ],
    [
      ask.requestExit(ANN),
      "Requests the exit from ANN's escrow at router ROUTER: after the router's delay its whole balance can be paid out.",
    ],
    [ask.cancelExit(ANN), "Cancels the exit from ANN's escrow at router ROUTER."],
    [
      ask.finalizeExit(ANN),
      "Pays the whole balance of ANN's escrow at router ROUTER out to the token account ANN-TOKENS of ANN, its exit being due.",
    ],
    [
      ask.finalizeExit(ANN, { user: signer(ANN), destination: SPARE }),
      "Pays the whole balance of ANN's escrow at router ROUTER out to the token account SPARE, as the user signs, its exit being due.",
    ],
    [ask.closeEscrow(ANN), "Closes ANN's escrow at router ROUTER, which is empty; its rent goes back to PAYER."],
    [ask.registerProvider(PAT), "Registers the provider PAT at router ROUTER; PAYER pays the rent."],
    [
      ask.withdrawProvider(PAT, 3n * USDC),
      "Withdraws 3.00 USDC of what the provider PAT at router ROUTER earned to the token account PAT-TOKENS of PAT.",
    ],
    [
      ask.providerRequestExit(PAT, 3n * USDC),
      "Requests the exit of the provider PAT at router ROUTER: after the router's delay up to 3.00 USDC of what was earned can be paid out.",
    ],
    [
      ask.providerFinalizeExit(QUINN),
      "Pays the exit of the provider QUINN at router ROUTER out to the token account QUINN-TOKENS of QUINN.",
    ],
    [
      ask.providerFinalizeExit(MALLORY, { provider: SPARE }),
      "Pays the exit of the provider with the account SPARE at router ROUTER out to the token account MALLORY-TOKENS.",
    ],
    [
      ask.setPayout(PAT, bed.associatedOf(PAT)),
      "Has the provider PAT at router ROUTER paid to the token account PAT-TOKENS of PAT, after the provider's exit delay.",
    ],
    [
      ask.setPayout(PAT, SPARE, { cosigner }),
      "Has the provider PAT at router ROUTER paid to the token account SPARE, at once.",
    ],
    [
      ask.collectFees(5n),
      "Collects 0.000005 USDC of fees of router ROUTER to the token account FEE-TOKENS of FEEOWNER.",
    ],
    [
      ask.scheduleParams({}),
      `Announces params of router ROUTER: ${params}. What hurts nobody is in force at once, the rest after the router's notice.`,
    ],
    [ask.applyParams(), "Puts announced params and roles of router ROUTER in force that are due."],
    [
      ask.proposeAdmin(SUCCESSOR),
      "Proposes SUCCESSOR as the next admin of router ROUTER, who may accept after the router's notice.",
    ],
    [ask.proposeAdmin(NOBODY), "Withdraws the proposal of a next admin of router ROUTER."],
    [ask.acceptAdmin(SUCCESSOR), "Makes SUCCESSOR the admin of router ROUTER."],
    [
      ask.setRoles({ feeOwner: NOBODY }),
      `Sets the roles of router ROUTER: ${roles}. A role taken from somebody is gone at once, the rest after the router's notice.`,
    ],
    [ask.setRoles({ feeOwner: NOBODY }, { cosigner }), `Sets the roles of router ROUTER: ${roles}. At once.`],
    [ask.setPause(5), "At router ROUTER: pauses deposit, coop_withdraw."],
    [ask.setPause(2, { clear: 4 }), "At router ROUTER: pauses settle and ends the pause of coop_withdraw."],
    [ask.setPause(0, { clear: 9 }), "At router ROUTER: ends the pause of deposit, something unknown."],
    [ask.setPause(0, { clear: 8 }), "At router ROUTER: ends the pause of something unknown."],
    [ask.setPause(0), "At router ROUTER: pauses nothing."],
    [
      ask.sweepSurplus(),
      "Takes what belongs to nobody out of the vault of router ROUTER to the token account FEE-TOKENS of FEEOWNER.",
    ],
    [ask.setUrl('https://a"\n.example'), 'Changes the URL of router ROUTER to "https://a\\u{22}\\u{a}.example".'],
    [
      ask.deposit(ANN, 2n ** 64n - 1n),
      `Deposits 18446744073709551615 micro-USDC from ANN-TOKENS with the signature of ANN into ANN's escrow at router ROUTER.`,
    ],
  ];
}

test("every instruction is told in exactly these words", async () => {
  const scene = await Scene.open();
  const { bed, chain } = scene;
  await bed.know(ANN, BEN, PAT, QUINN, MALLORY, SUCCESSOR);
  const people = { ANN, BEN, PAT, QUINN, MALLORY };
  const short = new Map<Address, string>([
    ...Object.entries(people).map(([name, address]): [Address, string] => [address, name]),
    ...Object.entries(people).map(([name, address]): [Address, string] => [
      bed.associatedOf(address),
      `${name}-TOKENS`,
    ]),
    ...Object.entries(bed.keys).map(([name, address]): [Address, string] => [address, name.toUpperCase()]),
    [bed.associatedOf(bed.keys.feeOwner), "FEE-TOKENS"],
    [bed.config, "ROUTER"],
    [bed.mint, "MINT"],
    [chain.payer, "PAYER"],
    [SPARE, "SPARE"],
    [SUCCESSOR, "SUCCESSOR"],
  ]);
  const told = new Set<string | undefined>();
  for (const [instruction, expected] of cases(scene)) {
    const bytes = bytesOf(unsigned(chain.payer, [instruction]));
    const described = await describeTransaction(bytes, {
      programAddress: chain.programAddress,
      mint: bed.mint,
      people: [ANN, BEN, PAT, QUINN],
    });
    assert.ok(described.kind === "transaction");
    const [action] = described.actions;
    const words = action?.words.replaceAll(
      /[1-9A-HJ-NP-Za-km-z]{32,44}/g,
      (found) => short.get(found as Address) ?? found,
    );
    assert.equal(words, expected);
    assert.equal(action?.program, "escrow");
    told.add(action?.name);
  }
  const names = Object.keys(AimoEscrowInstruction).map((name) => name.replaceAll(/(?<=.)[A-Z]/g, "_$&").toLowerCase());
  assert.deepEqual(told, new Set(names));
});

test("an instruction with a byte more or less, or an account less, is one that the program refuses", async () => {
  const scene = await Scene.open();
  const { programAddress } = scene.chain;
  await scene.bed.know(ANN, BEN, PAT, QUINN, MALLORY, SUCCESSOR);
  for (const [instruction] of cases(scene)) {
    const { data = new Uint8Array(), accounts = [] } = instruction;
    const isBatch = data[0] === AimoEscrowInstruction.SettleBatch;
    const wrong: readonly Instruction[] = [
      { ...instruction, data: Uint8Array.from([...data, 0]) },
      ...(data.length > 1 ? [{ ...instruction, data: data.slice(0, -1) }] : []),
      { ...instruction, accounts: accounts.slice(0, isBatch ? 1 : -1) },
    ];
    for (const changed of wrong) {
      const described = await describeTransaction(bytesOf(unsigned(scene.chain.payer, [changed])), { programAddress });
      assert.ok(described.kind === "transaction");
      assert.deepEqual(
        described.flags.map(({ code }) => code),
        ["malformed_instruction"],
        described.words[0],
      );
      assert.equal(scene.chain.send(changed).isOk, false, described.words[0]);
    }
  }
});
