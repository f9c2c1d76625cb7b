import { EddyError } from "@eddy/core/errors";
import { rollbackRelease } from "@eddy/runtime/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { applyFlags, dryRunFlag, readApplyFlags, serverSideFlag, waitFlag } from "../../helm/action-flags.ts";
import { releasePorts, runHelm } from "../../helm/release-ports.ts";

const flags = {
  ...applyFlags,
  ...waitFlag,
  ...dryRunFlag,
  ...serverSideFlag,
  historyMax: flag.integer(10, "limit the maximum number of revisions saved per release. Use 0 for no limit"),
  cleanupOnFail: flag.boolean("allow deletion of new resources created in this rollback when rollback fails"),
};

/** `helm rollback`. */
export const helmRollbackCommand: Command = defineCommand({
  path: ["helm", "rollback"],
  summary: "Roll back a release to a previous revision",
  args: [{ name: "release", required: true }, { name: "revision" }],
  flags,
  examples: [["Roll back to the revision before the last", "helm rollback web -n team --wait"]],
  run({ args: [name = "", revision = "0"], flags: values }, context) {
    return runHelm(context, "", async () => {
      const { wait, dryRun, serverSide, historyMax, cleanupOnFail } = values;
      const request = {
        ...readApplyFlags(values),
        name,
        version: parseRevision(revision),
        wait,
        dryRun,
        timeoutMs: context.flags.timeout,
        serverSideApply: serverSide,
        maxHistory: historyMax,
        cleanupOnFail,
      };
      await rollbackRelease(request, await releasePorts(context));
      context.print("Rollback was a success! Happy Helming!\n");
    });
  },
});

function parseRevision(text: string): number {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new EddyError(
    "INVALID_ARGUMENT",
    `could not convert revision to a number: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    { class: "terminal" },
  );
}
