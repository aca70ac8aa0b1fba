// A peer program that opens many provider links to a router and then does nothing: `main.ts <url> <router id> <links> <folder>`.
import { join } from "node:path";
import { makeProviderKey } from "@aimo-network/localnet/demo-keys";
import { loadWallet } from "@aimo-network/localnet/wallets";
import { systemClock } from "@aimo-network/protocol/clock";
import { openIdleLink } from "./idle-link.ts";

const LINKS_PER_WALLET = 64; // what a router allows (docs/limits.md: LINKS_PER_WALLET_MAX)
const OPENED_AT_ONCE = 32;

const [url = "", routerId = "", count = "0", folder = ""] = process.argv.slice(2);

for (let opened = 0; opened < Number(count);) {
  const walletIndex = Math.floor(opened / LINKS_PER_WALLET);
  const key = await makeProviderKey(systemClock, loadWallet(join(folder, `idle-${walletIndex}.json`)), routerId);
  const roomHere = (walletIndex + 1) * LINKS_PER_WALLET - opened;
  const links = Math.min(OPENED_AT_ONCE, roomHere, Number(count) - opened);
  const offer = {
    name: `idle-${walletIndex}`,
    display_name: "nobody asks for it",
    input_modalities: ["text" as const],
    output_modalities: ["text" as const],
    capabilities: [],
    endpoints: ["/chat/completions" as const],
    pricing: { prompt: "0.1", completion: "0.4" },
  };
  await Promise.all(Array.from({ length: links }, () => openIdleLink(url, key, [offer])));
  opened += links;
}
process.stdout.write(`${count} links stand\n`);
process.on("SIGTERM", () => process.exit(0));
