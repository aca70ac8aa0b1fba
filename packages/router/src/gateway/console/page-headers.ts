// What the console's page may do in a browser: load what this router serves, ask this router and one RPC node, and no more.

/** The Content-Security-Policy of the page; `rpcOrigins` are the only others that it may talk to. */
export function contentSecurityPolicy(rpcOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'", // positions of menus and widths of bars are set by element; scripts are what matters
    "img-src 'self' data: blob:", // pictures that a person attaches, and wallets' icons
    "font-src 'self'",
    ["connect-src 'self'", ...rpcOrigins].join(" "),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
    "worker-src 'self'",
  ].join("; ");
}

/** The other headers of the page. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  // Other sites learn nothing. `no-referrer` could make a browser call the origin of the page's own requests `null`, and a
  // session counts only from this router's own pages (sign-in/account-access.ts).
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin-allow-popups", // wallets open windows of their own
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};
