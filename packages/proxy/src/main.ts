#!/usr/bin/env node
// The program `aimo-proxy`: nothing but the version of Node and the exit code is decided here.

const NODE_MAJOR_MIN = 24; // native TypeScript, and proxies of the environment for WebSockets

const major = Number.parseInt(process.versions.node, 10);
if (major < NODE_MAJOR_MIN) {
  console.error(
    `aimo-proxy needs Node.js ${NODE_MAJOR_MIN} or newer, this is ${process.version}: install it from nodejs.org.`,
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
