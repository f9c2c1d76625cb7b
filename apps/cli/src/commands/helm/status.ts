import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { outputFlag } from "../../helm/action-flags.ts";
import { formatRelease } from "../../helm/print-release.ts";
import { readRelease, releasePorts, runHelm } from "../../helm/release-ports.ts";
import { readResources } from "../../helm/release-resources.ts";

const flags = { ...outputFlag, revision: flag.integer(0, "display the status of the named release with revision") };

/** `helm status`. */
export const helmStatusCommand: Command = defineCommand({
  path: ["helm", "status"],
  summary: "Display the status of the named release",
  args: [{ name: "release", required: true }],
  flags,
  examples: [["Show a release and its objects", "helm status web -n team"]],
  run({ args: [name = ""], flags: { output = "table", revision } }, context) {
    return runHelm(context, "", async () => {
      const { kube, storage } = await releasePorts(context);
      const release = await readRelease(storage, name, revision);
      const resources = await readResources(release, kube);
      const { chart: _chart, ...shown } = release;
      context.print(formatRelease(output === "table" ? release : shown, { format: output, resources }));
    });
  },
});
