// The flow of this page's dialog, joined with this page's router.
import { systemClock } from "@aimo-network/protocol/clock";
import { answerOf, routerApi } from "../api/router-api.ts";
import { enterSession, whenSignedOut } from "../session/session-store.ts";
import { ConnectFlow } from "./connect-flow.ts";
import { connectPart } from "./connect-part.ts";
import { rememberWallet } from "./last-wallet.ts";
import { keepLink } from "./link-life.ts";
import { linkWallet } from "./linked-wallet.ts";

/** The one flow of the page. */
export const connectFlow = new ConnectFlow({
  clock: systemClock,
  host: () => location.host,
  desk: {
    challenge: (address) => answerOf(routerApi.POST("/api/v1/auth/challenge", { body: { address } })),
    async login(login) {
      await whenSignedOut();
      return await answerOf(routerApi.POST("/api/v1/auth/login", { body: login }));
    },
  },
  enter: enterSession,
  link: (linked) => {
    linkWallet(linked);
    rememberWallet(linked.wallet.name);
  },
});

keepLink();
connectPart.want();
