// What `npm start` prints once everything runs: how to call it, and how to put one's own model there.
import { isAbsolute } from "node:path";
import type { Localnet } from "./localnet.ts";
import { DEPOSIT_USDC } from "./money/demo-deposit.ts";
import { SHELL_FILES } from "./shell-settings.ts";

/** A URL without its path, which at an RPC provider is a secret. */
function shownUrl(url = ""): string {
  return URL.canParse(url) ? new URL(url).origin : "none";
}

/** The text for a terminal; every command in it can be pasted as it stands. */
export function welcomeText({ file, consoleUrl }: Localnet, dataDirectory: string): string {
  const shell = isAbsolute(dataDirectory) ? dataDirectory : `./${dataDirectory}`; // `.` looks up other words in PATH
  const base = `${file.router_url}/api/v1`;
  return `
AiMo Network runs on this machine.

  Router      ${file.router_url}${consoleUrl === undefined ? "" : ": open it in a browser, and connect the test wallet"}
  Model       ${file.model}
  User key    ${file.user.api_key}
  Balance     ${DEPOSIT_USDC} USDC of play money, which the user's wallet has deposited on chain
  Chain       ${shownUrl(file.rpc_url)}, a Solana RPC for wallets and command lines
  Wallets     ${dataDirectory}/wallets, key files as Solana's own tools read them
  All of it   ${dataDirectory}/localnet.json

Ask it something:

  curl ${base}/chat/completions \\
    -H "Authorization: Bearer ${file.user.api_key}" \\
    -H "Content-Type: application/json" \\
    -d '{"model": "${file.model}", "messages": [{"role": "user", "content": "Hello!"}]}'

See your balance fall by exactly what its \`usage.cost\` says, and the answer in the books:

  curl ${base}/account/balance -H "Authorization: Bearer ${file.user.api_key}"
  curl "${base}/generations?limit=1" -H "Authorization: Bearer ${file.user.api_key}"

Or with its command line, in another terminal of this folder, as the demo user and as the demo provider:

  . ${shell}/${SHELL_FILES.user}
  npx aimo chat ${file.model}
  npx aimo balance
  npx aimo --help

  . ${shell}/${SHELL_FILES.provider}
  npx aimo provider earnings

Or with OpenAI's SDK (npm install openai):

  import OpenAI from "openai";
  const client = new OpenAI({ baseURL: "${base}", apiKey: "${file.user.api_key}" });
  const stream = await client.chat.completions.create({
    model: "${file.model}",
    messages: [{ role: "user", content: "Hello!" }],
    stream: true,
  });
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? "");

Put your own model there (Ollama, vLLM, anything OpenAI-compatible):

  npm start -- --upstream http://localhost:11434/v1 --model llama3.2

Ctrl-C stops everything.
`;
}
