import type { CountOrShare } from "./shapes.ts";

/** A count of pods from a number or a share like `25%`, rounded up or down. Source: apimachinery `intstr`. */
export function resolveCount(value: CountOrShare | undefined, total: number, round: "up" | "down"): number {
  if (typeof value === "number") return value;
  const share = /^(\d+)%$/.exec(value ?? "");
  if (!share) return 0;
  const exact = (Number(share[1]) * total) / 100;
  return round === "up" ? Math.ceil(exact) : Math.floor(exact);
}
