// The page of API keys: what a wallet's keys may, what they spent, and how new ones are made.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Cpu, KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import type { RouterFacts } from "../router/router-query.ts";
import { routerQuery } from "../router/router-query.ts";
import { SignedIn } from "../session/signed-in.tsx";
import { useSignedInWallet } from "../session/use-session.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { ApiKeyDialog } from "./issued/api-key-dialog.tsx";
import { keysQuery } from "./keys-query.ts";
import { KeyList } from "./list/key-list.tsx";
import { ProviderKeyDialog } from "./provider-key/provider-key-dialog.tsx";

/** Which key is being made. */
type NewKey = "api" | "provider" | undefined;

interface ButtonsProps {
  readonly onGenerate: (kind: NewKey) => void;
}

const WAYS = [
  {
    kind: "api",
    Icon: KeyRound,
    title: "To call models",
    text: "An API key works with any OpenAI client and spends from your balance. Give each program its own, with a limit.",
    button: "Generate API Key",
  },
  {
    kind: "provider",
    Icon: Cpu,
    title: "To sell models",
    text: "A provider key connects the proxy on your machine to this router. Your wallet signs it, and it earns without being able to spend.",
    button: "Generate Provider Key",
  },
] as const;

function NoKeys({ onGenerate }: ButtonsProps): ReactNode {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {WAYS.map(({ kind, Icon, title, text, button }) => (
        <Card key={kind}>
          <div className="flex h-full flex-col items-start gap-3">
            <div aria-hidden className="flex size-11 items-center justify-center rounded-xl bg-accent-soft text-accent">
              <Icon className="size-5" />
            </div>
            <h2 className="text-base font-semibold">{title}</h2>
            <p className="text-sm text-muted">{text}</p>
            <Button variant="primary" className="mt-1" onClick={() => onGenerate(kind)}>
              {button}
            </Button>
          </div>
        </Card>
      ))}
    </div>
  );
}

/** The key that is being made: at first the one that whoever led here asked for. */
function useNewKey(): [NewKey, (kind: NewKey) => void] {
  const { generate } = useSearch({ from: "/keys" });
  const navigate = useNavigate();
  const [kind, setKind] = useState<NewKey>(generate);
  useEffect(() => {
    if (generate !== undefined) void navigate({ to: "/keys", search: {}, replace: true }); // else a reload would ask again
  }, [generate, navigate]);
  return [kind, setKind];
}

function Keys({ onGenerate }: ButtonsProps): ReactNode {
  const { data, error } = useQuery(keysQuery);
  const asking = useQueryClient();
  return (
    <>
      {error !== null && <FaultNotice fault={error} onRetry={() => void asking.refetchQueries({ type: "active" })} />}
      {data === undefined && error === null && (
        <Card>
          <SkeletonLines count={6} />
        </Card>
      )}
      {data?.length === 0 && <NoKeys onGenerate={onGenerate} />}
      {data !== undefined && data.length > 0 && <KeyList keys={data} />}
    </>
  );
}

interface GeneratingProps {
  readonly kind: NewKey;
  readonly wallet: string;
  readonly router: RouterFacts | undefined;
  readonly onClose: () => void;
}

function Generating({ kind, wallet, router, onClose }: GeneratingProps): ReactNode {
  if (router === undefined || kind === undefined) return null;
  if (kind === "api") return <ApiKeyDialog router={router} onClose={onClose} />;
  return <ProviderKeyDialog wallet={wallet} router={router} onClose={onClose} />;
}

/** The page of API keys, with the dialogs that make new ones. */
export function KeysPage(): ReactNode {
  const [kind, setKind] = useNewKey();
  const isSignedIn = useSignedInWallet() !== undefined;
  const { data: router, error, refetch } = useQuery(routerQuery);
  const { data: keys, isError } = useQuery({ ...keysQuery, enabled: isSignedIn });
  const hasKeys = isError || (keys !== undefined && keys.length > 0); // without any, they stand in the page
  return (
    <Page
      title="API keys"
      lead="Keys let programs call models, or sell them, in your wallet's name."
      actions={
        isSignedIn &&
        hasKeys && (
          <>
            <Button disabled={router === undefined} onClick={() => setKind("provider")}>
              <Cpu aria-hidden className="size-4" />
              Generate Provider Key
            </Button>
            <Button variant="primary" disabled={router === undefined} onClick={() => setKind("api")}>
              <KeyRound aria-hidden className="size-4" />
              Generate API Key
            </Button>
          </>
        )
      }
    >
      {error !== null && !isError && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      <SignedIn what="your keys">
        {(wallet) => (
          <>
            <Keys onGenerate={setKind} />
            <Generating kind={kind} wallet={wallet} router={router} onClose={() => setKind(undefined)} />
          </>
        )}
      </SignedIn>
    </Page>
  );
}
