// Which console a router serves, and what it says of a folder that holds none.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { CONSOLE_BYTES_MAX, CONSOLE_FILES_MAX } from "./limits.ts";
import { openConsole } from "./open-console.ts";

describe("the console of a router", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "aimo-console-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const faultOf = (): string => {
    const found = openConsole(folder);
    return found !== undefined && "fault" in found ? found.fault : assert.fail("no fault");
  };

  test("is the one that it came with, where none is named and it came with one", () => {
    assert.equal(openConsole(undefined, folder), undefined);
    writeFileSync(join(folder, "index.html"), "<p>");
    const found = openConsole(undefined, folder);
    assert.ok(found !== undefined && "byPath" in found);
    assert.deepEqual([...found.byPath.keys()], ["/index.html", "/"]);
    assert.equal(openConsole("none", folder), undefined);
  });

  test("is refused without a page, and with more than a router holds", () => {
    assert.equal(faultOf(), `expected a folder with an index.html, found none in ${folder}`);
    mkdirSync(join(folder, "index.html"));
    assert.match(faultOf(), /found none/);
    rmSync(join(folder, "index.html"), { recursive: true });
    writeFileSync(join(folder, "index.html"), "");
    for (let number = 1; number < CONSOLE_FILES_MAX; number += 1) writeFileSync(join(folder, `${number}.js`), "");
    assert.ok(!("fault" in (openConsole(folder) ?? {})));
    writeFileSync(join(folder, "0.js"), "");
    assert.match(faultOf(), /^expected at most 1000 files with 33554432 bytes, found 1001 files with 0 bytes in /);
    rmSync(join(folder, "0.js"));
    truncateSync(join(folder, "1.js"), CONSOLE_BYTES_MAX + 1);
    assert.match(faultOf(), /found 1000 files with 33554433 bytes/);
  });

  test("is refused in the same words where its files cannot be read", () => {
    writeFileSync(join(folder, "index.html"), "<p>");
    symlinkSync(join(folder, "gone.js"), join(folder, "link.js"));
    assert.match(faultOf(), /^expected a folder whose files this router may read, found ENOENT: .*link\.js/);
    const impossible = openConsole("a\0b");
    assert.ok(impossible !== undefined && "fault" in impossible);
    assert.match(impossible.fault, /null bytes/);
  });

  test("is a fault of the settings that a router does not start with", async () => {
    await assert.rejects(startTestRouter({ AIMO_CONSOLE_DIR: folder }), (error) => {
      assert.ok(error instanceof Error && "faults" in error);
      const fault = `AIMO_CONSOLE_DIR: expected a folder with an index.html, found none in ${folder}. \`none\` serves no console.`;
      assert.deepEqual(error.faults, [fault]);
      return true;
    });
  });
});
