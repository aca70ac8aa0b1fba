import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readGuideBlocks } from "./guide-blocks.ts";

const GUIDE = `# A guide

\`\`\`sh
one
\`\`\`

## Second step

1. Save it:
   \`\`\`toml config.toml
   [router]
     deeper = true
   \`\`\`

\`\`\`\`sh stays
echo \`\`\`
\`\`\`\`
`;

describe("blocks of a guide", () => {
  test("come in their order, with their language, words, heading and line", () => {
    assert.deepEqual(readGuideBlocks(GUIDE), [
      { language: "sh", words: [], text: "one", heading: "A guide", line: 3 },
      { language: "toml", words: ["config.toml"], text: "[router]\n  deeper = true", heading: "Second step", line: 10 },
      { language: "sh", words: ["stays"], text: "echo ```", heading: "Second step", line: 15 },
    ]);
  });

  test("that do not end are told with their line", () => {
    assert.throws(() => readGuideBlocks("text\n```sh\none\n"), /line 2/);
  });
});
