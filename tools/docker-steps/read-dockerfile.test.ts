import assert from "node:assert/strict";
import { test } from "node:test";
import { DockerfileFault, readDockerfile } from "./read-dockerfile.ts";

test("a Dockerfile is read as stages with their instructions", () => {
  const stages = readDockerfile(`# a comment
FROM node:24-bookworm-slim AS install
COPY a-*.tgz ./a.tgz
RUN npm install \\
    # why
    ./a.tgz

FROM node:24-bookworm-slim
ENV A=1 \\
    B="two words"
WORKDIR /opt
COPY --from=install /install/node_modules ./node_modules
USER node
EXPOSE 80
VOLUME ["/var/lib/a"]
HEALTHCHECK --interval=30s --retries=3 \\
  CMD ["node", "-e", "process.exit(0)"]
ENTRYPOINT ["node", "a.js"]
CMD ["run"]
`);
  assert.deepEqual(stages, [
    {
      image: "node:24-bookworm-slim",
      name: "install",
      instructions: [
        { kind: "COPY", from: undefined, sources: ["a-*.tgz"], target: "./a.tgz" },
        { kind: "RUN", script: "npm install ./a.tgz" },
      ],
    },
    {
      image: "node:24-bookworm-slim",
      name: undefined,
      instructions: [
        { kind: "ENV", values: { A: "1", B: "two words" } },
        { kind: "WORKDIR", value: "/opt" },
        { kind: "COPY", from: "install", sources: ["/install/node_modules"], target: "./node_modules" },
        { kind: "USER", value: "node" },
        { kind: "EXPOSE", value: "80" },
        { kind: "VOLUME", words: ["/var/lib/a"] },
        { kind: "HEALTHCHECK", words: ["node", "-e", "process.exit(0)"] },
        { kind: "ENTRYPOINT", words: ["node", "a.js"] },
        { kind: "CMD", words: ["run"] },
      ],
    },
  ]);
});

test("what is not understood is refused with its line", () => {
  const faults: readonly (readonly [string, number])[] = [
    ["FROM a\nADD a b", 2],
    ["FROM a\nENTRYPOINT node a.js", 2],
    ["FROM a\nCOPY --chmod=755 a b", 2],
    ["FROM a\nCOPY a", 2],
    ["FROM a\nENV A 1", 2],
    ["FROM a\nHEALTHCHECK NONE", 2],
    ["FROM --platform=linux/amd64 a", 1],
    ["\nRUN a", 2],
    ["FROM a\nRUN a \\", 2],
    ["# nothing", 1],
  ];
  for (const [text, line] of faults) {
    assert.throws(
      () => readDockerfile(text),
      (error) => error instanceof DockerfileFault && error.message.startsWith(`line ${line}: `),
      text,
    );
  }
});
