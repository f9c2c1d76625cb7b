/** JSON as Go's `%v` prints it once decoded: `map[Tag:latest]`, `[a b]`, `<nil>`. Keys sorted. Cut after 1,024 characters. */
export function formatGoValue(value: unknown): string {
  const text = format(value, 0);
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

const maxLength = 1_024;
const maxDepth = 16;

function format(value: unknown, depth: number): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "number") return formatFloat(value);
  if (typeof value !== "object") return String(value);
  if (depth > maxDepth) return "…";
  if (Array.isArray(value)) return `[${value.map((item) => format(item, depth + 1)).join(" ")}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `map[${entries.map(([key, item]) => `${key}:${format(item, depth + 1)}`).join(" ")}]`;
}

/** `%v` of a float64: the shortest form, with an exponent from 1e21 on as `%g` has it. */
function formatFloat(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return String(value);
}
