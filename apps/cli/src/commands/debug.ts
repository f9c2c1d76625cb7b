import { helmReleaseKind } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import { createMasker } from "@eddy/core/secrets";
import { dump } from "@eddy/goyaml";
import { createValuesStore, loadValues } from "@eddy/helm-controller";
import { getObject } from "../cluster/objects.ts";
import { chosenKind, requiredName } from "../command/chosen-kind.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

const documentation = "https://fluxcd.io/flux/components/helm/helmreleases/";

/** `debug`: the values that a HelmRelease is made with, its status or its history. Source: fluxcd/flux2 debug_helmrelease.go. */
export const debugCommand: Command = defineCommand({
  path: ["debug"],
  summary: "Debug a resource",
  details:
    "The debug commands can be used to troubleshoot failing releases. WARNING: values that come from Secrets are printed as they are.",
  kinds: { where: (kind) => kind.kind === helmReleaseKind.kind && kind.group === helmReleaseKind.group, words: "path" },
  args: [{ name: "name", completesObjects: true }],
  flags: {
    showStatus: flag.boolean("print the status of the Helm release"),
    showValues: flag.boolean("print the final values of the Helm release"),
    showHistory: flag.boolean("print the reconciliation history of the Helm release"),
  },
  examples: [
    ["Print the status of a Helm release", "debug helmrelease podinfo --show-status"],
    ["Print the values that a release is made with", "debug helmrelease podinfo --show-values"],
    ["Print the revisions of a release", "debug helmrelease podinfo --show-history"],
  ],
  async run({ choice, args, flags }, context) {
    const kind = chosenKind(choice);
    const name = requiredName(kind.cli.humanName, args);
    const chosen = [flags.showStatus, flags.showValues, flags.showHistory].filter(Boolean).length;
    if (chosen !== 1)
      throw new EddyError("USAGE", "exactly one of --show-status, --show-values, or --show-history must be set", {
        class: "terminal",
      });
    const kube = await context.kube();
    const object = helmReleaseKind.decode(await getObject(kube, kind, await context.namespace(), name));
    if (flags.showValues) {
      const store = createValuesStore({ kube, masker: createMasker() });
      return context.print(dump(await loadValues(object, store)));
    }
    const [what, anchor, data] = flags.showStatus
      ? ["Status", "#helmrelease-status", object.status ?? {}]
      : ["History", "#history", object.status?.history ?? []];
    context.print(`# ${what} documentation: ${documentation}${anchor}\n${dump(data as unknown as Json)}`);
  },
});
