import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEnv } from "node:util";
import { settingsText } from "./settings-file.ts";

const SETTINGS = {
  folder: "/srv/my router",
  url: "https://router.example",
  rpcUrl: "https://rpc.example/?api-key=a#b",
  programId: "Prog1111",
  settlerFile: "/srv/my router/settler.json",
  cosignerFile: undefined,
};

test("what is written is what the router reads, spaces and signs among it", () => {
  assert.deepEqual(parseEnv(settingsText(SETTINGS)), {
    AIMO_DATA_DIR: "/srv/my router",
    AIMO_PUBLIC_URL: "https://router.example",
    AIMO_RPC_URL: "https://rpc.example/?api-key=a#b",
    AIMO_PROGRAM_ID: "Prog1111",
    AIMO_SETTLER_KEY_FILE: "/srv/my router/settler.json",
  });
});

test("a key that is kept elsewhere is told instead of named", () => {
  assert.match(settingsText(SETTINGS), /^# The cosigner's key is kept elsewhere: AIMO_SIGNER_SOCKET/m);
});

test("what a file of settings cannot hold is refused by the setting's name", () => {
  for (const folder of ["/srv/o'clock", "/srv/a\nb", String.raw`/srv/a\b`]) {
    assert.throws(() => settingsText({ ...SETTINGS, folder }), /AIMO_DATA_DIR cannot be written down/, folder);
  }
});
