// Puts security.txt into a program, since the linker leaves such sections out. Run by build.sh with three paths.
import { readFileSync, writeFileSync } from "node:fs";
import { withSection } from "./elf.ts";
import { SECURITY_SECTION, securityText } from "./security-text.ts";

const [linked, text, output] = process.argv.slice(2);
if (linked === undefined || text === undefined || output === undefined) {
  throw new Error("Expected three paths: what the linker wrote, security.txt, and where to write the program.");
}
writeFileSync(output, withSection(readFileSync(linked), SECURITY_SECTION, securityText(readFileSync(text, "utf8"))));
