// CSV as RFC 4180 has it, for spreadsheets.

/** A cell: quoted where it has to be, and never a formula, for names are other people's words. */
function cellText(cell: string): string {
  const safe = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(cell) && !/^-?\d+(?:\.\d+)?$/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of cells below their titles; a cell that a spreadsheet would take for a formula begins with a `'`. */
export function csvText(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [titles, ...rows].map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}
