// The limits of what wallets may give and how long they are waited for, each with its reason.

/** Characters of a wallet's icon as a `data:` URL: wallets have pictures of a few KB, and each is drawn with every list. */
export const WALLET_ICON_CHARS_MAX = 262_144;
/** Characters of a wallet's name and of what it says when it fails: they are shown in one line. */
export const WALLET_TEXT_CHARS_MAX = 160;
/** Wallets that are listed: nobody has more, and a page that registers thousands would only fill the dialog. */
export const WALLETS_MAX = 30;
/** Accounts of one wallet that are offered: more than a person can tell apart. */
export const WALLET_ACCOUNTS_MAX = 50;
/** How long a wallet may take before the dialog says where to look: its window often opens behind the browser. */
export const WALLET_SLOW_MS = 8_000;
/** How long a silent connect is waited for: a wallet that answers later is connected when it is needed. */
export const WALLET_SILENT_MS = 10_000;
