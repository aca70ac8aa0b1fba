// The file that npm links as a program: it can be read by every Node since 12, so that an old one says what is wrong.
import { NODE_MIN } from "./packed-packages.ts";

/** The text of `bin/<name>.js`. */
export function starterText(name: string): string {
  const { major, minor } = NODE_MIN;
  return `#!/usr/bin/env node
// An old Node could not even read the program, so its version is looked at first, in words that it understands.
var version = process.versions.node.split(".").map(Number);
if (version[0] > ${major} || (version[0] === ${major} && version[1] >= ${minor})) {
  import("../dist/main.js");
} else {
  console.error(
    "${name} needs Node.js ${major}.${minor} or newer; this is " + process.version + ": https://nodejs.org/en/download",
  );
  process.exitCode = 1;
}
`;
}
