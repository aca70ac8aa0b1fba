// Which points and signatures are sound, checked against the curve's own arithmetic.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "@scure/base";
import { isSoundPoint, isSoundSignature, verifyText } from "./ed25519.ts";
import { NEUTRAL_POINT, respellSignature, signatureWithNeutralR, walletFromSeed } from "./__fixtures__/test-wallet.ts";

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
const SIGN = 2n ** 255n;

function encode(number: bigint): Uint8Array {
  return hex.decode(number.toString(16).padStart(64, "0")).toReversed();
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let bit = 255n; bit >= 0n; bit--) {
    result = (result * result) % P;
    if ((exponent >> bit) & 1n) result = (result * base) % P;
  }
  return result;
}

const invert = (number: bigint): bigint => power(((number % P) + P) % P, P - 2n);
const D = (-121_665n * invert(121_666n)) % P;

/** Twice a point, by the addition law of RFC 8032. */
function double([x, y]: readonly [bigint, bigint]): readonly [bigint, bigint] {
  const product = (D * x * x * y * y) % P;
  const modulo = (number: bigint): bigint => ((number % P) + P) % P;
  return [modulo(2n * x * y * invert(1n + product)), modulo((y * y + x * x) * invert(1n - product))];
}

// The y of the points of order 8 as curve libraries list them, not as this house derives them.
const ORDER_8 = [
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
].map((text) => BigInt(`0x${hex.encode(hex.decode(text).toReversed())}`));

test("eight times a point of the listed order 8 is the neutral point, and four times it is not", () => {
  const rootOfMinusOne = power(2n, (P - 1n) / 4n);
  for (const y of ORDER_8) {
    const four = double(double([(rootOfMinusOne * y) % P, y]));
    assert.deepEqual(four, [0n, P - 1n]);
    assert.deepEqual(double(four), [0n, 1n]);
  }
});

test("every encoding of every point of low order is unsound, with either sign and beyond the prime", () => {
  for (const y of [0n, 1n, P - 1n, P, P + 1n, ...ORDER_8]) {
    assert.equal(isSoundPoint(encode(y)), false, `y = ${y}`);
    assert.equal(isSoundPoint(encode(y + SIGN)), false, `y = ${y}, x negative`);
  }
});

test("a point is unsound from y = p on, and sound below unless of low order", () => {
  for (let y = P; y < SIGN; y++) assert.equal(isSoundPoint(encode(y)), false, `y = p + ${y - P}`);
  assert.equal(isSoundPoint(encode(P - 2n)), true);
  assert.equal(isSoundPoint(encode(2n)), true);
  assert.equal(isSoundPoint(encode(2n + SIGN)), true);
});

test("a point of any other length is unsound", () => {
  assert.equal(isSoundPoint(new Uint8Array(31).fill(2)), false);
  assert.equal(isSoundPoint(new Uint8Array(33).fill(2)), false);
});

test("a signature is sound up to S = L - 1 and unsound from L on", () => {
  const point = encode(2n);
  const withS = (scalar: bigint): Uint8Array => Uint8Array.from([...point, ...encode(scalar)]);
  assert.equal(isSoundSignature(withS(0n)), true);
  assert.equal(isSoundSignature(withS(L - 1n)), true);
  assert.equal(isSoundSignature(withS(L)), false);
  assert.equal(isSoundSignature(withS(2n ** 256n - 1n)), false);
  assert.equal(isSoundSignature(withS(1n).subarray(0, 63)), false);
});

test("a signature is unsound when its R has low order or is not canonical", () => {
  for (const y of [1n, 0n, P - 1n, P + 3n, ...ORDER_8]) {
    assert.equal(isSoundSignature(Uint8Array.from([...encode(y), ...encode(1n)])), false, `R's y = ${y}`);
  }
});

test("verifyText accepts what the wallet signed, and no other text, signer or spelling", async () => {
  const wallet = await walletFromSeed("AiMo Network public test seed 01");
  const other = await walletFromSeed("AiMo Network public test seed 02");
  const signature = await wallet.sign(new TextEncoder().encode("a text – ä"));
  assert.equal(await verifyText(wallet.publicKey, "a text – ä", signature), true);
  assert.equal(await verifyText(wallet.publicKey, "a text - ä", signature), false);
  assert.equal(await verifyText(other.publicKey, "a text – ä", signature), false);
  assert.equal(await verifyText(wallet.publicKey, "a text – ä", respellSignature(signature)), false);
  assert.equal(await verifyText(wallet.publicKey, "x", await signatureWithNeutralR(wallet, "x")), false);
  assert.equal(await verifyText(NEUTRAL_POINT, "x", signature), false);
});

test("verifyText answers false for a signer that is no point of the curve", async () => {
  const wallet = await walletFromSeed("AiMo Network public test seed 01");
  const signature = await wallet.sign(new TextEncoder().encode("x"));
  const isSquare = (number: bigint): boolean => power(((number % P) + P) % P, (P - 1n) / 2n) === 1n;
  let y = 2n;
  while (isSquare((y * y - 1n) * invert(D * y * y + 1n))) y++;
  assert.equal(isSoundPoint(encode(y)), true);
  assert.equal(await verifyText(encode(y), "x", signature), false);
});
