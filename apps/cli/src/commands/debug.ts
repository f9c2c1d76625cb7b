import { helmReleaseKind, kustomizationKind, type HelmRelease, type Kind, type Kustomization } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { dump } from "@eddy/goyaml";
import type { KubeClient } from "@eddy/kube";
import { getObject } from "../cluster/objects.ts";
import { chosenKind, requiredName } from "../command/chosen-kind.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

/** What can be told of a kind beyond its status and history: what its objects are made with. */
interface Debugged {
  kind: Kind;
  inputs: "showValues" | "showVars";
  print(kube: KubeClient, object: KubeObject): Promise<string>;
  pages: { status: string; history: string };
}

const documentation = "https://fluxcd.io/flux/components";
const debugged: readonly Debugged[] = [
  {
    kind: helmReleaseKind,
    inputs: "showValues",
    print: async (kube, object) => valuesText(helmReleaseKind.decode(object), kube),
    pages: { status: "helm/helmreleases/#helmrelease-status", history: "helm/helmreleases/#history" },
  },
  {
    kind: kustomizationKind,
    inputs: "showVars",
    print: async (kube, object) => variablesText(kustomizationKind.decode(object), kube),
    pages: { status: "kustomize/kustomizations/#kustomization-status", history: "kustomize/kustomizations/#history" },
  },
];

/** `debug`: what a HelmRelease or Kustomization is made with, its status or its history. */
export const debugCommand: Command = defineCommand({
  path: ["debug"],
  summary: "Debug a resource",
  details:
    "The debug commands can be used to troubleshoot failing reconciliations. WARNING: values that come from Secrets are printed as they are.",
  kinds: { where: (kind) => debugged.some((candidate) => candidate.kind === kind), words: "path" },
  args: [{ name: "name", completesObjects: true }],
  flags: {
    showStatus: flag.boolean("print the status of the object"),
    showValues: flag.boolean("print the final values of a HelmRelease"),
    showVars: flag.boolean("print the final variables of a Kustomization in dot env format"),
    showHistory: flag.boolean("print the reconciliation history of the object"),
  },
  examples: [
    ["Print the status of a Helm release", "debug helmrelease podinfo --show-status"],
    ["Print the values that a release is made with", "debug helmrelease podinfo --show-values"],
    ["Print the variables that a Kustomization substitutes", "debug kustomization podinfo --show-vars"],
    ["Print the revisions of a Kustomization", "debug ks podinfo --show-history"],
  ],
  async run({ choice, args, flags }, context) {
    const kind = chosenKind(choice);
    const subject = debugged.find((candidate) => candidate.kind === kind) as Debugged;
    const name = requiredName(kind.cli.humanName, args);
    const shown = (["showStatus", "showValues", "showVars", "showHistory"] as const).filter((key) => flags[key]);
    const [what] = shown;
    const isOfKind = what === "showStatus" || what === "showHistory" || what === subject.inputs;
    if (shown.length !== 1 || what === undefined || !isOfKind) {
      const inputs = subject.inputs === "showValues" ? "--show-values" : "--show-vars";
      throw usage(`exactly one of --show-status, ${inputs}, or --show-history must be set`);
    }
    const kube = await context.kube();
    const object = await getObject(kube, kind, await context.namespace(), name);
    if (what === subject.inputs) return context.print(await subject.print(kube, object));
    const [title, page, data] =
      what === "showStatus"
        ? ["Status", subject.pages.status, valueAt(object, "status") ?? {}]
        : ["History", subject.pages.history, valueAt(object, "status", "history") ?? []];
    context.print(`# ${title} documentation: ${documentation}/${page}\n${dump(data as Json)}`);
  },
});

async function valuesText(object: HelmRelease, kube: KubeClient): Promise<string> {
  const { loadValues } = await import("@eddy/helm-controller");
  const { createDataStore } = await import("@eddy/runtime/data");
  return dump(await loadValues(object, createDataStore({ kube })));
}

/** Lines of `name=value`, by name. */
async function variablesText(object: Kustomization, kube: KubeClient): Promise<string> {
  if (!object.spec.postBuild) throw usage("no post build substitutions found");
  const { loadVariables } = await import("@eddy/kustomize-controller");
  const { createDataStore } = await import("@eddy/runtime/data");
  const variables = await loadVariables(object, createDataStore({ kube }));
  const names = [...(variables?.keys() ?? [])].sort();
  return names.map((name) => `${name}=${variables?.get(name) ?? ""}\n`).join("");
}

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal", hint: "see --help" });
}
