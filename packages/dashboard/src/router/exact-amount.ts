// Amounts in full, with their thousands apart.

/** A decimal such as `1234567.890000001` as `1,234,567.890000001`: no digit is left out. */
export function exactAmount(text: string): string {
  const [whole = "0", fraction] = text.split(".");
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
