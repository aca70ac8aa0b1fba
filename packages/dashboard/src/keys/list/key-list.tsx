// All keys of the wallet: searched, paged, and what can be done with each.
import { memo, useDeferredValue, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { countWords } from "../../market/figures.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { classes } from "../../ui/class-names.ts";
import { SelectField, TextField } from "../../ui/field.tsx";
import { useNow } from "../../ui/use-now.ts";
import { EditKeyDialog } from "../issued/edit-key-dialog.tsx";
import type { KeyRecord } from "../key-record.ts";
import { KEYS_DRAWN_MAX, KEYS_LISTED_MAX, KEYS_UNFILTERED_MAX } from "../limits.ts";
import { EndKeyDialog } from "./end-key-dialog.tsx";
import type { KeyFilter } from "./key-filter.ts";
import { filteredKeys, NO_FILTER, pageOf } from "./key-filter.ts";
import { COLUMNS, KeyRow, KINDS } from "./key-row.tsx";
import type { KeyActs } from "./key-row.tsx";

interface FilterProps {
  readonly filter: KeyFilter;
  readonly onChange: (filter: KeyFilter) => void;
}

interface OpenDialog {
  readonly act: "edit" | "revoke" | "delete";
  readonly record: KeyRecord;
}

function Filter({ filter, onChange }: FilterProps): ReactNode {
  return (
    <div className="grid gap-3 px-5 pb-4 sm:grid-cols-[minmax(0,1fr)_11rem_11rem]">
      <TextField
        label="Search keys"
        type="search"
        placeholder="name, model or id"
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.target.value })}
      />
      <SelectField
        label="Kind"
        value={filter.kind}
        onChange={(event) => onChange({ ...filter, kind: event.target.value as KeyFilter["kind"] })}
      >
        <option value="all">All kinds</option>
        {Object.entries(KINDS).map(([kind, { words }]) => (
          <option key={kind} value={kind}>
            {words}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="State"
        value={filter.state}
        onChange={(event) => onChange({ ...filter, state: event.target.value as KeyFilter["state"] })}
      >
        <option value="all">All states</option>
        <option value="good">Active or disabled</option>
        <option value="ended">Expired or revoked</option>
      </SelectField>
    </div>
  );
}

function Head(): ReactNode {
  return (
    <div
      aria-hidden
      className={classes("hidden border-b border-line px-5 pb-2 text-xs font-medium text-muted lg:grid", COLUMNS)}
    >
      <span>Key</span>
      <span>Spent</span>
      <span>Last used</span>
      <span>Ends</span>
      <span />
    </div>
  );
}

interface RowsProps {
  readonly keys: readonly KeyRecord[];
  readonly now: number;
  readonly acts: KeyActs;
}

// Not drawn again while somebody types a search: only when what it finds has changed.
const Rows = memo(function Rows({ keys, now, acts }: RowsProps): ReactNode {
  return (
    <ul className="divide-y divide-line border-line max-lg:border-t">
      {keys.map((record) => (
        <KeyRow key={record.hash} record={record} now={now} acts={acts} />
      ))}
    </ul>
  );
});

interface PagesProps {
  readonly number: number;
  readonly count: number;
  readonly onTurn: (number: number) => void;
}

function Pages({ number, count, onTurn }: PagesProps): ReactNode {
  if (count === 1) return null;
  return (
    <nav aria-label="Pages of keys" className="flex items-center justify-between gap-3 border-t border-line px-5 py-3">
      <Button size="small" disabled={number === 1} onClick={() => onTurn(number - 1)}>
        Newer
      </Button>
      <p className="figures text-sm text-muted">
        Page {number} of {count}
      </p>
      <Button size="small" disabled={number === count} onClick={() => onTurn(number + 1)}>
        Older
      </Button>
    </nav>
  );
}

function ActDialog({ open, onClose }: { open: OpenDialog | undefined; onClose: () => void }): ReactNode {
  if (open === undefined) return null;
  const { act, record } = open;
  return act === "edit" ? (
    <EditKeyDialog record={record} onClose={onClose} />
  ) : (
    <EndKeyDialog record={record} act={act} onClose={onClose} />
  );
}

/** The list of all keys of a wallet, with its search and pages. */
export function KeyList({ keys }: { readonly keys: readonly KeyRecord[] }): ReactNode {
  const now = useNow(30_000);
  const [filter, setFilter] = useState(NO_FILTER);
  const [number, setNumber] = useState(1);
  const [open, setOpen] = useState<OpenDialog>();
  const list = useRef<HTMLDivElement>(null);
  const settled = useDeferredValue(filter);
  const found = useMemo(() => filteredKeys(keys, settled, now), [keys, settled, now]);
  const page = useMemo(() => pageOf(found, number, KEYS_DRAWN_MAX), [found, number]);
  const acts = useMemo<KeyActs>(
    () => ({
      onEdit: (record) => setOpen({ act: "edit", record }),
      onRevoke: (record) => setOpen({ act: "revoke", record }),
      onDelete: (record) => setOpen({ act: "delete", record }),
    }),
    [],
  );
  const turn = (to: number): void => {
    setNumber(to);
    list.current?.scrollIntoView({ block: "start" });
  };
  const narrow = (next: KeyFilter): void => {
    setFilter(next);
    setNumber(1);
  };
  return (
    <Card
      title="Your keys"
      isFlush
      aside={
        <p role="status" className="figures text-sm text-muted">
          {found.length !== keys.length && `${found.length} of `}
          {countWords(keys.length, "key")}
        </p>
      }
    >
      {keys.length > KEYS_UNFILTERED_MAX && <Filter filter={filter} onChange={narrow} />}
      {found.length === 0 ? (
        <p className="border-t border-line px-5 py-10 text-center text-sm text-muted">No key fits this search.</p>
      ) : (
        <div ref={list} className="scroll-mt-16">
          <Head />
          <Rows keys={page.items} now={now} acts={acts} />
        </div>
      )}
      <Pages number={page.number} count={page.count} onTurn={turn} />
      {keys.length >= KEYS_LISTED_MAX && (
        <p className="border-t border-line px-5 py-3 text-sm text-muted">
          The oldest {KEYS_LISTED_MAX} keys are listed; `aimo keys list` has all that were issued.
        </p>
      )}
      <ActDialog open={open} onClose={() => setOpen(undefined)} />
    </Card>
  );
}
