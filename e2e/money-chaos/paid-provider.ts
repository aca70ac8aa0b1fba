// A provider that is paid: it answers as it is asked to, and is connected to every instance of its router.
import { base58 } from "@scure/base";
import { makeProviderKey } from "@aimo-network/localnet/demo-keys";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { ScriptedCall } from "aimo-router/src/test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "aimo-router/src/test-bed/scripted-provider.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";

/** How many tokens an answer is to have. */
export interface Tokens {
  readonly prompt: number;
  readonly completion: number;
}

/** A provider, and the one model that it sells. */
export interface PaidProvider {
  readonly wallet: Wallet;
  readonly address: string;
  readonly model: string;
  /** Connects to a router's instance; resolves when it sells there. */
  attach(url: string): Promise<void>;
}

/** What a client says, so that the provider answers with so many tokens. */
export function wordsFor({ prompt, completion }: Tokens): string {
  return `tokens: ${prompt} ${completion}`;
}

function answer(call: ScriptedCall): void {
  const [, prompt = "1", completion = "1"] = /tokens: ([0-9]+) ([0-9]+)/.exec(call.body) ?? [];
  const [promptTokens, completionTokens] = [Number.parseInt(prompt, 10), Number.parseInt(completion, 10)];
  const content = "a token ".repeat(completionTokens); // nobody is paid for tokens that nobody sees
  call.respond(200, { "content-type": "application/json" });
  call.write(
    JSON.stringify({
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
      },
    }),
  );
  call.end();
}

/** Makes a provider of a router; `price` is USDC per million tokens, either way. */
export async function makePaidProvider(routerId: string, name: string, price: string): Promise<PaidProvider> {
  const wallet = newWallet();
  const key = await makeProviderKey(systemClock, wallet, routerId);
  const offer = plainOffer(name, { provider_name: "paid", pricing: { prompt: price, completion: price } });
  return {
    wallet,
    address: base58.encode(wallet.publicKey),
    model: `paid/${name}`,
    async attach(url) {
      const provider = await connectProvider(url, key, answer);
      provider.socket.on("error", () => undefined); // its router was killed
      await provider.offer([offer]);
    },
  };
}
