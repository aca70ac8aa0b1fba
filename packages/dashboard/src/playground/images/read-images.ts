// Files of the browser as `data:` URLs.
import { ConsoleFault } from "../../api/fault-words.ts";
import type { AttachedImage } from "./attached-image.ts";

let lastId = 0;

function readUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result as string));
    reader.addEventListener("error", () =>
      reject(new ConsoleFault(`“${file.name}” cannot be read.`, "Choose it again; it may have been moved.")),
    );
    reader.readAsDataURL(file);
  });
}

/** Reads the files; throws `ConsoleFault` for one that cannot be read. */
export async function readImages(files: readonly File[]): Promise<AttachedImage[]> {
  return await Promise.all(
    files.map(async (file) => {
      lastId += 1;
      return { id: lastId, name: file.name, bytes: file.size, url: await readUrl(file) };
    }),
  );
}
