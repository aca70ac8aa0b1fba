// A signer at its socket: the same signatures and refusals as in the router's process, and nothing for anybody who errs.
import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { test } from "node:test";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { ANN, BEGINNER, PAT } from "@aimo-network/escrow/test-bed/cast";
import type { Logger } from "pino";
import { pino } from "pino";
import { createLog } from "../log.ts";
import { connectSigner } from "./connect-signer.ts";
import { SignerFault } from "./key-files.ts";
import {
  BLOCKHASH_BLOCKS,
  CONNECTIONS_MAX,
  HEADERS_BYTES_MAX,
  REQUESTS_AT_ONCE_MAX,
  REQUEST_BYTES_MAX,
  SIGNING_MS,
} from "./limits.ts";
import type { SignerServer } from "./serve-signer.ts";
import { serveSigner } from "./serve-signer.ts";
import type { Signer } from "./signer.ts";
import { SigningBed, USDC, refusalOf } from "./test-bed/signing-bed.ts";
import { hearOut, post, socketPath, speak } from "./test-bed/socket-folder.ts";

interface Desk {
  readonly bed: SigningBed;
  readonly path: string;
  readonly server: SignerServer;
  readonly remote: Signer;
}

/** A signer at a socket, and the router's side of it. */
async function openDesk(
  t: { after(close: () => Promise<void> | void): void },
  deps: { clock?: typeof systemClock; signer?: Signer; log?: Logger } = {},
): Promise<Desk> {
  const bed = await SigningBed.open(t);
  await bed.observe(ANN);
  const path = socketPath(t);
  const { clock = systemClock, signer = bed.signer(), log = createLog("silent") } = deps;
  const server = await serveSigner({ clock, log, signer }, path);
  t.after(() => server.close());
  return { bed, path, server, remote: await connectSigner(path, { clock: systemClock }) };
}

/** What a body is answered with. */
async function tell(path: string, words: string): Promise<string> {
  return await hearOut(await speak(path, words));
}

test("everything is signed through the socket as it is without it, and lands", async (t) => {
  const { bed, remote } = await openDesk(t);
  const pat = await bed.person("a user with a key");
  await bed.scene.addUser(pat.address, 5n * USDC);
  await bed.observe(pat.address);
  assert.deepEqual(remote.addresses, { settler: bed.settler.address, cosigner: bed.cosigner.address });
  const signed = await remote.signBatch(await bed.bill(ANN, PAT, USDC));
  assert.equal(signed.lastValidBlockHeight, bed.node.blockHeight + BLOCKHASH_BLOCKS);
  assert.deepEqual(await bed.settle(signed.wire), [USDC]);
  await bed.observe(ANN);
  await bed.land((await remote.signWithdrawal(await bed.withdraw("user", pat.address, USDC))).wire, pat);
  await bed.scene.bed.know(BEGINNER);
  await bed.charge(ANN, BEGINNER, USDC);
  await bed.land((await remote.signRegistration([BEGINNER])).wire);
  assert.ok((await remote.signTable({ kind: "create" })).table.length >= 32);
  const extension = remote.signTable({ kind: "extend", table: BEGINNER, addresses: [bed.scene.bed.config] });
  assert.equal((await refusalOf(extension)).reason, "table");
});

test("a refusal comes through the socket with its rule and its users", async (t) => {
  const { bed, remote } = await openDesk(t);
  const id = await bed.bill(ANN, PAT, USDC);
  bed.close(ANN);
  assert.deepEqual(await refusalOf(remote.signBatch(id)), {
    reason: "escrow_closed",
    users: [await bed.numberOf(ANN)],
  });
  assert.deepEqual(await refusalOf(remote.signBatch(id + 1n)), { reason: "batch_unknown", users: undefined });
});

test("a database or a chain that is away is told as what it is, and what nobody expects is not told", async (t) => {
  const faults = [
    new AimoError("ledger_unavailable", {}),
    new AimoError("chain_unavailable", {}),
    new AimoError("escrow_refused", { name: "SECRET", expected: "", found: "", advice: "" }),
    new Error("SECRET words"),
  ];
  const unused = (): Promise<never> => Promise.reject(new Error("unused"));
  const { path, remote } = await openDesk(t, {
    signer: {
      addresses: { settler: ANN, cosigner: PAT },
      signBatch: (id) => Promise.reject(faults[Number(id)]!),
      signRegistration: unused,
      signWithdrawal: unused,
      signTable: unused,
    },
  });
  for (const [id, code] of ["ledger_unavailable", "chain_unavailable", "internal", "internal"].entries()) {
    await assert.rejects(remote.signBatch(BigInt(id)), (error) => isAimoError(error) && error.code === code);
  }
  assert.doesNotMatch(await tell(path, post('{"sign":"batch","id":"3"}')), /SECRET/);
});

test("whoever sends more than a number, or anything else, is not understood", async (t) => {
  const { bed, path } = await openDesk(t);
  const id = await bed.bill(ANN, PAT, USDC);
  for (const body of [
    `{"sign":"batch","id":"${id}","entries":[{"amount":"1"}]}`,
    `{"sign":"batch","id":"${id}","wire":"AAAA"}`,
    `{"sign":"batch","id":${id}}`,
    '{"sign":"batch","id":"-1"}',
    '{"sign":"batch","id":"9999999999999999999"}',
    '{"sign":"message","bytes":"AAAA"}',
    '{"sign":"registration","providers":[]}',
    `{"sign":"registration","providers":${JSON.stringify(Array.from({ length: 9 }, () => PAT))}}`,
    '{"sign":"table","step":{"kind":"create","recentSlot":"1"}}',
    '{"sign":"nothing","__proto__":{"sign":"batch"}}',
    "[]",
    "null",
    "",
    "{",
    "\u0000\u0001\u0002",
  ]) {
    const answer = await tell(path, post(body));
    assert.match(answer, /^HTTP\/1\.1 400 .*"invalid_request"/s, body);
  }
});

test("garbage is answered with nothing of use, and the next request is served", async (t) => {
  const { bed, path, remote } = await openDesk(t);
  const garbage = [Buffer.alloc(100_000, 0xff), Buffer.from("\r\n\r\n\r\n"), Buffer.from("SIGN batch 1\n")];
  for (const bytes of garbage) {
    const answer = await hearOut(await speak(path, bytes));
    assert.doesNotMatch(answer, /200 OK|signature/);
  }
  await remote.signBatch(await bed.bill(ANN, PAT, USDC));
});

test("more bytes than a request has are not read, announced or not", async (t) => {
  const { bed, path, remote } = await openDesk(t);
  const long = "x".repeat(REQUEST_BYTES_MAX + 1);
  assert.match(await tell(path, post(long)), /^HTTP\/1\.1 400 .*at most 4096 bytes/s);
  assert.match(
    await tell(path, post("x", `content-length: ${10 ** 9}`) + long),
    /^HTTP\/1\.1 400 .*at most 4096 bytes/s,
  );
  const chunk = `${long.length.toString(16)}\r\n${long}\r\n`;
  assert.match(await tell(path, post(chunk, "transfer-encoding: chunked")), /^HTTP\/1\.1 400 .*at most 4096 bytes/s);
  const padding = `x-padding: ${"x".repeat(HEADERS_BYTES_MAX)}`;
  assert.match(await tell(path, post("{}", `content-length: 2\r\n${padding}`)), /^HTTP\/1\.1 431 /);
  await remote.signBatch(await bed.bill(ANN, PAT, USDC));
});

test("whoever says nothing, or stops in the middle, is sent away", async (t) => {
  const { path } = await openDesk(t);
  const sockets = await Promise.all(
    ["", "POST / HT", "POST / HTTP/1.1\r\nhost: signer\r\ncontent-length: 10\r\n\r\n{"].map((words) =>
      speak(path, words),
    ),
  );
  const answers = await Promise.all(sockets.map((socket) => hearOut(socket)));
  for (const answer of answers) assert.doesNotMatch(answer, /200 OK/);
});

test("only a few requests are worked on at once; the others are told to come again", async (t) => {
  const { bed, remote } = await openDesk(t);
  const id = await bed.bill(ANN, PAT, USDC);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  bed.node.onCall = () => released;
  const running = Array.from({ length: REQUESTS_AT_ONCE_MAX }, () => remote.signBatch(id));
  while (bed.node.calls.length < REQUESTS_AT_ONCE_MAX) await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(remote.signBatch(id), (error) => isAimoError(error, "overloaded"));
  release();
  await Promise.all(running);
  await remote.signBatch(id);
});

test("only so many connections are held at once", async (t) => {
  const { path, server } = await openDesk(t);
  const sockets = [];
  for (let count = 0; count < CONNECTIONS_MAX; count += 1) sockets.push(await speak(path, ""));
  const refused = await speak(path, post('{"sign":"nothing"}'));
  assert.equal(await hearOut(refused), "", "it is closed without a word");
  for (const socket of sockets) socket.destroy();
  await server.close();
});

test("a signature that takes too long is given up, and not before", async (t) => {
  const clock = manualClock();
  const { bed, remote } = await openDesk(t, { clock });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  t.after(() => release());
  bed.node.onCall = () => released;
  const id = await bed.bill(ANN, PAT, USDC);
  let isOver = false;
  const refused = refusalOf(remote.signBatch(id)).finally(() => (isOver = true));
  while (bed.node.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(SIGNING_MS - 1);
  await remote.signBatch(id + 1n).catch(() => undefined); // something else goes to and fro meanwhile
  assert.equal(isOver, false);
  clock.advance(1);
  assert.equal((await refused).reason, "unreachable");
});

test("the socket is its owner's alone, one signer's at a time, and gone when that ends", async (t) => {
  const before = process.umask();
  const { bed, path, server } = await openDesk(t);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(process.umask(), before);
  const again = serveSigner({ clock: systemClock, log: createLog("silent"), signer: bed.signer() }, path);
  await assert.rejects(again, SignerFault);
  await server.close();
  assert.ok(!existsSync(path));
});

test("what is signed and what is refused is logged, without bytes", async (t) => {
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
  const { bed, remote } = await openDesk(t, { log });
  const id = await bed.bill(ANN, PAT, USDC);
  const { signature, wire } = await remote.signBatch(id);
  await refusalOf(remote.signBatch(id + 1n));
  const all = lines.join("");
  assert.match(all, new RegExp(`"sign":"batch","id":"${id}","signature":"${signature}","msg":"signed"`));
  assert.match(all, new RegExp(`"sign":"batch","id":"${id + 1n}","reason":"batch_unknown".*"msg":"not signed"`));
  assert.ok(!all.includes(wire));
});
