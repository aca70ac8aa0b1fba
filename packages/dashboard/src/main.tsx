// The console's first lines: the theme, who is signed in, and the page.
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createAsking } from "./app/asking.ts";
import { pageRouter } from "./app/routes.ts";
import { standInForStorage } from "./app/stand-in-storage.ts";
import { startTheme } from "./app/theme.ts";
import "./styles/console.css";
import { startWallets } from "./wallets/start-wallets.ts";

standInForStorage();
startTheme();
const asking = createAsking();
void startWallets(asking);

const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no element with the id root.");
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={asking}>
      <RouterProvider router={pageRouter} />
    </QueryClientProvider>
  </StrictMode>,
);
