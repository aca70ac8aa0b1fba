// The signer that a router's settings name: keys in files, or a socket.
import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { microUsdc } from "@aimo-network/protocol/money";
import { makeKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { ANN, PAT } from "@aimo-network/escrow/test-bed/cast";
import { createEndpoints } from "../chain/endpoints.ts";
import { createLog } from "../log.ts";
import { SignerFault } from "./key-files.ts";
import { openSigner } from "./open-signer.ts";
import type { SignerPlace } from "./open-signer.ts";
import { serveSigner } from "./serve-signer.ts";
import type { Signer } from "./signer.ts";
import { SigningBed, USDC, refusalOf } from "./test-bed/signing-bed.ts";
import { socketPath } from "./test-bed/socket-folder.ts";

function open(bed: SigningBed, signer: SignerPlace, windowMax?: bigint): Promise<Signer> {
  const endpoints = createEndpoints([bed.node.url], { clock: systemClock, log: createLog("silent") });
  const bounds = windowMax === undefined ? {} : { windowMax: microUsdc(windowMax) };
  return openSigner(
    { signer, sponsorMin: microUsdc(1n), priorityFeeMax: 1n, ...bounds },
    { clock: systemClock, database: bed.ledger.database, link: { endpoints, router: bed.scene.bed.place } },
  );
}

test("keys in files sign in this process, within the signer's own cap, and only where nobody else may read them", async (t) => {
  const bed = await SigningBed.open(t);
  await bed.observe(ANN);
  const [settler, cosigner] = [socketPath(t), socketPath(t)];
  const addresses = { settler: makeKeyFile(settler), cosigner: makeKeyFile(cosigner) };
  const files = { kind: "files", settler, cosigner } as const;
  const signer = await open(bed, files, USDC - 1n);
  assert.deepEqual(signer.addresses, addresses);
  const id = await bed.bill(ANN, PAT, USDC);
  assert.equal((await refusalOf(signer.signBatch(id))).reason, "not_settler");
  bed.scene.land(bed.scene.ask.setRoles(addresses, { cosigner: bed.cosigner }));
  assert.equal((await refusalOf(signer.signBatch(id))).reason, "window");
  await (await open(bed, files, USDC)).signBatch(id);
  await (await open(bed, files)).signBatch(id);
  chmodSync(cosigner, 0o640);
  await assert.rejects(open(bed, files), SignerFault);
});

test("a socket is another process's, or nobody's", async (t) => {
  const bed = await SigningBed.open(t);
  const socket = socketPath(t);
  await assert.rejects(open(bed, { kind: "process", socket }), (error) => {
    assert.ok(error instanceof SignerFault);
    assert.match(error.message, /^AIMO_SIGNER_SOCKET: expected a signer at .*, found ENOENT: start it first/);
    return true;
  });
  const server = await serveSigner({ clock: systemClock, log: createLog("silent"), signer: bed.signer() }, socket);
  t.after(() => server.close());
  const { addresses } = await open(bed, { kind: "process", socket });
  assert.deepEqual(addresses, { settler: bed.settler.address, cosigner: bed.cosigner.address });
});
