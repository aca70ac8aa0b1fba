// The router's side of a signer: what is not to be reached, or is no answer, is a refusal; and every wait has an end.
import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { test } from "node:test";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ANN, PAT } from "@aimo-network/escrow/test-bed/cast";
import { connectSigner } from "./connect-signer.ts";
import { ANSWER_BYTES_MAX, ANSWER_MS, REQUESTS_WAITING_MAX } from "./limits.ts";
import { refusalOf } from "./test-bed/signing-bed.ts";
import { socketPath } from "./test-bed/socket-folder.ts";

/** Somebody who answers everything in one way, once who signs was told. */
interface Impostor {
  readonly path: string;
  readonly server: Server;
  asked: number;
  answer: { readonly status: number; readonly body: string } | "silence";
}

async function openImpostor(t: { after(close: () => void): void }): Promise<Impostor> {
  const path = socketPath(t);
  const server = createServer((request, response) => {
    impostor.asked += 1;
    request.resume();
    const { answer } = impostor;
    if (answer !== "silence") response.writeHead(answer.status, { connection: "close" }).end(answer.body);
  });
  server.listen(path);
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const impostor: Impostor = {
    path,
    server,
    asked: 0,
    answer: { status: 200, body: JSON.stringify({ settler: ANN, cosigner: PAT }) },
  };
  return impostor;
}

test("nobody at the socket is a refusal, at the start and later", async (t) => {
  const path = socketPath(t);
  assert.equal((await refusalOf(connectSigner(path, { clock: systemClock }))).reason, "unreachable");
  const impostor = await openImpostor(t);
  const remote = await connectSigner(impostor.path, { clock: systemClock });
  impostor.server.close();
  await once(impostor.server, "close");
  rmSync(impostor.path, { force: true });
  assert.equal((await refusalOf(remote.signBatch(1n))).reason, "unreachable");
});

test("an answer that is none is a refusal", async (t) => {
  const impostor = await openImpostor(t);
  const remote = await connectSigner(impostor.path, { clock: systemClock });
  const signed = { signature: "a", wire: "b", lastValidBlockHeight: "1" };
  for (const answer of [
    { status: 200, body: "" },
    { status: 200, body: "{}" },
    { status: 200, body: JSON.stringify({ ...signed, lastValidBlockHeight: 1 }) },
    { status: 500, body: JSON.stringify(signed) },
    { status: 503, body: '{"code":"no_such_code","context":{}}' },
    { status: 503, body: '{"code":"signing_refused","context":{}}' },
    { status: 200, body: JSON.stringify({ ...signed, more: "x".repeat(ANSWER_BYTES_MAX) }) },
  ]) {
    impostor.answer = answer;
    assert.equal((await refusalOf(remote.signBatch(1n))).reason, "unreachable", answer.body.slice(0, 60));
  }
  impostor.answer = { status: 200, body: JSON.stringify(signed) };
  assert.deepEqual(await remote.signBatch(1n), { ...signed, lastValidBlockHeight: 1n });
});

test("an answer is waited for as long as a signature may take, and not longer", async (t) => {
  const clock = manualClock();
  const impostor = await openImpostor(t);
  const remote = await connectSigner(impostor.path, { clock });
  impostor.answer = "silence";
  let isOver = false;
  const refused = refusalOf(remote.signBatch(1n)).finally(() => (isOver = true));
  while (impostor.asked < 2) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(ANSWER_MS - 1);
  for (let turns = 0; turns < 10; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isOver, false);
  clock.advance(1);
  assert.equal((await refused).reason, "unreachable");
  assert.equal(clock.waiting, 0);
});

test("only so many requests wait at once", async (t) => {
  const clock = manualClock();
  const impostor = await openImpostor(t);
  const remote = await connectSigner(impostor.path, { clock });
  impostor.answer = "silence";
  const waiting = Array.from({ length: REQUESTS_WAITING_MAX }, () => refusalOf(remote.signBatch(1n)));
  await assert.rejects(remote.signBatch(1n), (error) => isAimoError(error, "overloaded"));
  clock.advance(ANSWER_MS);
  for (const { reason } of await Promise.all(waiting)) assert.equal(reason, "unreachable");
  impostor.answer = { status: 503, body: '{"code":"overloaded","context":{"what":"the signer"}}' };
  await assert.rejects(remote.signBatch(1n), /Overloaded: the signer/);
});
