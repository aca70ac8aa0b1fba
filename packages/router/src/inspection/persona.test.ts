import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@aimo-network/protocol/random";
import { probeFor } from "../market/truth/probes.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { newPersona } from "./persona.ts";

test("a body has its members in the order in which the client of its name writes them", () => {
  const random = seededRandom(1);
  const offer = plainOffer("m");
  const seen = new Set<string>();
  for (let count = 0; count < 50; count += 1) {
    const { userAgent, bodyOf } = newPersona(random);
    const orderOf = (check: "tools" | "stream"): string =>
      Object.keys(JSON.parse(Buffer.from(bodyOf("a/m", probeFor(random, check, offer))).toString()) as object).join();
    seen.add(`${/Python|JS/.exec(userAgent)?.[0]} ${orderOf("tools")} ${orderOf("stream")}`);
  }
  assert.deepEqual([...seen].toSorted(), [
    "JS model,messages,tools,tool_choice model,messages,stream,stream_options",
    "Python messages,model,tool_choice,tools messages,model,stream,stream_options",
  ]);
});

test("nobody comes twice", () => {
  const random = seededRandom(1);
  const payers = Array.from({ length: 1_000 }, () => newPersona(random).payer);
  assert.equal(new Set(payers).size, payers.length);
  for (const payer of payers) assert.match(payer, /^[0-9a-f]{32}$/);
});
