/**
 * How Go's package time quotes what it could not parse: unlike strconv.Quote, each byte outside ASCII and each control character
 * below a space as `\xNN`, and nothing else but quotes and backslashes is escaped. Source: Go's time/format.go, quote, 1.26.
 */
export function quoteForTime(bytes: Uint8Array): string {
  const quoted = Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === "\\") return `\\${char}`;
    return byte < 0x20 || byte >= 0x80 ? `\\x${byte.toString(16).padStart(2, "0")}` : char;
  });
  return `"${quoted.join("")}"`;
}
