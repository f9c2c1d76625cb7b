import { EddyError } from "@eddy/core/errors";
import type { DryRun, ServerSideApply, WaitStrategy } from "@eddy/runtime/helm";
import { flag, type FlagSpec, type FlagValues } from "../command/flag.ts";
import { optionalWord } from "./flag-forms.ts";
import type { HelmFormat } from "./print-values.ts";

/** `-o`. */
export const outputFlag: { output: FlagSpec<HelmFormat | undefined> } = {
  output: flag.oneOf(["table", "json", "yaml"], "prints the output in the specified format", { short: "o" }),
};

/** `--wait`, with or without a strategy. */
export const waitFlag: { wait: FlagSpec<WaitStrategy> } = {
  wait: optionalWord(
    { true: "watcher", false: "hookOnly", watcher: "watcher", hookOnly: "hookOnly", legacy: "legacy" },
    "wait until resources are ready (up to --timeout); alone, or one of watcher, hookOnly, legacy",
    "hookOnly",
  ),
};

/** `--dry-run`, with or without a strategy. */
export const dryRunFlag: { dryRun: FlagSpec<DryRun> } = {
  dryRun: optionalWord(
    { true: "client", unchanged: "client", client: "client", server: "server", none: "none", false: "none" },
    "simulate the operation: none, client (nothing is asked of the cluster) or server",
    "none",
  ),
};

/** `--dry-run` of `helm template`, which never writes. */
export const templateDryRunFlag: { dryRun: FlagSpec<"client" | "server"> } = {
  dryRun: optionalWord(
    { true: "client", client: "client", server: "server" },
    "client (nothing is asked of a cluster) or server (its versions, kinds and objects are used and checked)",
    "client",
  ),
};

/** Flags of the actions that change objects. */
export const applyFlags: {
  forceReplace: FlagSpec<boolean>;
  force: FlagSpec<boolean>;
  forceConflicts: FlagSpec<boolean>;
  noHooks: FlagSpec<boolean>;
  waitForJobs: FlagSpec<boolean>;
  description: FlagSpec<string | undefined>;
} = {
  forceReplace: flag.boolean("force resource updates by replacement"),
  force: flag.boolean("deprecated: use --force-replace", { hidden: true }),
  forceConflicts: flag.boolean("if set server-side apply will force changes against conflicts"),
  noHooks: flag.boolean("prevent hooks from running"),
  waitForJobs: flag.boolean("with --wait, wait until all Jobs have been completed, too"),
  description: flag.text("add a custom description"),
};

/** Flags of the actions that render a chart. */
export const renderFlags: {
  createNamespace: FlagSpec<boolean>;
  rollbackOnFailure: FlagSpec<boolean>;
  atomic: FlagSpec<boolean>;
  takeOwnership: FlagSpec<boolean>;
  skipCrds: FlagSpec<boolean>;
  skipSchemaValidation: FlagSpec<boolean>;
  disableOpenapiValidation: FlagSpec<boolean>;
  renderSubchartNotes: FlagSpec<boolean>;
  hideNotes: FlagSpec<boolean>;
  hideSecret: FlagSpec<boolean>;
  enableDns: FlagSpec<boolean>;
  labels: FlagSpec<readonly string[]>;
  postRenderer: FlagSpec<string | undefined>;
  postRendererArgs: FlagSpec<readonly string[]>;
} = {
  createNamespace: flag.boolean("create the release namespace if not present"),
  rollbackOnFailure: flag.boolean("roll back, or uninstall, what fails; waits too"),
  atomic: flag.boolean("deprecated: use --rollback-on-failure", { hidden: true }),
  takeOwnership: flag.boolean("ignore the check for helm annotations and take ownership of existing resources"),
  skipCrds: flag.boolean("if set, no CRDs will be installed"),
  skipSchemaValidation: flag.boolean("if set, disables JSON schema validation"),
  disableOpenapiValidation: flag.boolean("accepted; the server validates what it is given"),
  renderSubchartNotes: flag.boolean("if set, render subchart notes along with the parent"),
  hideNotes: flag.boolean("if set, do not show notes in the output"),
  hideSecret: flag.boolean("hide Kubernetes Secrets when also using the --dry-run flag"),
  enableDns: flag.boolean("accepted; templates never look up names"),
  labels: flag.list("labels that would be added to release metadata: key1=val1,key2=val2", { short: "l" }),
  postRenderer: flag.text("a program that gets what was rendered on stdin and prints what is used instead"),
  postRendererArgs: flag.list("arguments to the post-renderer (can specify multiple or separate with commas)"),
};

/** `--server-side` of upgrades and rollbacks. */
export const serverSideFlag: { serverSide: FlagSpec<ServerSideApply> } = {
  serverSide: {
    ...flag.textWithDefault("auto", "apply on the server: true, false or auto (as the last revision was)"),
    parse: parseServerSide,
    absent: "auto",
  },
};

function parseServerSide(text: string): ServerSideApply {
  if (text === "true" || text === "false" || text === "auto") return text;
  throw new EddyError("INVALID_FLAG", `invalid/unknown release server-side apply method: ${text}`, {
    class: "terminal",
  });
}

/** What the flags of {@link applyFlags} ask for. @throws EddyError INVALID_FLAG (terminal) for flags that exclude each other. */
export function readApplyFlags(flags: FlagValues<typeof applyFlags>): {
  forceReplace: boolean;
  forceConflicts: boolean;
  disableHooks: boolean;
  waitForJobs: boolean;
  description?: string;
} {
  const forceReplace = flags.forceReplace || flags.force;
  if (forceReplace && flags.forceConflicts) {
    const names = "force-replace force-conflicts";
    throw new EddyError(
      "INVALID_FLAG",
      `if any flags in the group [${names}] are set none of the others can be; [force-conflicts force-replace] were all set`,
      { class: "terminal" },
    );
  }
  const { description, forceConflicts, noHooks: disableHooks, waitForJobs } = flags;
  return { forceReplace, forceConflicts, disableHooks, waitForJobs, ...(description ? { description } : {}) };
}

/** What the flags of {@link renderFlags} ask for, the post-renderer aside. @throws EddyError INVALID_FLAG (terminal). */
export function readRenderFlags(flags: FlagValues<typeof renderFlags>): {
  rollbackOnFailure: boolean;
  takeOwnership: boolean;
  skipSchemaValidation: boolean;
  subNotes: boolean;
  hideSecrets: boolean;
  labels: Record<string, string>;
} {
  return {
    rollbackOnFailure: flags.rollbackOnFailure || flags.atomic,
    takeOwnership: flags.takeOwnership,
    skipSchemaValidation: flags.skipSchemaValidation,
    subNotes: flags.renderSubchartNotes,
    hideSecrets: flags.hideSecret,
    labels: parseLabels(flags.labels),
  };
}

function parseLabels(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf("=");
      if (at > 0) return [entry.slice(0, at), entry.slice(at + 1)];
      throw new EddyError("INVALID_FLAG", `${entry} must be formatted as key=value`, { class: "terminal" });
    }),
  );
}
