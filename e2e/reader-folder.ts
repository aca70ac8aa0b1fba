// Where a guide is walked: an empty folder and the packed packages, gone when the test is over.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** What a reader begins with. */
export interface ReaderFolder {
  /** Is not there yet: the reader's machine is made in it. */
  readonly folder: string;
  /** The folder of the packed packages. */
  readonly tarballs: string;
}

/** Packs the packages for a reader by `packAll`; what is installed of them is large, so all of it goes with the test. */
export async function openReaderFolder(
  t: Pick<TestContext, "after">,
  packAll: (folder: string) => Promise<unknown>,
): Promise<ReaderFolder> {
  const root = mkdtempSync(join(tmpdir(), "aimo-reader-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const tarballs = join(root, "packed");
  await packAll(tarballs);
  return { folder: join(root, "machine"), tarballs };
}
