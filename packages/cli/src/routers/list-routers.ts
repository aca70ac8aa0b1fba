// `aimo routers`: the on-chain directory.
import type { Account, GetGenesisHashApi, Rpc } from "@solana/kit";
import { clusterOf, networkName } from "@aimo-network/escrow/clusters";
import { listRouters as listAccounts } from "@aimo-network/escrow/directory";
import type { Config } from "@aimo-network/escrow/generated/accounts/config";
import { durationWords } from "@aimo-network/escrow/plain-words";
import { DEVNET_USDC, MAINNET_USDC } from "@aimo-network/escrow/program-bounds";
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { askNode } from "../chain/solana-node.ts";
import type { CommandContext } from "../context.ts";
import type { RunCommand } from "../command-spec.ts";
import { openDirectory } from "../network/directory.ts";
import { isPrivateUrl, routerUrl } from "../network/router-url.ts";
import { tableText } from "../terminal/table.ts";

const URL_CHARS = 128; // what a config has room for

/** Hundredths of a percent as percent, exactly. */
function percentText(bps: bigint): string {
  const fraction = (bps % 100n).toString().padStart(2, "0").replace(/0+$/, "");
  return `${bps / 100n}${fraction === "" ? "" : `.${fraction}`}%`;
}

async function networkOf(rpc: Rpc<GetGenesisHashApi>): Promise<string> {
  return networkName(await rpc.getGenesisHash().send());
}

/** Whether a command would go there. */
function isUsable(url: string): boolean {
  const found = routerUrl(url);
  return found !== undefined && isPrivateUrl(found);
}

/** What a router's money is, where the chain is a public one: a mint that is not Circle's is money of its maker's own. */
function tokenOf({ data }: Account<Config>, network: string | undefined): "USDC" | "other" | "unknown" {
  const usdc = { mainnet: MAINNET_USDC, devnet: DEVNET_USDC, testnet: undefined }[
    clusterOf(network)?.name ?? "testnet"
  ];
  if (usdc === undefined) return "unknown";
  return data.mint === usdc ? "USDC" : "other";
}

function routerJson(router: Account<Config>, network: string | undefined): object {
  const { address, data } = router;
  const { routerId, url, mint, params, batchCount } = data;
  return {
    id: routerId,
    url: safeLine(url, URL_CHARS),
    usable: isUsable(url),
    config: address,
    mint,
    token: tokenOf(router, network),
    fee_bps: Number(params.feeBps),
    min_deposit: formatMicroUsdc(microUsdc(params.minDeposit)),
    user_exit_delay: Number(params.userExitDelay),
    provider_exit_delay: Number(params.providerExitDelay),
    allowance_notice: Number(params.allowanceNotice),
    batches: Number(batchCount),
    total_user: formatMicroUsdc(microUsdc(data.totalUser)),
    total_provider: formatMicroUsdc(microUsdc(data.totalProvider)),
  };
}

const COLUMNS = [
  { title: "ROUTER", isElastic: true },
  { title: "FEE", isNumber: true },
  { title: "MIN", isNumber: true },
  { title: "EXIT" },
  { title: "TOKEN" },
  { title: "SELLER'S EXIT", isExtra: true },
  { title: "NOTICE", isExtra: true },
  { title: "BATCHES", isNumber: true, isExtra: true },
];
const TOKEN = COLUMNS.findIndex(({ title }) => title === "TOKEN");

function routersText(
  routers: readonly Account<Config>[],
  network: string | undefined,
  { terminal }: CommandContext,
): string {
  const { style, width } = terminal;
  const rows = routers.map((router) => {
    const { url, params, batchCount } = router.data;
    return [
      safeLine(url, URL_CHARS) || "(no address)",
      percentText(params.feeBps),
      formatMicroUsdc(microUsdc(params.minDeposit)),
      durationWords(params.userExitDelay),
      tokenOf(router, network),
      durationWords(params.providerExitDelay),
      durationWords(params.allowanceNotice),
      `${batchCount}`,
    ];
  });
  const paint = (cell: string, row: number, column: number): string => {
    if (column === TOKEN && cell === "other") return style.bad(cell);
    if (column !== 0) return cell;
    return isUsable(routers[row]?.data.url ?? "") ? style.strong(cell) : style.bad(cell);
  };
  const [titles = "", ...lines] = tableText(COLUMNS, rows, { width, paint }).split("\n");
  return [titles, ...lines.flatMap((line, row) => [line, style.faint(`  ${routers[row]?.data.routerId}`)])].join("\n");
}

/** Lists the routers of a deployment. */
export const listRouters: RunCommand = async (context) => {
  const { node, programAddress } = openDirectory(context);
  const { terminal } = context;
  const progress = terminal.progress(`reading the directory from ${new URL(node.url).origin}`);
  const [listed, network] = await Promise.all([
    askNode(node, listAccounts(node.rpc, programAddress)),
    askNode(node, networkOf(node.rpc)),
  ]).finally(() => progress.done());
  const { routers, slot, unread, omitted } = listed;
  if (routers.length === 0) terminal.note(`The program ${programAddress} has no router on this chain.`);
  else terminal.note("Anybody may open a router; nobody vouches for any of these. --router takes an id or a URL.");
  if (unread > 0) terminal.note(`${unread} more are of a version that this aimo does not read.`);
  if (omitted > 0) terminal.note(`${omitted} more are not listed.`);
  const shown = routers.map((router) => routerJson(router, network));
  return {
    data: { program: programAddress, network, slot: Number(slot), routers: shown, unread, omitted },
    text: routers.length === 0 ? "" : routersText(routers, network, context),
  };
};
