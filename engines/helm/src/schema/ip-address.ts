/** Whether a text is four decimals without leading zeros. */
export function isIPv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** Whether a text is an IPv6 address, without a zone. */
export function isIPv6(text: string): boolean {
  const [head = "", tail, more] = text.split("::");
  if (more !== undefined) return false;
  const groups = [head, tail ?? ""].map((side) => (side === "" ? [] : side.split(":")));
  const all = groups.flat();
  const last = all.at(-1) ?? "";
  const hasIPv4 = last.includes(".");
  if (hasIPv4 && !isIPv4(last)) return false;
  const hex = hasIPv4 ? all.slice(0, -1) : all;
  if (!hex.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const count = hex.length + (hasIPv4 ? 2 : 0);
  return tail === undefined ? count === 8 : count < 8;
}
