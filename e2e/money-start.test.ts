// A router and a chain that is away, or is not what the router was told of: it starts and promises nothing, or says why it does not start.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { HOST } from "@aimo-network/localnet/chain/rpc-door";
import { findFreePort } from "@aimo-network/localnet/free-port";
import { loadWallet } from "@aimo-network/localnet/wallets";
import type { MoneyNetwork, MoneyUser } from "./money-network.ts";
import { startMoneyNetwork } from "./money-network.ts";
import { askOnce } from "./money-requests.ts";
import type { MoneyRouter } from "./money-router.ts";
import { openMoneyRouter } from "./money-router.ts";
import { waitFor, waitForOffer } from "./network.ts";

/** A way to the chain's node that can be closed, and opened again. */
interface Way {
  readonly url: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

async function makeWay(nodeUrl: string): Promise<Way> {
  const port = await findFreePort(0, HOST);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  return {
    url: `http://${HOST}:${port}`,
    async open() {
      server = createServer((client) => {
        const node = connect(Number(new URL(nodeUrl).port), HOST);
        client.pipe(node).pipe(client);
        for (const [socket, other] of [
          [client, node],
          [node, client],
        ] as const) {
          sockets.add(socket);
          socket.on("error", () => other.destroy());
          socket.on("close", () => {
            sockets.delete(socket);
            other.destroy();
          });
        }
      }).listen(port, HOST);
      await once(server, "listening");
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server?.close();
      if (server !== undefined) await once(server, "close");
    },
  };
}

describe("a router that starts", () => {
  let network: MoneyNetwork;
  let router: MoneyRouter;
  let way: Way;
  let user: MoneyUser;

  const ask = (): ReturnType<typeof askOnce> => askOnce({ url: router.url, key: user.key, model: "test/demo" });

  before(async () => {
    network = await startMoneyNetwork();
    way = await makeWay(network.chain.place.rpcUrl);
    await way.open();
    router = await openMoneyRouter(network, "starting", { AIMO_RPC_URL: way.url });
    await router.start();
    user = await router.newUser({ deposit: "1" });
    await network.startProvider({ models: ["demo"], routers: [router] });
    assert.equal((await ask()).status, 200);
    await router.stop();
  });
  after(async () => {
    await router.stop();
    await way.close();
    await network.stop();
  });

  test("while its chain is away serves models, promises nothing that is paid, and does when the chain is back", async () => {
    await way.close();
    await router.start();
    await waitForOffer(router.url, "test/demo");
    const { status, code } = await ask();
    assert.deepEqual([status, code], [503, "overloaded"]);
    await way.open();
    await waitFor("paid requests to be served again", async () => (await ask()).status === 200 || undefined);
    await router.insistOnAgreement();
    await router.stop();
  });

  test("on a program that is not there says so and ends", async () => {
    const { address } = loadWallet(join(network.directory, "nobody.json"));
    const { code, lines } = await router.refuse({ AIMO_PROGRAM_ID: address });
    assert.equal(code, "1");
    assert.match(lines.join("\n"), /expected an open router at \w+, found none/);
  });

  test("with other keys than the config's, and requests that may take longer than leaving does, says all of it and ends", async () => {
    const { roles } = (await router.chain.router()).router.data;
    const [settler, cosigner] = ["settler", "cosigner"].map((role) =>
      loadWallet(join(network.directory, `${role}.json`)),
    );
    assert.ok(settler !== undefined && cosigner !== undefined);
    const { code, lines } = await router.refuse({
      AIMO_SETTLER_KEY_FILE: settler.file,
      AIMO_COSIGNER_KEY_FILE: cosigner.file,
      AIMO_TOTAL_TIMEOUT_MS: "3600000",
    });
    assert.equal(code, "1");
    const said = lines.join("\n");
    for (const words of [
      `expected the key of the settler on chain, ${roles.settler}, found that of ${settler.address}`,
      `expected the key of the cosigner on chain, ${roles.cosigner}, found that of ${cosigner.address}`,
      "expected the router's user_exit_delay on chain to be more than 3841 s",
      "found 3600 s",
      "expected the router's allowance_notice on chain to be at least 7682 s",
      "found 1800 s",
    ]) {
      assert.ok(said.includes(words), `${words}\n\n${said}`);
    }
  });
});
