// Every way in which a router is not to be reached, or is not the one that is meant, with words of its own; over real sockets.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { createServer as createSocketServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { ROUTER_ANSWER_MS } from "../limits.ts";
import { knownRoutersFile } from "../settings/places.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { factsOf, replyWith, ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { selfSigned } from "../test-bed/self-signed.ts";
import { findRouter } from "./find-router.ts";
import { readKnownRouters } from "./known-routers.ts";

const OTHER_ID = "4o8oGSRYCQTvuirbtQYg9EdPMbxZ4824XY3xi7KRMz2R";
const CHAIN = {
  ...{ program_id: OTHER_ID, config: OTHER_ID, vault: OTHER_ID, mint: OTHER_ID, min_deposit: "1" },
  ...{ fee_bps: 250, user_exit_delay: 60, provider_exit_delay: 60, allowance_notice: 60, commitment: "confirmed" },
};

async function portOf(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function words(t: TestContext, router: string): Promise<string> {
  const { what, why, next } = await faultOf(findRouter(openReadingBed(t, { options: { router } }).context));
  return `${what} ${why} ${next}`;
}

describe("a router that is not reached has its own words", () => {
  test("for a name nobody knows", async (t) => {
    const said = await words(t, "https://no-such-router.invalid");
    assert.match(said, /no-such-router\.invalid is not known \((?:ENOTFOUND|EAI_AGAIN)\).*typing error/);
  });

  test("for a port nobody listens at", async (t) => {
    const server = createSocketServer();
    const port = await portOf(t, server);
    server.close();
    await once(server, "close");
    const said = await words(t, `127.0.0.1:${port}`);
    assert.match(said, /Cannot reach the router at http:\/\/127\.0\.0\.1:\d+\. nothing listens at/);
  });

  test("for a certificate that nobody vouches for", async (t) => {
    const port = await portOf(t, createTlsServer(selfSigned()));
    const said = await words(t, `https://localhost:${port}`);
    assert.match(said, /TLS certificate is not to be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\).*NODE_EXTRA_CA_CERTS/);
  });

  test("for http where https was said", async (t) => {
    const { url } = await startScriptedRouter(t);
    const said = await words(t, url.replace("http:", "https:"));
    assert.match(said, /does not speak TLS \(.+\)\. If that is meant, write http:\/\//);
  });

  test("for https where http was said", async (t) => {
    const port = await portOf(t, createTlsServer(selfSigned()));
    assert.match(await words(t, `http://127.0.0.1:${port}`), /broke.*If it speaks TLS, write https:\/\//);
  });

  test("for one that breaks the connection", async (t) => {
    const port = await portOf(
      t,
      createSocketServer((socket) => socket.destroy()),
    );
    assert.match(await words(t, `http://127.0.0.1:${port}`), /the connection to 127\.0\.0\.1:\d+ broke/);
  });

  test("for one that sends its callers elsewhere, who do not follow", async (t) => {
    const elsewhere = await startScriptedRouter(t);
    const { url } = await startScriptedRouter(t, {
      "/.well-known/aimo.json": (_request, response) => {
        response.writeHead(308, { location: `${elsewhere.url}/.well-known/aimo.json` }).end();
      },
    });
    assert.match(await words(t, url), new RegExp(`sends its callers on to ${elsewhere.url}\\. a key does not follow`));
    assert.deepEqual(elsewhere.calls, []);
  });

  test("for a web page", async (t) => {
    const { url } = await startScriptedRouter(t, {
      "/.well-known/aimo.json": (_request, response) => {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html>");
      },
    });
    assert.match(await words(t, url), /is no AiMo router\. it answers with a web page\./);
  });

  test("for another service, and for facts that are none", async (t) => {
    const { url, answers } = await startScriptedRouter(t, { "/.well-known/aimo.json": replyWith(404, "no") });
    assert.match(await words(t, url), /is no AiMo router\. \/\.well-known\/aimo\.json answers with status 404/);
    for (const facts of [{}, factsOf(url, { chain: { ...CHAIN, fee_bps: "1" } }), factsOf(url, { router_id: "x" })]) {
      answers["/.well-known/aimo.json"] = facts;
      assert.match(await words(t, url), /is not what a router answers there/);
    }
  });

  test("for what is no URL", async (t) => {
    for (const router of [
      "ftp://router.example",
      "https://me:secret@router.example",
      "no url at all",
      "aimo-sk-v2-secret".repeat(9),
    ]) {
      const said = await words(t, router);
      assert.match(said, /expected a URL such as/);
      assert.doesNotMatch(said, /secret/);
    }
  });
});

test("a router is waited for until its time has passed, and not longer", async (t) => {
  for (const isLate of [true, false]) {
    const asked = Promise.withResolvers<() => void>();
    const { url } = await startScriptedRouter(t, {
      "/.well-known/aimo.json": (request, response) =>
        asked.resolve(() => replyWith(200, factsOf(url))(request, response)),
    });
    const clock = manualClock();
    const { context } = openReadingBed(t, { clock, options: { router: url } });
    const finding = isLate ? faultOf(findRouter(context)) : findRouter(context);
    const answer = await asked.promise;
    clock.advance(ROUTER_ANSWER_MS - 1);
    if (isLate) clock.advance(1);
    else answer();
    const found = await finding;
    if (isLate) assert.match(`${"why" in found && found.why}`, /did not answer in time/);
    else assert.ok("id" in found && found.id === ROUTER_ID);
    assert.equal(clock.waiting, 0);
  }
});

test("a wait ends with Ctrl-C, and says nothing against the router", async (t) => {
  const { url } = await startScriptedRouter(t, { "/.well-known/aimo.json": () => interruption.abort() });
  const interruption = new AbortController();
  const { context } = openReadingBed(t, { interrupted: interruption.signal, options: { router: url } });
  assert.equal((await faultOf(findRouter(context))).reason, "interrupted");
});

describe("who a router is", () => {
  test("it is the one that answers with the id that was asked for", async (t) => {
    const { url } = await startScriptedRouter(t);
    const bed = openReadingBed(t, { options: { router: url } });
    assert.equal((await findRouter(bed.context)).id, ROUTER_ID);
    assert.equal((await findRouter(bed.with({ router: ROUTER_ID }))).client.url, url);
    assert.equal((await findRouter(bed.context)).client.url, url);
  });

  test("one that says it is another is refused, and its URL then warns", async (t) => {
    const { url, answers } = await startScriptedRouter(t, {}, { chain: CHAIN });
    const bed = openReadingBed(t, { options: { router: url } });
    await findRouter(bed.context);
    answers["/.well-known/aimo.json"] = factsOf(url, { router_id: OTHER_ID });
    const fault = await faultOf(findRouter(bed.with({ router: ROUTER_ID })));
    assert.deepEqual([fault.code, fault.why], ["wrong_router", `it says that it is ${OTHER_ID}.`]);
    assert.deepEqual(bed.said, []);
    await findRouter(bed.context);
    assert.match(bed.said.join(), new RegExp(`was the router ${ROUTER_ID} before`));
  });

  test("where its money is stays remembered as it was first, and what is new is added", async (t) => {
    const { url, answers } = await startScriptedRouter(t, {}, { chain: CHAIN });
    const { context } = openReadingBed(t, { options: { router: url } });
    await findRouter(context);
    const moved = { ...CHAIN, program_id: ROUTER_ID, network: "solana:test" };
    answers["/.well-known/aimo.json"] = factsOf(url, { chain: moved });
    await findRouter(context);
    const expected = { url, id: ROUTER_ID, programId: OTHER_ID, mint: OTHER_ID, network: "solana:test" };
    assert.deepEqual(readKnownRouters(knownRoutersFile(context.environment)), [expected]);
  });

  test("a URL of another machine that is another router than before is refused, whatever is asked of it", async (t) => {
    const { url, answers } = await startScriptedRouter(t, {}, { chain: CHAIN });
    const far = url.replace("127.0.0.1", "0.0.0.0"); // this machine by a name that could be any other's
    const bed = openReadingBed(t, { options: { router: far } });
    await findRouter(bed.context);
    answers["/.well-known/aimo.json"] = factsOf(far, { router_id: OTHER_ID });
    for (const _again of [1, 2]) {
      const fault = await faultOf(findRouter(bed.context));
      assert.deepEqual([fault.code, fault.reason], ["router_changed", "refused"]);
      assert.match(fault.why ?? "", new RegExp(`it was ${ROUTER_ID}, and says now that it is ${OTHER_ID}`));
      assert.match(fault.next ?? "", new RegExp(`--router ${OTHER_ID} finds it by the chain`));
    }
    const ids = readKnownRouters(knownRoutersFile(bed.context.environment)).map(({ id }) => id);
    assert.deepEqual(ids, [ROUTER_ID]);
  });

  test("whoever says to be a router that was elsewhere is refused, and does not take its place in the memory", async (t) => {
    const [honest, liar] = [await startScriptedRouter(t), await startScriptedRouter(t)];
    const [home, away] = [honest, liar].map(({ url }) => url.replace("127.0.0.1", "0.0.0.0"));
    const bed = openReadingBed(t, { options: { router: home! } });
    await findRouter(bed.context);
    const fault = await faultOf(findRouter(bed.with({ router: away! })));
    assert.deepEqual([fault.code, fault.reason], ["router_elsewhere", "refused"]);
    assert.equal((await findRouter(bed.with({ router: ROUTER_ID }))).client.url, home);
    assert.equal((await findRouter(bed.context)).client.url, home);
  });

  test("the router that was used last is meant where nothing else says one", async (t) => {
    const [first, second] = [await startScriptedRouter(t), await startScriptedRouter(t, {}, { router_id: OTHER_ID })];
    const bed = openReadingBed(t);
    assert.equal((await faultOf(findRouter(bed.context))).what, "Which router?");
    await findRouter(bed.with({ router: first.url }));
    await findRouter(bed.with({ router: `${second.url}/api/v1/` }));
    assert.equal((await findRouter(bed.context)).client.url, second.url);
  });

  test("a memory that is broken is none, and one that cannot be written is no fault", async (t) => {
    const { url } = await startScriptedRouter(t);
    const bed = openReadingBed(t, { options: { router: url } });
    const file = knownRoutersFile(bed.context.environment);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '{"routers":[{"url":"nowhere","id":"x"},{"url":5}]}');
    assert.deepEqual(readKnownRouters(file), []);
    await findRouter(bed.context);
    assert.equal(readKnownRouters(file).length, 1);
    writeFileSync(file, "\0".repeat(100)); // what is left after a power cut
    await findRouter(bed.context);
    assert.equal(readKnownRouters(file).length, 1);
    assert.deepEqual(readdirSync(dirname(file)).toSorted(), ["routers.json", "routers.json.unreadable"]);
    const environment = { HOME: bed.home, AIMO_HOME: `${file}/below` };
    const other = openReadingBed(t, { environment, options: { router: url } });
    assert.equal((await findRouter(other.context)).id, ROUTER_ID);
    assert.match(other.said.join(), /not remembered/);
  });
});
