// Token accounts and mints as the program looks at them.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { AccountState, getTokenEncoder } from "@solana-program/token";
import { ANN, MALLORY } from "../test-bed/cast.ts";
import { named } from "../test-bed/chain.ts";
import { Scene } from "../test-bed/scene.ts";
import { readTokenAccount } from "./token-account.ts";

test("an initialised token account is read, a frozen one and one with a delegate too", async () => {
  const { chain, bed } = await Scene.open();
  const address = named("a token account");
  const read = () => readTokenAccount(chain.svm.getAccount(address));
  const plain = { mint: bed.mint, owner: ANN, amount: 5n, hasDelegate: false, hasCloseAuthority: false };
  chain.plantToken(address, bed.mint, ANN, 5n);
  assert.deepEqual(read(), { address, token: plain });
  chain.plantToken(address, bed.mint, ANN, 5n, { state: AccountState.Frozen });
  assert.deepEqual(read(), { address, token: plain });
  chain.plantToken(address, bed.mint, ANN, 5n, { delegate: MALLORY, closeAuthority: MALLORY });
  assert.deepEqual(read(), { address, token: { ...plain, hasDelegate: true, hasCloseAuthority: true } });
});

test("what is not initialised, of another size or of another program holds nothing", async () => {
  const { chain, bed } = await Scene.open();
  const address = named("a token account");
  chain.plantToken(address, bed.mint, ANN, 5n, { state: AccountState.Uninitialized });
  assert.deepEqual(readTokenAccount(chain.svm.getAccount(address)), { address, token: undefined });
  assert.equal(readTokenAccount(chain.svm.getAccount(bed.mint)).token, undefined);
  assert.equal(readTokenAccount(chain.svm.getAccount(named("nothing"))).token, undefined);
  const state = {
    mint: bed.mint,
    owner: ANN,
    amount: 5n,
    delegate: null,
    state: AccountState.Initialized,
    isNative: null,
  };
  const data = getTokenEncoder().encode({ ...state, delegatedAmount: 0n, closeAuthority: null });
  chain.plant(address, "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb" as Address, Uint8Array.from(data));
  assert.equal(readTokenAccount(chain.svm.getAccount(address)).token, undefined);
});
