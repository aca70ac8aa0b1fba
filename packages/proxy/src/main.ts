#!/usr/bin/env node
// The program `aimo-proxy`: nothing but the version of Node and the exit code is decided here.

const NODE_MIN = [22, 18] as const; // native TypeScript without a warning

const [major = 0, minor = 0] = process.versions.node.split(".").map((part) => Number.parseInt(part, 10));
if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
  console.error(
    `aimo-proxy needs Node.js ${NODE_MIN.join(".")} or newer; this is ${process.version}: https://nodejs.org/en/download`,
  );
  process.exit(1);
}

// Imported only now: what an old Node cannot read must not come before the sentence above.
const { commandLine } = await import("./command-line.ts");
const { errorTrace } = await import("@aimo-network/protocol/error-trace");

process.on("uncaughtException", (error) => {
  // Node would print the error's words, which may quote a request or a key.
  console.error(`aimo-proxy broke: ${JSON.stringify(errorTrace(error))}`);
  process.exit(1);
});

process.exitCode = await commandLine(process.argv.slice(2), {
  environment: process.env,
  output: process.stdout,
  errors: process.stderr,
  parentId: () => process.ppid,
  exit: (code) => process.exit(code),
});
