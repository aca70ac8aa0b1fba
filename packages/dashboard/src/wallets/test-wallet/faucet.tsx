// The faucet's button.
import { useQueryClient } from "@tanstack/react-query";
import { Droplets } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { toast } from "sonner";
import { faultWords } from "../../api/fault-words.ts";
import { loadChain } from "../../signing/chain-place.ts";
import { Button } from "../../ui/button.tsx";
import { GIFT_WORDS, giveTestMoney } from "./give-test-money.ts";

/** Gives test money to an address. */
export function Faucet({ address }: { readonly address: string }): ReactNode {
  const [isBusy, setIsBusy] = useState(false);
  const asking = useQueryClient();
  const give = async (): Promise<void> => {
    setIsBusy(true);
    try {
      await giveTestMoney(await loadChain(), address);
      await asking.invalidateQueries();
      toast.success(`The test wallet has ${GIFT_WORDS} more.`, { description: "It is worth nothing anywhere else." });
    } catch (error) {
      const { what, next } = faultWords(error);
      toast.error(what, { ...(next !== undefined && { description: next }) });
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Button size="small" isBusy={isBusy} onClick={() => void give()}>
      {!isBusy && <Droplets aria-hidden className="size-4" />}
      Get {GIFT_WORDS}
    </Button>
  );
}
