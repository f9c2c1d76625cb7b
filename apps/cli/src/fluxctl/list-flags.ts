import { flag, type FlagSpec } from "../command/flag.ts";
import { eras, type Era } from "./era.ts";

/** Flags of everything that prints in the words of an era. */
export const eraFlags: { outputCompat: FlagSpec<Era | undefined> } = {
  outputCompat: flag.oneOf(eras, "print as fluxctl of this era did; default: the one that the noun is from"),
};

/** Flags of fluxctl that reached its daemon: there is none, the API server is asked. Taken, and without effect. */
export const daemonFlags: {
  k8sFwdNs: FlagSpec<string | undefined>;
  k8sFwdLabels: FlagSpec<string | undefined>;
  url: FlagSpec<string | undefined>;
} = {
  k8sFwdNs: flag.text("taken for compatibility: there is no daemon to forward to", { hidden: true }),
  k8sFwdLabels: flag.text("taken for compatibility: there is no daemon to forward to", { hidden: true }),
  url: flag.text("taken for compatibility: the cluster of the kubeconfig is asked", { short: "u", hidden: true }),
};

/** Flags of lists. */
export const listFlags: typeof daemonFlags &
  typeof eraFlags & {
    allNamespaces: FlagSpec<boolean>;
    noHeaders: FlagSpec<boolean>;
    outputFormat: FlagSpec<"tab" | "json" | undefined>;
  } = {
  ...daemonFlags,
  ...eraFlags,
  allNamespaces: flag.boolean("query across all namespaces", { short: "a" }),
  noHeaders: flag.boolean("don't print headers"),
  outputFormat: flag.oneOf(["tab", "json"], "output format", { short: "o" }),
};
