import assert from "node:assert/strict";
import { test } from "node:test";
import { getSetUrlInstructionDataEncoder } from "./generated/instructions/setUrl.ts";
import { TestChain, signer } from "./test-bed/chain.ts";
import { RouterBed } from "./test-bed/router-bed.ts";
import { RouterInstructions } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

const LONGEST = `https://${"u".repeat(120)}`;
/** What would break a line, a page or a terminal that shows a directory of routers. */
const WRONG_URLS = [
  `${LONGEST}u`,
  "https://a b",
  "https://a\n",
  "https://a\u0000",
  "https://a\u001B[2J",
  "https://é",
  "a\u007F",
];

test("a router's URL is printable ASCII of at most 128 bytes, when it is opened and when it changes", async () => {
  const scene = await Scene.open();
  const chain = new TestChain();
  const ask = new RouterInstructions(await RouterBed.prepare(chain));
  for (const url of WRONG_URLS) {
    scene.refuse("BadInstruction", scene.ask.setUrl(url));
    assert.equal(chain.send(ask.init({ url })).error, "BadInstruction", url);
  }
  scene.land(scene.ask.setUrl(LONGEST));
  scene.land(scene.ask.setUrl("short"));
  const bytes = Buffer.from(scene.chain.account(scene.bed.config)?.data ?? []).subarray(720, 848);
  assert.equal(bytes.toString("latin1"), "short".padEnd(128, "\0"));
});

test("a URL whose length says too much or too little is refused", async () => {
  const scene = await Scene.open();
  const data = Uint8Array.from(getSetUrlInstructionDataEncoder().encode({ url: "https://router.example" }));
  for (const length of [0, 21, 23, 127, 128, 129, 255]) {
    scene.refuse("BadInstruction", { ...scene.ask.setUrl(""), data: data.with(1, length) });
  }
});

test("a pause of nothing, of what cannot be paused, or of what is cleared at once is refused", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  const admin = { signer: signer(scene.bed.keys.admin) };
  for (const [set, clear] of [
    [0, 0],
    [8, 0],
    [0, 8],
    [128, 0],
    [255, 0],
    [1, 1],
    [7, 4],
  ] as const) {
    scene.refuse("BadInstruction", ask.setPause(set, { ...admin, clear }));
  }
  scene.land(ask.setPause(1, { ...admin, clear: 6 }));
});
