import type { HelmDialect } from "@eddy/helm";
import { flag, type FlagSpec } from "../command/flag.ts";

/** `--dialect`: Eddy's own, for the bytes of the Helm that somebody has. */
export const dialectFlag: { dialect: FlagSpec<"helm3" | "helm4" | undefined> } = {
  dialect: flag.oneOf(["helm3", "helm4"], "whose bytes are printed: those of Helm 3 or (default) of Helm 4"),
};

/** What the flag says. */
export function dialectOf(dialect: HelmDialect | undefined): HelmDialect {
  return dialect ?? "helm4";
}
