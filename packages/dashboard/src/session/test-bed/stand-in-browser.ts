// What the session needs of a browser, for tests without one: to be imported before whatever uses it.

/** A request that the page made. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly csrf: string | null;
}

/** A router's answer to what the page asks. */
export type RouterAnswer = (request: SeenRequest) => { readonly status: number; readonly body?: unknown };

const kept = new Map<string, string>();

/** The browser's store, shared by its tabs. */
export const store = {
  getItem: (key: string): string | null => kept.get(key) ?? null,
  setItem: (key: string, value: string): void => void kept.set(key, value),
  removeItem: (key: string): void => void kept.delete(key),
};

/** What was asked, in order; and what is answered. */
export const router: { readonly seen: SeenRequest[]; answer: RouterAnswer } = {
  seen: [],
  answer: () => ({ status: 404 }),
};

/** Tells the page what another tab has written. */
export function tellFromAnotherTab(key: string, newValue: string): void {
  dispatchEvent(Object.assign(new Event("storage"), { key, newValue }));
}

const events = new EventTarget();
const stand = {
  localStorage: store,
  location: { origin: "https://router.example", host: "router.example" },
  addEventListener: events.addEventListener.bind(events),
  dispatchEvent: events.dispatchEvent.bind(events),
  fetch: async (request: Request): Promise<Response> => {
    const { method, url, headers } = request;
    const seen = { method, path: new URL(url).pathname, csrf: headers.get("x-csrf-token") };
    router.seen.push(seen);
    const { status, body } = router.answer(seen);
    return status === 204 ? new Response(null, { status }) : Response.json(body ?? {}, { status });
  },
};
for (const [name, value] of Object.entries(stand)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
