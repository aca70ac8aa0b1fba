import assert from "node:assert/strict";
import { test } from "node:test";
import { briefSigns } from "./modality-signs.ts";

test("text is told only where there is nothing else to tell", () => {
  assert.deepEqual(briefSigns(["text"], ["text"]), { input: ["text"], output: [] });
  assert.deepEqual(briefSigns(["text", "image"], ["text"]), { input: ["image"], output: [] });
  assert.deepEqual(briefSigns(["text"], ["image"]), { input: ["text"], output: ["image"] });
  assert.deepEqual(briefSigns(["text", "audio"], ["text", "audio"]), { input: ["audio"], output: ["text", "audio"] });
});
