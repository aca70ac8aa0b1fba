// What a browser lets the console do, and others with it: scripts, frames, requests, cookies.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";
import type { Browser, Page } from "playwright-core";
import type { Network } from "../network.ts";
import { waitFor } from "../network.ts";
import { openBrowser, openPage } from "./browser.ts";
import { chooseWallet, startConsoleNetwork, waitForSignedIn, waitForSignedOut } from "./console-network.ts";
import { addScriptedWallet } from "./scripted-wallet.ts";
import type { OtherSite } from "./test-bed/other-site.ts";
import { startOtherSite } from "./test-bed/other-site.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'";
/** What a browser says when it refuses something. */
const REFUSED = /violates the following|Refused to|Content Security Policy|status of 40[13]/;
const NAME = "Scripted wallet";

const INJECTED = `<script>globalThis.injected = "script"</script>
<img src="data:image/gif;base64,no" onerror="globalThis.injected = 'onerror'">
<script src="data:text/javascript,globalThis.injected='data'"></script>
<a id="bait" href="javascript:globalThis.injected='link'">bait</a>`;

describe("the console's page in a browser", () => {
  let network: Network;
  let browser: Browser;
  let origin: string;
  let other: OtherSite;
  before(async () => {
    [network, browser] = await Promise.all([startConsoleNetwork({ withProvider: false }), openBrowser()]);
    origin = network.file.router_url;
    const forge = `<script>fetch("${origin}/api/v1/keys", { method: "POST", credentials: "include", mode: "no-cors",
      headers: { "content-type": "text/plain" }, body: JSON.stringify({ name: "forged" }) }).finally(() => (document.title = "done"))</script>`;
    other = await startOtherSite({
      "/frame": `<iframe src="${origin}/" width="900" height="600"></iframe>`,
      "/forge": forge,
    });
  });
  after(async () => {
    await other.close();
    await browser.close();
    await network.stop();
  });

  const injected = (page: Page): Promise<unknown> => page.evaluate("globalThis.injected");

  test("page and files come with their headers", async () => {
    const page = await fetch(`${origin}/`, { headers: { accept: "text/html" } });
    const html = await page.text();
    assert.equal(page.headers.get("content-security-policy"), POLICY);
    assert.equal(page.headers.get("x-content-type-options"), "nosniff");
    assert.equal(page.headers.get("x-frame-options"), "DENY");
    assert.equal(page.headers.get("cache-control"), "no-cache");
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    assert.ok(files.length >= 2, html);
    for (const path of files) {
      const file = await fetch(`${origin}${path}`);
      await file.body?.cancel();
      assert.equal(file.headers.get("cache-control"), "public, max-age=31536000, immutable", path);
      assert.equal(file.headers.get("x-content-type-options"), "nosniff", path);
    }
  });

  test("a script that somebody brings into the page does not run", async (t) => {
    const { page, go } = await openPage(t, browser, origin, { expected: [REFUSED, /ERR_INVALID_URL|Failed to load/] });
    await page.route(`${origin}/router`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace("</body>", `${INJECTED}</body>`) });
    });
    await go("/router");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.evaluate("document.getElementById('bait').click()");
    await page.evaluate(`(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.injected = 'later'";
      document.head.append(script);
      document.body.insertAdjacentHTML("beforeend", "<svg onload=\\"globalThis.injected='svg'\\"></svg>");
      setTimeout("globalThis.injected = 'timer'", 0);
    })()`);
    await page.getByRole("link", { name: "Models" }).first().click(); // the page itself goes on
    await page.getByRole("heading", { level: 1, name: /models/i }).waitFor();
    assert.equal(await injected(page), undefined);
  });

  test("nobody else's page can show it in a frame", async (t) => {
    for (const site of [other.origin, other.foreignOrigin]) {
      const { page } = await openPage(t, browser, origin, { mayAsk: [site], expected: [REFUSED, /frame/i] });
      await page.goto(`${site}/frame`);
      const frame = await waitFor("the frame", () => Promise.resolve(page.frames()[1]));
      await waitFor("the browser to refuse the frame", () =>
        Promise.resolve(frame.url().startsWith("chrome-error:") || undefined),
      );
    }
  });

  test("it asks nobody but its router, and the one node that the cookie names", async (t) => {
    const others = await Promise.all([startOtherSite(), startOtherSite()]);
    t.after(() => Promise.all(others.map((site) => site.close())));
    const [node, stranger] = others;
    const { page, go } = await openPage(t, browser, origin, {
      mayAsk: others.map((site) => site.origin),
      expected: [REFUSED],
    });
    const ask = (url: string): Promise<unknown> =>
      page.evaluate(`fetch("${url}").then((answer) => answer.text(), () => "refused")`);
    await go("/");
    assert.deepEqual([await ask(node.origin), await ask(stranger.origin)], ["refused", "refused"]);
    await page.context().addCookies([{ name: "aimo_rpc", value: encodeURIComponent(node.origin), url: origin }]);
    await page.reload();
    assert.deepEqual([await ask(node.origin), await ask(stranger.origin)], ["heard", "refused"]);
    assert.deepEqual([node.asked, stranger.asked], [["/"], []]);
    const value = encodeURIComponent(`${node.origin} ${stranger.origin}`);
    await page.context().addCookies([{ name: "aimo_rpc", value, url: origin }]);
    await page.reload();
    assert.deepEqual([await ask(node.origin), await ask(stranger.origin)], ["refused", "refused"], "two are none");
  });

  test("the session is out of the page's sight, and of no use to others", async (t) => {
    const { page, go } = await openPage(t, browser, origin, {
      mayAsk: [other.origin, other.foreignOrigin],
      expected: [REFUSED],
    });
    const wallet = await addScriptedWallet(page, newWallet(), { name: NAME });
    await go("/router");
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, wallet.address);
    const session = (await page.context().cookies()).find(({ name }) => name === "aimo-session");
    assert.deepEqual([session?.httpOnly, session?.sameSite, session?.path], [true, "Strict", "/"]);
    assert.doesNotMatch(String(await page.evaluate("document.cookie")), /session/);
    const post = (headers: object): Promise<unknown> =>
      page.evaluate(
        async (given) => {
          const body = JSON.stringify({ name: "forged" });
          const answer = await fetch("/api/v1/keys", { method: "POST", headers: given as HeadersInit, body });
          const { error } = (await answer.json()) as { error?: { metadata: { error_code: string } } };
          return `${answer.status} ${error?.metadata.error_code}`;
        },
        { "content-type": "application/json", ...headers },
      );
    assert.equal(await post({}), "403 csrf_missing");
    assert.equal(await post({ "x-csrf-token": "guessed" }), "403 csrf_missing");
    for (const site of [other.origin, other.foreignOrigin]) {
      await page.goto(`${site}/forge`);
      await page.waitForFunction("document.title === 'done'");
    }
    await go("/router");
    await waitForSignedIn(page, wallet.address);
    const keys = await page.evaluate("fetch('/api/v1/keys').then((answer) => answer.json())");
    assert.deepEqual((keys as { data: unknown }).data, []);
    await page.getByRole("button", { name: /^Wallet / }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await waitForSignedOut(page);
    const status = await page.evaluate("fetch('/api/v1/auth/session').then((answer) => answer.status)");
    assert.equal(status, 401);
  });
});
