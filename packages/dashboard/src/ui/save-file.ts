// Files that the page itself makes, saved where the browser saves downloads.

/** Saves a text as a file; `type` is its media type, such as `text/csv`. */
export function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
