// What /metrics says: the numbers that were counted, bounded labels, a registry of each router's own, and its document.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { ERROR_TABLE } from "@aimo-network/protocol/error-table";
import type { RouterMetrics } from "./metrics.ts";
import { createMetrics, requestName } from "./metrics.ts";

function start(t: TestContext): RouterMetrics {
  const metrics = createMetrics(manualClock(), {
    links: () => 3,
    bodiesHeldBytes: () => 40,
    answersHeldBytes: () => 50,
  });
  t.after(() => metrics.close());
  return metrics;
}

/** The samples of a page by name and labels. */
function samplesOf(page: string): Map<string, number> {
  const lines = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

describe("the page of metrics", () => {
  test("has what was counted and what other rooms know", async (t) => {
    const { counts, page } = start(t);
    counts.requests.add(requestName("chat_completions", true, "answered"));
    counts.requests.add(requestName("chat_completions", true, "answered"));
    counts.requests.add(requestName("chat_completions", undefined, "refused"));
    counts.errors.add("missing_key");
    counts.attempts.add("provider_timeout");
    counts.retries += 2;
    counts.requestsOpen += 4;
    counts.streamsOpen += 5;
    counts.bytesToProviders += 600;
    counts.bytesFromProviders += 700;
    counts.spansLost += 8;
    counts.ledger.batch(64, 0.005);
    counts.ledger.batch(65, 0.006);
    counts.ledger.refused("23503");
    counts.ledger.imbalance(7n);
    for (const [sample, value] of [
      ['aimo_requests_total{endpoint="chat_completions",stream="true",outcome="answered"}', 2],
      ['aimo_requests_total{endpoint="chat_completions",stream="unknown",outcome="refused"}', 1],
      ['aimo_requests_total{endpoint="other",stream="unknown",outcome="answered"}', 0],
      ['aimo_errors_total{code="missing_key"}', 1],
      ['aimo_errors_total{code="provider_error"}', 0],
      ['aimo_attempts_total{outcome="provider_timeout"}', 1],
      ['aimo_attempts_total{outcome="answered"}', 0],
      ["aimo_retries_total", 2],
      ["aimo_requests_open", 4],
      ["aimo_streams_open", 5],
      ["aimo_links", 3],
      ["aimo_bodies_held_bytes", 40],
      ["aimo_answers_held_bytes", 50],
      ['aimo_relay_bytes_total{direction="to_provider"}', 600],
      ['aimo_relay_bytes_total{direction="from_provider"}', 700],
      ["aimo_spans_lost_total", 8],
      ['aimo_ledger_batch_size_bucket{le="64"}', 1],
      ['aimo_ledger_batch_seconds_bucket{le="0.01"}', 2],
      ['aimo_ledger_batches_refused_total{state="23503"}', 1],
      ['aimo_ledger_batches_refused_total{state="40P01"}', 0],
      ["ledger_imbalance_nano_usdc", 7],
    ] as const) {
      assert.equal(samplesOf(await page()).get(sample), value, sample); // the page is read again and again: nothing doubles
    }
  });

  test("has durations in seconds, in buckets", async (t) => {
    const { counts, page } = start(t);
    counts.firstOutput(300);
    counts.requestEnded(true, 3_000);
    counts.requestEnded(false, 20);
    const samples = samplesOf(await page());
    for (const [sample, value] of [
      ['aimo_first_token_seconds_bucket{le="0.25"}', 0],
      ['aimo_first_token_seconds_bucket{le="0.5"}', 1],
      ["aimo_first_token_seconds_sum", 0.3],
      ['aimo_request_seconds_bucket{le="2.5",stream="true"}', 0],
      ['aimo_request_seconds_bucket{le="5",stream="true"}', 1],
      ['aimo_request_seconds_sum{stream="true"}', 3],
      ['aimo_request_seconds_count{stream="false"}', 1],
    ] as const) {
      assert.equal(samples.get(sample), value, sample);
    }
  });

  test("tells the process apart from others and says how late timers fire", async (t) => {
    const samples = samplesOf(await start(t).page());
    assert.equal(samples.get(`aimo_build_info{version="0.1.0",node="${process.versions.node}"}`), 1);
    assert.ok((samples.get("process_cpu_seconds_total") ?? 0) > 0);
    assert.ok((samples.get("process_resident_memory_bytes") ?? 0) > 10_000_000);
    assert.ok((samples.get("process_heap_bytes") ?? 0) > 1_000_000);
    assert.ok((samples.get("process_start_time_seconds") ?? 0) > 1_700_000_000);
    for (const quantile of ["0.5", "0.99", "1"]) {
      const seconds = samples.get(`aimo_event_loop_delay_seconds{quantile="${quantile}"}`);
      assert.ok(seconds !== undefined && seconds >= 0 && seconds < 600, quantile);
    }
  });

  test("has as many series after every error there is as it had before", async (t) => {
    const { counts, page } = start(t);
    const before = samplesOf(await page()).size;
    for (const code of Object.keys(ERROR_TABLE)) counts.errors.add(code);
    counts.requests.add(requestName("other", undefined, "refused"));
    counts.requests.add(requestName("chat_completions", false, "client_left"));
    assert.equal(samplesOf(await page()).size, before);
  });

  test("is of one router, although a process may run several", async (t) => {
    const [first, second] = [start(t), start(t)];
    first.counts.retries += 1;
    assert.equal(samplesOf(await first.page()).get("aimo_retries_total"), 1);
    assert.equal(samplesOf(await second.page()).get("aimo_retries_total"), 0);
  });
});

test("docs/observability.md lists every metric with its kind and labels, and no other", async (t) => {
  const page = await start(t).page();
  const labels = new Map<string, string>();
  for (const sample of samplesOf(page).keys()) {
    const [, name = "", list = ""] = /^(\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})?$/.exec(sample) ?? [];
    const names = [...list.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== "le");
    if (!labels.has(name) || names.length > 0) labels.set(name, names.map((label) => `\`${label}\``).join(", "));
  }
  const declared = [...page.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(
    ([, name = "", kind]) => `\`${name}\` | ${kind} | ${labels.get(name) ?? ""}`,
  );
  const document = readFileSync(new URL("../../../docs/observability.md", import.meta.url), "utf8");
  const documented = [...document.matchAll(/^\| (`\w+`) +\| (counter|gauge|histogram) +\| (.*?) *\|/gm)].map(
    ([, name, kind, list]) => `${name} | ${kind} | ${list}`,
  );
  assert.ok(declared.length > 15);
  assert.deepEqual(documented.toSorted(), declared.toSorted());
});
