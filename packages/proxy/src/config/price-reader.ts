// Prices as they are written, digit by digit: a price never passes through a floating-point number.
import { isAimoError } from "@aimo-network/protocol/errors";
import { formatMicroUsdc, parseMicroUsdc } from "@aimo-network/protocol/money";
import type { Pricing } from "@aimo-network/protocol/price";
import { parsePricing } from "@aimo-network/protocol/price";
import type { Reader } from "./reading.ts";
import { mismatch } from "./reading.ts";
import type { TomlValue } from "./toml-document.ts";

const EXPONENT_MAX = 20; // beyond it no price is in range, and zeros are all that is left to write

/** A price as the wire has it, a decimal string of USDC; `unit` is such as "per image". */
export function price(field: keyof Pricing, unit: string): Reader<string> {
  const expected = `USDC ${unit} with at most 6 decimals`;
  return {
    expected,
    read(value, place) {
      const decimal = decimalOf(value);
      const canonical = decimal === undefined ? undefined : canonicalOf(decimal);
      if (canonical === undefined) return mismatch(place, expected, value);
      try {
        parsePricing({ prompt: "0", completion: "0", [field]: canonical });
      } catch (error) {
        if (!isAimoError(error, "invalid_amount")) throw error;
        return mismatch(place, error.context.expected, value);
      }
      return canonical;
    },
  };
}

/** The shortest spelling of the same amount; undefined for what is no amount of micro-USDC. */
function canonicalOf(decimal: string): string | undefined {
  try {
    return formatMicroUsdc(parseMicroUsdc(decimal));
  } catch (error) {
    if (!isAimoError(error, "invalid_amount")) throw error;
    return undefined;
  }
}

function decimalOf(value: TomlValue): string | undefined {
  switch (value.kind) {
    case "string":
      return value.text;
    case "integer":
    case "float":
      return plainDecimal(value.source);
    default:
      return undefined;
  }
}

const NUMBER = /^\+?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?$/;

/** A TOML number without its exponent, exactly (`1.5e-3` is `0.0015`); undefined for a sign, a radix, inf and nan. */
function plainDecimal(source: string): string | undefined {
  const match = NUMBER.exec(source);
  if (match === null) return undefined;
  const [, whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > EXPONENT_MAX) return undefined;
  const digits = `${"0".repeat(EXPONENT_MAX)}${whole}${fraction}${"0".repeat(EXPONENT_MAX)}`;
  const point = EXPONENT_MAX + whole.length + exponent;
  const significant = digits.slice(0, point).replace(/^0+(?=[0-9])/, "");
  const decimals = digits.slice(point).replace(/0+$/, "");
  return decimals === "" ? significant : `${significant}.${decimals}`;
}
