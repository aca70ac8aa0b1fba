// Keys come from files that only their owner may read, and no fault quotes them.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { SignerFault, readKeyFiles } from "./key-files.ts";

/** Two key files in a folder of the test's own. */
function makeFiles(t: { after(clean: () => void): void }): { settler: string; cosigner: string; addresses: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "aimo-keys-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [settler, cosigner] = [join(folder, "settler.json"), join(folder, "cosigner.json")];
  return { settler, cosigner, addresses: [makeKeyFile(settler), makeKeyFile(cosigner)] };
}

test("both keys are read from their files", async (t) => {
  const { addresses, ...files } = makeFiles(t);
  const { settler, cosigner } = await readKeyFiles(files);
  assert.deepEqual([settler.address, cosigner.address], addresses);
});

test("a file that others may read is refused, whichever others, with what to do", async (t) => {
  const files = makeFiles(t);
  for (const mode of [0o640, 0o604, 0o660, 0o644, 0o610]) {
    chmodSync(files.cosigner, mode);
    await assert.rejects(readKeyFiles(files), (error) => {
      assert.ok(error instanceof SignerFault);
      assert.match(error.message, new RegExp(`found mode ${mode.toString(8)}: chmod 600 .*cosigner.json$`));
      return true;
    });
  }
  for (const mode of [0o400, 0o600]) {
    chmodSync(files.cosigner, mode);
    await readKeyFiles(files);
  }
});

test("a file that is missing, or no key, is refused without its words", async (t) => {
  const files = makeFiles(t);
  await assert.rejects(
    readKeyFiles({ ...files, settler: `${files.settler}.none` }),
    /expected a key file, found none \(ENOENT\)/,
  );
  for (const content of ["[1,2,3]", "a secret", `[${Array.from({ length: 64 }, () => "7").join(",")}]`]) {
    writeFileSync(files.settler, content);
    await assert.rejects(readKeyFiles(files), (error) => {
      assert.ok(error instanceof SignerFault);
      assert.match(error.message, /expected a key as solana-keygen writes it, found something else/);
      assert.doesNotMatch(error.message, /a secret|7,7/);
      return true;
    });
  }
  assert.ok(readFileSync(files.cosigner, "utf8").length > 0);
});
