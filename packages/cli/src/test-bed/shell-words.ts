// The commands of an example, as a shell would split them into words.

const WORD = /"((?:[^"\\]|\\.)*)"|'([^']*)'|[|;&()<>]+|[^\s"'|;&()<>]+/g;

/** A line's words; words that end a command are their own. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(WORD)].map(([whole, double, single]) => double ?? single ?? whole);
}

/** What stands behind each `aimo` of an example, up to the end of its command; substitutions count, too. */
export function exampleCommands(example: string): string[][] {
  const found: string[][] = [];
  const text = example.replaceAll("\\\n", " ").replaceAll(/"?\$\(([^)]*)\)"?/g, "x ; $1 ;");
  for (const line of text.split("\n")) {
    let words: string[] | undefined;
    for (const word of wordsOf(line.replace(/(^|\s)#.*$/, ""))) {
      if (/^[|;&()<>]+$/.test(word)) words = undefined;
      else if (words !== undefined) words.push(word);
      else if (word === "aimo") found.push((words = []));
    }
  }
  return found;
}
