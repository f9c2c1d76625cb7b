import { flag, type FlagSpec } from "../command/flag.ts";
import { daemonFlags, eraFlags } from "./list-flags.ts";

/** Flags of what writes: who and why, and how much of the result is printed. */
export const writeFlags: typeof daemonFlags &
  typeof eraFlags & {
    message: FlagSpec<string | undefined>;
    user: FlagSpec<string | undefined>;
    verbosity: FlagSpec<number>;
    controller: FlagSpec<readonly string[]>;
    service: FlagSpec<readonly string[]>;
  } = {
  ...daemonFlags,
  ...eraFlags,
  message: flag.text("attach a message to the update", { short: "m" }),
  user: flag.text("override the user reported as initiating the update, `Name <mail>`"),
  verbosity: flag.count("include skipped workloads in the output, and ignored ones with -vv", { short: "v" }),
  controller: flag.list("the older word for --workload", { short: "c" }),
  service: flag.list("the oldest word for --workload, `<namespace>/<name>`", { short: "s" }),
};
