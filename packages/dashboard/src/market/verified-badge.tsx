// Whether what is sold was examined.
import { BadgeCheck } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../ui/badge.tsx";

interface VerifiedProps {
  /** Providers whose offer was examined and can do what it says. */
  readonly verified: number;
  readonly providers: number;
}

function verifiedWords({ verified, providers }: VerifiedProps): string {
  if (verified === 0) return "No offer of it has been examined yet.";
  if (providers === 1) return "Its provider was examined and can do what it says.";
  const who =
    verified === providers ? `All its ${providers} providers were` : `${verified} of its ${providers} providers were`;
  return `${who} examined and can do what they say.`;
}

/** A model's badge: verified where one of its providers is. */
export function VerifiedBadge(props: VerifiedProps): ReactNode {
  if (props.verified === 0) return <Badge title={verifiedWords(props)}>Not verified</Badge>;
  return (
    <Badge tone="good" title={verifiedWords(props)}>
      <BadgeCheck aria-hidden className="size-3.5" />
      Verified
    </Badge>
  );
}

/** The same as a sign, where there is room for no more; nothing where none is verified. */
export function VerifiedSign(props: VerifiedProps): ReactNode {
  if (props.verified === 0) return null;
  return (
    <span role="img" aria-label="Verified" title={verifiedWords(props)} className="relative z-1 shrink-0 text-good">
      <BadgeCheck aria-hidden className="size-4" />
    </span>
  );
}
