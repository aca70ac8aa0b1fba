// What a key may do, in words and as JSON.
import type { KeyContent, Scope, Spending } from "@aimo-network/protocol/keys/key-content";
import { formatMicroUsdc } from "@aimo-network/protocol/money";

const RIGHTS: Readonly<Record<Scope, string>> = {
  completion_model: "call and serve models",
  account: "read balance and activity",
  keys: "issue and revoke keys",
};

/** What its scopes allow. */
export function rightsText({ scopes, spending }: KeyContent): string {
  if (scopes.length === 0) return "nothing: it has no scope";
  const rights = scopes.map((scope) =>
    scope === "completion_model" && spending.kind === "earn_only" ? "serve models" : RIGHTS[scope],
  );
  return rights.join(", ");
}

/** What it may spend. */
export function spendingText(spending: Spending): string {
  if (spending.kind === "unlimited") return "without a limit of its own";
  if (spending.kind === "earn_only") return "nothing: it only earns";
  return `at most ${formatMicroUsdc(spending.limit)} USDC over its whole life`;
}

/** What it says, as the JSON of these commands has it. */
export function contentJson({ scopes, spending, tag, createdAtMs, validForMs }: KeyContent): object {
  return {
    scopes,
    tag: tag ?? null,
    usage_limit: spending.kind === "limited" ? formatMicroUsdc(spending.limit) : null,
    earn_only: spending.kind === "earn_only",
    created_at: new Date(createdAtMs).toISOString(),
    expires_at: new Date(createdAtMs + validForMs).toISOString(),
  };
}
