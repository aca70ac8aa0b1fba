// Which address shows which page. Only the market comes with the first load; every other page is its own chunk.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  stringifySearchWith,
} from "@tanstack/react-router";
import { readActivitySearch } from "../activity/activity-search.ts";
import { MarketPage } from "../market/market-page.tsx";
import { readMarketSearch } from "../market/market-search.ts";
import { BrokenPage } from "./broken-page.tsx";
import { LostPage } from "./lost-page.tsx";
import { PendingPage } from "./pending-page.tsx";
import { Shell } from "./shell.tsx";

/** After it a page that is still on its way is shown as such: a click that does nothing is pressed again. */
const PENDING_SHOWN_MS = 250;

const root = createRootRoute({ component: Shell, notFoundComponent: LostPage });

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const marketRoute = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: readMarketSearch,
  component: MarketPage,
});

const modelRoute = createRoute({
  getParentRoute: () => root,
  path: "/models/$author/$slug",
  component: lazyRouteComponent(() => import("../market/model-page.tsx"), "ModelPage"),
});

const providersRoute = createRoute({
  getParentRoute: () => root,
  path: "/providers",
  component: lazyRouteComponent(() => import("../market/providers-page.tsx"), "ProvidersPage"),
});

const providerRoute = createRoute({
  getParentRoute: () => root,
  path: "/providers/$wallet",
  component: lazyRouteComponent(() => import("../market/provider-page.tsx"), "ProviderPage"),
});

/** What the playground's address says. */
interface PlaygroundSearch {
  readonly model?: string | undefined;
}

const playgroundRoute = createRoute({
  getParentRoute: () => root,
  path: "/playground",
  validateSearch: (search: Record<string, unknown>): PlaygroundSearch => ({ model: text(search["model"]) }),
  component: lazyRouteComponent(() => import("../playground/playground-page.tsx"), "PlaygroundPage"),
});

/** Which key the page of keys is to make at once. */
interface KeysSearch {
  readonly generate?: "api" | "provider" | undefined;
}

const keysRoute = createRoute({
  getParentRoute: () => root,
  path: "/keys",
  validateSearch: ({ generate }: Record<string, unknown>): KeysSearch => ({
    generate: generate === "api" || generate === "provider" ? generate : undefined,
  }),
  component: lazyRouteComponent(() => import("../keys/keys-page.tsx"), "KeysPage"),
});

const creditsRoute = createRoute({
  getParentRoute: () => root,
  path: "/credits",
  component: lazyRouteComponent(() => import("../credits/credits-page.tsx"), "CreditsPage"),
});

const activityRoute = createRoute({
  getParentRoute: () => root,
  path: "/activity",
  validateSearch: readActivitySearch,
  component: lazyRouteComponent(() => import("../activity/activity-page.tsx"), "ActivityPage"),
});

const generationRoute = createRoute({
  getParentRoute: () => root,
  path: "/activity/$generation",
  component: lazyRouteComponent(() => import("../activity/generation-page.tsx"), "GenerationPage"),
});

/** What the page of providers shows of one's own selling. */
interface ProvideSearch {
  readonly tab?: string | undefined;
}

const provideRoute = createRoute({
  getParentRoute: () => root,
  path: "/provide",
  validateSearch: (search: Record<string, unknown>): ProvideSearch => ({ tab: text(search["tab"]) }),
  component: lazyRouteComponent(() => import("../selling/selling-page.tsx"), "SellingPage"),
});

const routerRoute = createRoute({
  getParentRoute: () => root,
  path: "/router",
  component: lazyRouteComponent(() => import("../router/router-page.tsx"), "RouterPage"),
});

const routersRoute = createRoute({
  getParentRoute: () => root,
  path: "/routers",
  component: lazyRouteComponent(() => import("../router/directory-page.tsx"), "DirectoryPage"),
});

/** The router of the page (not of the network). */
export const pageRouter = createRouter({
  routeTree: root.addChildren([
    ...[marketRoute, modelRoute, providersRoute, providerRoute, playgroundRoute, keysRoute, creditsRoute],
    ...[activityRoute, generationRoute, provideRoute, routerRoute, routersRoute],
  ]),
  defaultPreload: "intent",
  defaultPendingComponent: PendingPage,
  defaultPendingMs: PENDING_SHOWN_MS,
  defaultPendingMinMs: 0,
  defaultErrorComponent: BrokenPage,
  // Texts as they are: `?max_price=0.5`, not the JSON of a number or of a text.
  parseSearch: parseSearchWith((value) => value),
  stringifySearch: stringifySearchWith(String),
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof pageRouter;
  }
}
