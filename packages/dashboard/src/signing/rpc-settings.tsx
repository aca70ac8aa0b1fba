// The form in which a person chooses the Solana node that this browser asks.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { routerQuery } from "../router/router-query.ts";
import { Button } from "../ui/button.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { TextField } from "../ui/field.tsx";
import { chooseAndReload } from "./rpc-change.ts";
import { chosenRpcUrl, routersRpcUrl } from "./rpc-choice.ts";
import { readRpcUrl } from "./rpc-url.ts";

function InUse({
  own,
  routers,
}: {
  readonly own: string | undefined;
  readonly routers: string | undefined;
}): ReactNode {
  const url = own ?? routers;
  return (
    <p className="text-sm">
      <span className="text-muted">{own === undefined ? "The router’s own choice: " : "Your choice: "}</span>
      <span title={url} className="font-mono text-[0.8125rem] break-all">
        {url === undefined ? "none" : new URL(url).host}
      </span>
    </p>
  );
}

/** The form: what is typed is looked at, kept, and tried once the page is loaded again. */
export function RpcSettings(): ReactNode {
  const { data, error, refetch } = useQuery(routerQuery);
  const own = chosenRpcUrl();
  const [text, setText] = useState(own ?? "");
  const [fault, setFault] = useState<string>();
  const save = (event: { preventDefault(): void }): void => {
    event.preventDefault();
    const read = readRpcUrl(text);
    if ("fault" in read) setFault(read.fault);
    else chooseAndReload(read.url);
  };
  return (
    <form noValidate onSubmit={save} className="flex flex-col gap-4">
      {error !== null && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      <InUse own={own} routers={routersRpcUrl(data?.chain)} />
      <TextField
        label="URL of another node"
        name="rpc-url"
        inputMode="url"
        placeholder="https://rpc.example.com"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setFault(undefined);
        }}
        hint="Your provider’s HTTPS address of Solana’s JSON-RPC. It stays in this browser; the router learns its host name only, to allow this page to ask it."
        fault={fault}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary">
          Use it and load the page again
        </Button>
        {own !== undefined && <Button onClick={() => chooseAndReload(undefined)}>Back to the router’s</Button>}
      </div>
    </form>
  );
}
