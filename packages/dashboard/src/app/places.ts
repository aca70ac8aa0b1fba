// The places of the console, as the navigation lists them.
import { Activity, Boxes, Coins, KeyRound, MessagesSquare, Network, Server } from "lucide-react";
import type { LucideIcon } from "lucide-react";

/** A place in the navigation. */
export interface Place {
  readonly to: "/" | "/playground" | "/keys" | "/credits" | "/activity" | "/provide" | "/router";
  readonly title: string;
  readonly icon: LucideIcon;
}

/** Places that belong together, below a word. */
export interface PlaceGroup {
  readonly title: string;
  readonly places: readonly Place[];
}

/** All of them, in their order. */
export const PLACES: readonly PlaceGroup[] = [
  {
    title: "Use",
    places: [
      { to: "/", title: "Models", icon: Boxes },
      { to: "/playground", title: "Playground", icon: MessagesSquare },
    ],
  },
  {
    title: "Account",
    places: [
      { to: "/keys", title: "API keys", icon: KeyRound },
      { to: "/credits", title: "Credits", icon: Coins },
      { to: "/activity", title: "Activity", icon: Activity },
    ],
  },
  {
    title: "Earn",
    places: [
      { to: "/provide", title: "Provide", icon: Server },
      { to: "/router", title: "This router", icon: Network },
    ],
  },
];
