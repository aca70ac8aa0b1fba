// One key in the list: a row of columns where there is room, a small card where there is none.
import { Ban, Pencil, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { classes } from "../../ui/class-names.ts";
import { Moment } from "../../ui/moment.tsx";
import type { KeyKind, KeyRecord, KeyState } from "../key-record.ts";
import { kindOf, nameOf, shortKeyId, stateOf } from "../key-record.ts";
import { SpentBar } from "./spent-bar.tsx";

/** What one wants to do with a key. */
export interface KeyActs {
  readonly onEdit: (record: KeyRecord) => void;
  readonly onRevoke: (record: KeyRecord) => void;
  readonly onDelete: (record: KeyRecord) => void;
}

/** The columns, for the rows and their head alike. */
export const COLUMNS =
  "lg:grid-cols-[minmax(0,1.7fr)_minmax(0,1.2fr)_8.5rem_8.5rem_4.75rem] lg:items-center lg:gap-x-6";

/** The kinds in words, and what each is for. */
export const KINDS: Readonly<Record<KeyKind, { readonly words: string; readonly title: string }>> = {
  api: { words: "API", title: "Issued by this router, to call models" },
  provider: { words: "Provider", title: "Signed by your wallet, to serve models; it never spends" },
  wallet: { words: "Wallet-signed", title: "Signed by your wallet, to call and serve models" },
  playground: { words: "Playground", title: "What you ask in the playground counts here" },
};

const TONES = { active: "good", disabled: "warn", expired: "plain", revoked: "bad" } as const;

function Badges({ record, state }: { record: KeyRecord; state: KeyState }): ReactNode {
  const kind = kindOf(record);
  return (
    <>
      <Badge title={KINDS[kind].title} tone={kind === "provider" ? "accent" : "plain"}>
        {KINDS[kind].words}
      </Badge>
      {record.aimo.kind === "signed" && record.name === "" && (
        <Badge title="A key without a tag, as first-generation proxies need it">No tag</Badge>
      )}
      <Badge tone={TONES[state]}>{state}</Badge>
    </>
  );
}

function Models({ models }: { models: readonly string[] | null }): ReactNode {
  if (models === null) return null;
  const [first, ...others] = models;
  return (
    <p title={models.join("\n")} className="text-[0.8125rem] break-all text-muted">
      Only {first}
      {others.length > 0 && ` and ${others.length} more`}
    </p>
  );
}

function Actions({ record, state, acts }: { record: KeyRecord; state: KeyState; acts: KeyActs }): ReactNode {
  const name = nameOf(record);
  const isIssued = record.aimo.kind === "issued";
  const hasEnded = state === "revoked" || state === "expired";
  const act = (words: string, Icon: typeof Pencil, onClick: () => void): ReactNode => (
    <Button variant="ghost" size="icon" aria-label={`${words} ${name}`} title={words} onClick={onClick}>
      <Icon aria-hidden className="size-4" />
    </Button>
  );
  if (record.aimo.kind === "console") return null;
  return (
    <>
      {isIssued && state !== "revoked" && act("Edit", Pencil, () => acts.onEdit(record))}
      {!hasEnded && act("Revoke", Ban, () => acts.onRevoke(record))}
      {hasEnded && isIssued && act("Delete", Trash2, () => acts.onDelete(record))}
    </>
  );
}

/** A cell with its name, which the head of the columns says where there is one. */
function Cell({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div className="min-w-0 text-sm">
      <p className="text-xs text-muted lg:sr-only">{name}</p>
      {children}
    </div>
  );
}

function LastUsed({ record, now }: { record: KeyRecord; now: number }): ReactNode {
  const { last_used_at: at, aimo } = record;
  if (at !== null) return <Moment at={at} now={now} isPast />;
  // Routers count when a key was last charged, which a key that only serves never is.
  const [words, title] = aimo.earn_only
    ? ["not counted", "Only calls are counted here; Provide shows what you serve."]
    : ["never", undefined];
  return (
    <span title={title} className="text-muted">
      {words}
    </span>
  );
}

/** The row of one key: what it is, what it spent, and what can be done with it. */
export function KeyRow({ record, now, acts }: { record: KeyRecord; now: number; acts: KeyActs }): ReactNode {
  const state = stateOf(record, now);
  const isOver = state === "revoked" || state === "expired";
  return (
    <li className={classes("relative grid grid-cols-2 gap-x-4 gap-y-3 px-5 py-4", COLUMNS)}>
      <div className="col-span-2 flex min-w-0 flex-col gap-1 lg:col-span-1">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 pr-20 lg:pr-0">
          <span
            title={record.name === "" ? record.hash : undefined}
            className={classes("min-w-0 font-medium break-words", isOver && "text-muted line-through")}
          >
            {nameOf(record)}
          </span>
          <Badges record={record} state={state} />
        </p>
        <p className="text-[0.8125rem] text-muted">
          {record.name !== "" && (
            <>
              <span title={record.hash} className="font-mono">
                {shortKeyId(record.hash)}
              </span>
              {" · "}
            </>
          )}
          created <Moment at={record.created_at} now={now} isPast />
        </p>
        <Models models={record.allowed_models} />
      </div>
      <div className="col-span-2 lg:col-span-1">
        <Cell name="Spent">
          <SpentBar record={record} />
        </Cell>
      </div>
      <Cell name="Last used">
        <LastUsed record={record} now={now} />
      </Cell>
      <Cell name={state === "revoked" ? "Revoked" : "Ends"}>
        <Moment at={record.revoked_at ?? record.expires_at} now={now} isPast={isOver} />
      </Cell>
      <div className="absolute top-3 right-3 flex justify-end lg:static">
        <Actions record={record} state={state} acts={acts} />
      </div>
    </li>
  );
}
