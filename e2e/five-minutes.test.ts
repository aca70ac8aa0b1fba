// The README's five minutes, walked as they are printed: the balance falls by exactly what each answer says it cost.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { after, before, describe, test } from "node:test";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { Network } from "./network.ts";
import { startNetwork, waitFor } from "./network.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FIRST_REQUEST = "Five minutes to a first request";
const BEING_PAID = "Five minutes to being paid";
const run = promisify(execFile);

/** The blocks of one language in a section of the README. */
function blocks(heading: string, language: string): string[] {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, section = ""] = readme.split(`## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return [...own.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(([, text]) => text ?? "");
}

/** What a JSON number or text says of a member, digit by digit: an amount is never read as a float. */
function amountIn(text: string, name: string): NanoUsdc {
  const digits = new RegExp(`"${name}":"?([0-9.]+)"?`).exec(text)?.[1];
  assert.ok(digits !== undefined, `${name} is in ${text}`);
  return parseNanoUsdc(digits);
}

describe("the README's five minutes to a first request", () => {
  let network: Network;
  const inNetwork = (text: string): string => text.replaceAll(".aimo/", `${network.directory}/`);

  before(async () => {
    // What is settled is payable no more, and payables are looked at here: nothing is old before they were.
    network = await startNetwork({ withChain: true, routerSettings: { AIMO_SETTLE_AGE_MS: "60000" } });
  });
  after(() => network.stop());

  const balance = async (): Promise<string> => {
    const { router_url: url, user } = network.file;
    const response = await fetch(`${url}/api/v1/account/balance`, {
      headers: { authorization: `Bearer ${user.api_key}` },
    });
    return await response.text();
  };

  test("begin with OpenAI's own SDK, and an answer that says what it cost", async () => {
    const [program = ""] = blocks(FIRST_REQUEST, "js");
    const { stdout } = await run("node", ["--input-type=module", "--eval", inNetwork(program)], { cwd: ROOT });
    assert.match(stdout, /cost: 0\.0/);
  });

  test("show the balance falling by exactly that, to the nano-USDC, the answer in the books, and the books right", async () => {
    const [commands = ""] = blocks(FIRST_REQUEST, "sh");
    const marked = inNetwork(commands).replaceAll(/^(?:curl|AIMO)/gm, "echo; $&");
    const { stdout } = await run("sh", ["-ec", marked], { cwd: ROOT });
    const [, first = "", answer = "", later = "", credits = "", generation = ""] = stdout.split("\n");
    const lastLine = stdout.trim().split("\n").at(-1);
    const cost = amountIn(answer, "cost");
    assert.ok(cost > 0n);
    assert.equal(amountIn(first, "available") - amountIn(later, "available"), cost);
    assert.equal(amountIn(later, "payable") - amountIn(first, "payable"), cost);
    assert.equal(amountIn(credits, "total_usage"), amountIn(later, "payable"));
    assert.equal(amountIn(generation, "total_cost"), cost);
    const { id } = JSON.parse(answer) as { id: string };
    assert.match(lastLine ?? "", /^The books are right: [0-9]+ accounts, .*100 USDC in the vault/);
    assert.equal((JSON.parse(generation) as { data: { id: string } }).data.id, id);
  });

  test("hold for every answer after it: what they cost together is what is gone", async () => {
    const { file, client } = network;
    const start = await balance();
    let charged = 0n;
    for (let round = 0; round < 10; round += 1) {
      const messages = [{ role: "user" as const, content: `Hello ${"again ".repeat(round)}` }];
      const { data } = await client.chat.completions.create({ model: file.model, messages }).withResponse();
      charged += amountIn(JSON.stringify(data.usage), "cost");
    }
    assert.equal(amountIn(start, "available") - amountIn(await balance(), "available"), charged);
  });
});

describe("the README's five minutes to being paid", () => {
  let network: Network;
  before(async () => {
    network = await startNetwork({ withChain: true, routerSettings: { AIMO_SETTLE_AGE_MS: "500" } });
  });
  after(() => network.stop());

  test("are what `aimo` does for the demo provider and the demo user", async () => {
    const { client, file, directory } = network;
    await client.chat.completions.create({ model: file.model, messages: [{ role: "user", content: "Hello!" }] });
    await waitFor("the answer to be settled", async () => {
      const { stdout } = await run("sh", ["-ec", `. ${directory}/provider.sh; npx aimo provider earnings --json`], {
        cwd: ROOT,
      });
      return (JSON.parse(stdout) as { claimable: string }).claimable !== "0" || undefined;
    });
    const [commands = ""] = blocks(BEING_PAID, "sh");
    const script = commands.replaceAll(".aimo/", `${directory}/`);
    const { stdout } = await run("sh", ["-ec", script], { cwd: ROOT });
    assert.match(stdout, /Claimable +0\.0000[0-9]+ USDC/);
    assert.match(stdout, /Withdrew 0\.0000[0-9]+ USDC of earnings/);
    assert.match(stdout, /Deposited 1\.00 USDC/);
    assert.match(stdout, /the vault covers what it owes/);
    assert.match(stdout, /Chain and ledger agree/);
  });
});
