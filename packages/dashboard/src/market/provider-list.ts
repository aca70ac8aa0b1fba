// Providers in an order people want, found by a part of a wallet or of a model's name.

/** What the list looks at. */
export interface ListedProvider {
  readonly wallet: string;
  readonly models: readonly string[];
  readonly connected_since: string;
}

/** Those that match, who sells most models first and of equal ones who has been there longest. */
export function findProviders<Provider extends ListedProvider>(
  providers: readonly Provider[],
  text: string,
): readonly Provider[] {
  const wanted = text.trim().toLowerCase();
  return providers
    .filter(({ wallet, models }) =>
      wanted === "" ? true : wallet.toLowerCase().includes(wanted) || models.some((id) => id.includes(wanted)),
    )
    .toSorted(
      (one, other) => other.models.length - one.models.length || (one.connected_since < other.connected_since ? -1 : 1),
    );
}
