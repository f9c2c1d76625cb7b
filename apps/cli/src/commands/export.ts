import { EddyError } from "@eddy/core/errors";
import { getObject, listObjects } from "../cluster/objects.ts";
import { chosenKind } from "../command/chosen-kind.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { canonicalSpec } from "../output/canonical-spec.ts";
import { exportable } from "../output/exportable.ts";
import { formatDocument } from "../output/object-formats.ts";

/** `export`: objects as YAML that can be committed: no status, nothing that the server wrote. */
export const exportCommand: Command = defineCommand({
  path: ["export"],
  summary: "Export resources in YAML format",
  details: "The export sub-commands export resources in YAML format.",
  kinds: { where: () => true, words: "path" },
  args: [{ name: "name", completesObjects: true }],
  flags: {
    all: flag.boolean("select all resources"),
    withCredentials: flag.boolean("include the Secrets with the credentials of sources"),
  },
  examples: [["Write every source to a file", "export source git --all > sources.yaml"]],
  async run({ choice, args, flags }, context) {
    const kind = chosenKind(choice);
    if (flags.withCredentials && kind.cli.path[0] !== "source") {
      throw new EddyError("USAGE", `--with-credentials is for sources, ${kind.kind} has none`, { class: "terminal" });
    }
    const [name] = args;
    if (name === undefined && !flags.all)
      throw new EddyError("USAGE", "name is required", { class: "terminal", hint: "or export everything with --all" });
    const [kube, namespace] = [await context.kube(), await context.namespace()];
    const objects = flags.all
      ? await listObjects(kube, kind, { namespace })
      : [await getObject(kube, kind, namespace, name ?? "")];
    if (objects.length === 0)
      throw new EddyError("NOTHING_FOUND", `no objects found in ${namespace} namespace`, { class: "terminal" });
    for (const object of objects) {
      context.print(formatDocument(canonicalSpec(kind, exportable(object))));
      const secret = flags.withCredentials ? secretNameOf(object) : undefined;
      if (secret !== undefined)
        context.print(
          formatDocument(exportable(await kube.get({ group: "", kind: "Secret", namespace, name: secret }))),
        );
    }
  },
});

function secretNameOf(object: Readonly<Record<string, unknown>>): string | undefined {
  const { spec } = object as { spec?: { secretRef?: { name?: string } } };
  return spec?.secretRef?.name;
}
