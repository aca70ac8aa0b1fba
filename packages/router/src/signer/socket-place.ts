// Where the signer's socket is: in a folder that is nobody else's, and never in the place of a socket that is served.
import { lstatSync, statSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import type { Clock } from "@aimo-network/protocol/clock";
import { within } from "@aimo-network/protocol/clock";
import { SignerFault } from "./key-files.ts";
import { SOCKET_PATH_BYTES_MAX, SOCKET_PROBE_MS } from "./limits.ts";

const OTHERS_MAY_WRITE = 0o022;

function insistOnFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) {
    throw new SignerFault(`AIMO_SIGNER_SOCKET: expected the folder ${folder}, found none: make it, with mode 700.`);
  }
  if ((found.mode & OTHERS_MAY_WRITE) !== 0) {
    const mode = (found.mode & 0o7777).toString(8);
    throw new SignerFault(
      `AIMO_SIGNER_SOCKET: expected a folder that nobody else may write to, found ${folder} with mode ${mode}: chmod 700 ${folder}`,
    );
  }
}

/** Whether somebody accepts connections there. */
async function isServed(clock: Clock, path: string): Promise<boolean> {
  const socket = connect(path);
  const answered = new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    // Refused: a socket whose process is gone. Anything else may be a process that is only busy.
    socket.once("error", (error) => resolve(!("code" in error && error.code === "ECONNREFUSED")));
  });
  const found = await within(clock, SOCKET_PROBE_MS, answered);
  socket.destroy();
  return found ?? true;
}

/** Makes sure that a socket can be made at a path: checks its folder, and takes away one that a dead process has left. */
export async function clearSocketPlace(clock: Clock, path: string): Promise<void> {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    throw new SignerFault(`AIMO_SIGNER_SOCKET: expected a path of at most ${SOCKET_PATH_BYTES_MAX} bytes, found more.`);
  }
  insistOnFolder(dirname(path));
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new SignerFault(
      `AIMO_SIGNER_SOCKET: expected nothing or a socket at ${path}, found a file: name another path.`,
    );
  }
  if (await isServed(clock, path)) {
    throw new SignerFault(`AIMO_SIGNER_SOCKET: another process listens at ${path}: end it, or name another path.`);
  }
  unlinkSync(path);
}
