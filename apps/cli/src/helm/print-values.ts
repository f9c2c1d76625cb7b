import type { Json } from "@eddy/core/json";
import { dump } from "@eddy/goyaml";
import { formatGoJson } from "@eddy/runtime/helm";

/** What `-o` takes. */
export type HelmFormat = "table" | "json" | "yaml";

/** A value as `-o json` or `-o yaml` prints it. `json` is given where fields have an order of their own. */
export function formatData(format: "json" | "yaml", value: Json, json: string = formatGoJson(value)): string {
  return format === "json" ? `${json}\n` : dump(JSON.parse(json) as Json);
}
