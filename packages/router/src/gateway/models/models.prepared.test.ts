// How prepared lists come over HTTP: whole, compressed, or not at all where the client has them; and when they are made anew.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { CatalogueServer, RawReply } from "../../test-bed/catalogue-server.ts";
import { newAddress, offerOf, startCatalogueServer } from "../../test-bed/catalogue-server.ts";
import { tickingClock } from "../../test-bed/ticking-clock.ts";
import { LIST_MEASURED_MS, LIST_REST_MS_MAX, LIST_SMALL_MAX } from "./limits.ts";

const MANY = 300;
const many = () => Array.from({ length: MANY }, (_, index) => offerOf(`acme/m${index}`));

describe("a prepared list", () => {
  let server: CatalogueServer;
  before(async () => {
    server = await startCatalogueServer();
    server.sell(many());
  });
  after(() => server.close());

  test("comes in the form that the client takes, each with a strong tag of its own", async () => {
    const plain = await server.ask("/api/v1/models");
    const gzip = await server.ask("/api/v1/models", { "accept-encoding": "gzip" });
    const br = await server.ask("/api/v1/models", { "accept-encoding": "gzip, br" });
    assert.deepEqual(gunzipSync(gzip.bytes), plain.bytes);
    assert.deepEqual(brotliDecompressSync(br.bytes), plain.bytes);
    assert.ok(gzip.bytes.length * 4 < plain.bytes.length);
    const header = (name: string) => [plain, gzip, br].map(({ headers }) => headers[name]);
    assert.deepEqual(header("content-encoding"), [undefined, "gzip", "br"]);
    assert.equal(new Set(header("etag")).size, 3);
    for (const tag of header("etag")) assert.match(String(tag), /^"[A-Za-z0-9_-]{43}(-gzip|-br)?"$/);
    assert.deepEqual(
      header("vary"),
      Array.from({ length: 3 }, () => "accept-encoding"),
    );
    assert.deepEqual(
      header("cache-control"),
      Array.from({ length: 3 }, () => "public, max-age=1, must-revalidate"),
    );
    assert.deepEqual(
      header("content-type"),
      Array.from({ length: 3 }, () => "application/json; charset=utf-8"),
    );
    assert.deepEqual(
      header("content-length"),
      [plain, gzip, br].map(({ bytes }) => String(bytes.length)),
    );
  });

  test("is not sent to who has it in the form that it would come in", async () => {
    for (const accepted of ["identity", "gzip", "br"]) {
      const first = await server.ask("/api/v1/models", { "accept-encoding": accepted });
      const tag = String(first.headers.etag);
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
        const again = await server.ask("/v1/models", { "accept-encoding": accepted, "if-none-match": known });
        assert.deepEqual([again.status, again.bytes.length, again.headers.etag], [304, 0, tag]);
        assert.equal(again.headers.vary, "accept-encoding");
        assert.equal(again.headers["cache-control"], "public, max-age=1, must-revalidate");
        assert.equal(again.headers["content-encoding"], undefined);
      }
      for (const other of ['"other"', tag.replaceAll('"', "")]) {
        const again = await server.ask("/api/v1/models", { "accept-encoding": accepted, "if-none-match": other });
        assert.equal(again.status, 200);
      }
    }
    const gzip = await server.ask("/api/v1/models", { "accept-encoding": "gzip" });
    const other = await server.ask("/api/v1/models", { "if-none-match": String(gzip.headers.etag) });
    assert.equal(other.status, 200, "what it has is another form");
  });

  test("may be kept by a client with a key, and by nobody between", async () => {
    const headers = { authorization: "Bearer x" };
    const first = await server.ask("/api/v1/models", headers);
    assert.equal(first.headers["cache-control"], "private, no-cache");
    const again = await server.ask("/api/v1/models", { ...headers, "if-none-match": String(first.headers.etag) });
    assert.deepEqual([again.status, again.headers["cache-control"]], [304, "private, no-cache"]);
  });

  test("is told of by HEAD as by GET", async () => {
    const headers = { "accept-encoding": "gzip" };
    const get = await server.ask("/api/v1/models", headers);
    const head = await server.ask("/api/v1/models", headers, "HEAD");
    const { date: _one, ...got } = get.headers;
    const { date: _other, ...told } = head.headers;
    assert.deepEqual([told, head.bytes.length], [got, 0]);
    const known = { ...headers, "if-none-match": String(get.headers.etag) };
    assert.equal((await server.ask("/api/v1/models", known, "HEAD")).status, 304);
  });

  for (const path of [
    "/models?q=m1",
    "/models/acme/m1/endpoints",
    "/models/acme/m1",
    "/models/acme%2Fm1",
    "/providers",
  ]) {
    test(`is ${path}, too`, async () => {
      const first = await server.ask(`/api/v1${path}`);
      assert.equal(first.status, 200);
      const again = await server.ask(`/api/v1${path}`, { "if-none-match": String(first.headers.etag) });
      assert.deepEqual([again.status, again.bytes.length], [304, 0]);
    });
  }

  test("that is small comes as it is", async () => {
    const { headers } = await server.ask("/api/v1/models?q=nothing", { "accept-encoding": "br" });
    assert.equal(headers["content-encoding"], undefined);
  });

  test("comes whole to everybody who asks at once, however many forms are being made", async () => {
    const asked = Array.from({ length: 30 }, (_, index) =>
      server.ask(`/api/v1/models?q=m&max_price=${index + 1}`, { "accept-encoding": index % 2 === 0 ? "gzip" : "br" }),
    );
    const decoded = (await Promise.all(asked)).map(({ headers, bytes }): Buffer => {
      if (headers["content-encoding"] === "br") return brotliDecompressSync(bytes);
      return headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
    });
    for (const bytes of decoded) assert.equal((JSON.parse(bytes.toString()) as { data: [] }).data.length, MANY);
  });
});

describe("the whole list is made anew", () => {
  let clock: ManualClock;
  let server: CatalogueServer;
  let seller: string;
  const ask = (headers: Record<string, string> = {}): Promise<RawReply> => server.ask("/api/v1/models", headers);
  const tag = async (): Promise<string> => String((await ask()).headers.etag);
  before(async () => {
    clock = manualClock();
    server = await startCatalogueServer({ clock });
    seller = server.sell(many(), { link: "first" });
  });
  after(() => server.close());

  test("when an offer comes, changes or goes, and has the tag of before where all is as before", async () => {
    const earlier = await tag();
    server.sell([offerOf("acme/new")], { link: "second" });
    assert.notEqual(await tag(), earlier);
    server.book.remove("second");
    assert.equal(await tag(), earlier);
    server.sell(many().with(0, offerOf("acme/m0", { context_length: 5 })), { link: "first", wallet: seller });
    assert.notEqual(await tag(), earlier);
    server.sell(many(), { link: "first", wallet: seller });
    assert.equal(await tag(), earlier);
  });

  test("and so is every part of it", async () => {
    const found = async (): Promise<number> => {
      const { data } = await server.get<{ data: { count: number } }>("/api/v1/models/count?q=acme");
      const list = await server.get<{ total_count: number }>("/api/v1/models?q=acme&limit=1");
      assert.equal(data.count, list.total_count);
      return data.count;
    };
    assert.equal(await found(), MANY);
    server.sell([offerOf("acme/new")], { link: "second" });
    assert.equal(await found(), MANY + 1);
    server.book.remove("second");
    assert.equal(await found(), MANY);
  });

  test("when something was found out about an offer", async () => {
    const count = async (): Promise<number> =>
      (await server.get<{ data: { aimo: { verified: number } } }>("/api/v1/models/acme/m1")).data.aimo.verified;
    const earlier = await tag();
    assert.equal(await count(), 0);
    server.find(`${seller}/m1`, { verdict: "verified" });
    clock.advance(1_000); // for the view, which is as old at most
    assert.notEqual(await tag(), earlier);
    assert.equal(await count(), 1);
  });

  test("with new measurements, but not before ten seconds have passed", async () => {
    clock.advance(LIST_MEASURED_MS);
    const earlier = await tag();
    for (let payer = 0; payer < 40; payer += 1) {
      const judgement = { offerId: `${seller}/m2`, payerWallet: newAddress(), outcome: "succeeded" as const };
      server.health.judge({ ...judgement, firstOutputMs: 300 });
    }
    clock.advance(LIST_MEASURED_MS - (clock.monotonic() % LIST_MEASURED_MS) - 1);
    assert.equal(await tag(), earlier);
    clock.advance(1);
    assert.notEqual(await tag(), earlier);
  });
});

test("a long list is shown as it is for a while, so that making lists takes a part of the time only", async (t) => {
  const clock = tickingClock();
  const server = await startCatalogueServer({ clock });
  t.after(() => server.close());
  const total = async (): Promise<number> => (await server.get<{ total_count: number }>("/api/v1/models")).total_count;
  server.sell([offerOf("a/a")]);
  assert.equal(await total(), 1);
  server.sell([offerOf("a/b")]);
  assert.equal(await total(), 2, "a short one is always what it should be");
  server.sell(Array.from({ length: LIST_SMALL_MAX }, (_, index) => offerOf(`b/m${index}`)));
  assert.equal(await total(), LIST_SMALL_MAX + 2);
  server.sell([offerOf("a/c")]);
  assert.equal(await total(), LIST_SMALL_MAX + 2);
  clock.advance(LIST_REST_MS_MAX);
  assert.equal(await total(), LIST_SMALL_MAX + 3);
});
