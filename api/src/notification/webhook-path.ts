import { sha256 } from "@eddy/core/digest";

/** `/hook/<hex>`: nobody finds it who does not know the token. Source: flux2.md 3.12. */
export function webhookPath(token: string, name: string, namespace: string): string {
  return `/hook/${sha256(token + name + namespace)}`;
}
