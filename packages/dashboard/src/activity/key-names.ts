// What keys are called in lists: by their names, told apart where several have the same.
import { shortAddress } from "../ui/short-address.ts";

/** Keys' names by their ids; a key that is missing or has no name is known by its id. */
export type KeyNames = ReadonlyMap<string, string>;

/** Names of which none stands for two keys: those of several have the ends of their ids behind them. */
export function distinctNames(names: Iterable<readonly [id: string, name: string]>): KeyNames {
  const all = [...names];
  const counts = new Map<string, number>();
  for (const [, name] of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    all.map(([id, name]) => [id, (counts.get(name) ?? 0) > 1 && name !== "" ? `${name} (${shortAddress(id)})` : name]),
  );
}

/** What a key is called; `label` is what a row of the router calls it. */
export function keyName(names: KeyNames | undefined, id: string, label?: string | null): string {
  const known = names?.get(id) ?? label ?? "";
  if (known !== "") return known;
  return id === "" ? "A key that is gone" : `Key ${shortAddress(id)}`;
}
