import { formatApiVersion } from "@eddy/core/object";
import { formatDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";
import { parseSelector } from "@eddy/core/labels";
import { cliFieldManager, kinds, type Kind } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { awaitReady } from "../cluster/await-object.ts";
import { upsert } from "../cluster/upsert.ts";
import { chosenKind, requiredName } from "../command/chosen-kind.ts";
import type { CommandContext } from "../command/context.ts";
import { createValues, flagsOfForm } from "../command/create-flags.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { formatDocument } from "../output/object-formats.ts";

/** `create`: makes an object of a kind from flags, or prints it, and waits until it is ready. */
export const createCommand: Command = defineCommand({
  path: ["create"],
  summary: "Create or update sources and resources",
  details: "The create sub-commands generate sources and resources.",
  kinds: { where: (kind) => kind.cli.create !== undefined, words: "path", flagsOf: flagsOfForm },
  args: [{ name: "name" }],
  flags: {
    export: flag.boolean("export in YAML format to stdout"),
    interval: flag.duration("1m", "source sync interval"),
    label: flag.list("set labels on the resource, label1=value1,label2=value2"),
  },
  examples: kinds
    .flatMap((kind) => kind.cli.create?.examples ?? [])
    .map(([what, words]) => [what, `create ${words}`] as const),
  async run({ choice, args, flags, kindFlags }, context) {
    const kind = chosenKind(choice);
    const form = kind.cli.create;
    if (!form)
      throw new EddyError("USAGE", `objects of kind ${kind.kind} are not created by hand`, { class: "terminal" });
    const [name, namespace] = [checkedName(requiredName(kind.cli.humanName, args)), await context.namespace()];
    const values = await createValues(form, kindFlags);
    const labels = parseLabels(flags.label);
    const object: KubeObject = {
      apiVersion: formatApiVersion({ group: kind.group, version: kind.storageVersion }),
      kind: kind.kind,
      metadata: { name, namespace, ...(Object.keys(labels).length === 0 ? {} : { labels }) },
      spec: form.spec(values, formatDuration(flags.interval)),
    };
    const secret = form.secret?.(values);
    if (secret !== undefined) object["spec"] = { ...(object["spec"] as object), secretRef: { name } };
    if (flags.export) {
      if (secret !== undefined) context.print(formatDocument(secretObject(object, secret)));
      return context.print(formatDocument(object));
    }
    context.status.generate(`generating ${kind.cli.createName}`);
    if (secret !== undefined) await applySecret(context, secretObject(object, secret));
    await applyAndWait(context, kind, object);
  },
});

async function applyAndWait(context: CommandContext, kind: Kind, object: KubeObject): Promise<void> {
  const kube = await context.kube();
  const { name, namespace = "" } = object.metadata;
  context.status.action(`applying ${kind.cli.createName}`);
  const outcome = await upsert(kube, kind, object);
  context.status.success(`${kind.cli.createName} ${outcome}`);
  context.status.waiting(`waiting for ${kind.cli.createName} reconciliation`);
  const { clock, signal } = context;
  const ready = await awaitReady(kube, kind, { namespace, name, timeoutMs: context.flags.timeout, clock, signal });
  for (const message of kind.cli.create?.readyMessages(ready) ?? []) context.status.success(message);
}

async function applySecret(context: CommandContext, secret: KubeObject): Promise<void> {
  context.status.action("applying secret with repository credentials");
  const kube = await context.kube();
  await kube.apply(secret, { fieldManager: cliFieldManager, force: true });
  context.status.success("authentication configured");
}

function secretObject(owner: KubeObject, stringData: Record<string, string>): KubeObject {
  const { name, namespace = "" } = owner.metadata;
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData };
}

function checkedName(name: string): string {
  if (/^[a-z0-9][-a-z0-9]{0,61}[a-z0-9]$/.test(name)) return name;
  const message = `name '${name}' is invalid, it should adhere to standard defined in RFC 1123, the name can only contain alphanumeric characters or '-'`;
  throw new EddyError("USAGE", message, { class: "terminal" });
}

function parseLabels(pairs: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of pairs) {
    const [key = "", value, ...more] = pair.split("=");
    if (value === undefined || more.length > 0) {
      throw new EddyError("USAGE", `invalid label format '${pair}', must be key=value`, { class: "terminal" });
    }
    parseSelector(`${key}=${value}`);
    labels[key] = value;
  }
  return labels;
}
