import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, parse, relative, resolve, sep } from "node:path";
import { EddyError } from "@eddy/core/errors";
import { buildKustomization } from "@eddy/kustomize";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { diskTree } from "../disk-tree.ts";

/** `kustomize build`: what `kustomize build` prints, from our own engine. */
export const kustomizeBuildCommand: Command = defineCommand({
  path: ["kustomize", "build"],
  summary: "Build a kustomization target from a directory",
  args: [{ name: "dir" }],
  flags: {
    output: flag.text("write to this file, or to one file an object if it is a directory", { short: "o" }),
    loadRestrictor: flag.oneOf(
      ["LoadRestrictionsRootOnly", "LoadRestrictionsNone"],
      "whether files may be outside of the directory",
    ),
    enableHelm: flag.boolean("inflate Helm charts (not built yet)"),
    enableAlphaPlugins: flag.boolean("enable plugins (not built)"),
    enableExec: flag.boolean("let plugins be programs (not built)"),
    asCurrentUser: flag.boolean("accepted for compatibility; only plugins use it"),
    enableManagedbyLabel: flag.boolean("label what was built with who built it"),
    reorder: flag.oneOf(["legacy", "none"], "the order of the objects"),
  },
  examples: [["Build an overlay", "kustomize build overlays/production"]],
  async run({ args, flags }, context) {
    const refused = (["enableHelm", "enableAlphaPlugins", "enableExec"] as const).find((name) => flags[name]);
    if (refused !== undefined) throw notBuilt(refused);
    const directory = resolve(args[0] ?? ".");
    const found = await stat(directory).catch(() => undefined);
    if (!found?.isDirectory()) {
      throw new EddyError("NO_DIRECTORY", `'${args[0] ?? "."}' doesn't exist or is not a directory`, {
        class: "terminal",
        hint: "remote targets are not built yet: clone the repository first",
      });
    }
    // The tree starts at the top so that bases beside the directory can be reached; what may be read is the restrictor's business.
    const root = parse(directory).root;
    const result = buildKustomization(diskTree(root), relative(root, directory).split(sep).join("/"), {
      loadRestrictor: flags.loadRestrictor === "LoadRestrictionsNone" ? "none" : "root",
      order: flags.reorder ?? "legacy",
      ...(flags.enableManagedbyLabel ? { managedByLabel: "kustomize-eddy" } : {}),
      onWarning: (message) => context.status.plain(`# Warning: ${message}`),
    });
    if (flags.output === undefined) return context.print(result.text());
    await writeResult(resolve(flags.output), result);
  },
});

async function writeResult(path: string, result: ReturnType<typeof buildKustomization>): Promise<void> {
  const target = await stat(path).catch(() => undefined);
  if (!target?.isDirectory()) {
    await mkdir(dirname(path), { recursive: true });
    return writeFile(path, result.text());
  }
  const { dump } = await import("@eddy/goyaml");
  for (const resource of result.resources) {
    const object = resource.object();
    await writeFile(join(path, fileNameOf(object)), dump(object as never));
  }
}

/** `<namespace>_<group>_<version>_<kind>_<name>.yaml` in lower case, as kustomize names them. */
function fileNameOf(object: {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}): string {
  const parts = [object.metadata.namespace, ...object.apiVersion.split("/"), object.kind, object.metadata.name];
  const name = parts
    .filter((part) => part !== undefined && part !== "")
    .join("_")
    .toLowerCase();
  return `${name.replaceAll(/[^a-z0-9._-]/g, "_")}.yaml`;
}

function notBuilt(key: string): EddyError {
  const name =
    key === "enableHelm"
      ? "--enable-helm: inflating Helm charts"
      : "--enable-alpha-plugins and --enable-exec: running plugins";
  return new EddyError("NOT_BUILT", `${name} is not built`, {
    class: "terminal",
    hint: "render it before, or leave the flag out if nothing needs it",
  });
}
