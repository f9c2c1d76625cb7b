import { formatApiVersion } from "@eddy/core/object";
import { formatDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";
import { cliFieldManager, kinds, type Kind, type SshKeyRequest } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { awaitReady } from "../cluster/await-object.ts";
import { upsert } from "../cluster/upsert.ts";
import { chosenKind } from "../command/chosen-kind.ts";
import type { CommandContext } from "../command/context.ts";
import { createValues, flagsOfForm } from "../command/create-flags.ts";
import { createdName } from "../command/created-name.ts";
import { parseLabels } from "../command/parse-labels.ts";
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
    const [name, namespace] = [createdName(args), await context.namespace()];
    const values = await createValues(form, kindFlags);
    const labels = parseLabels(flags.label);
    const object: KubeObject = {
      apiVersion: formatApiVersion({ group: kind.group, version: kind.storageVersion }),
      kind: kind.kind,
      metadata: { name, namespace, ...(Object.keys(labels).length === 0 ? {} : { labels }) },
      spec: form.spec(values, formatDuration(flags.interval)),
    };
    await form.check?.(values);
    const given = form.secret?.(values);
    const secretName = form.secretName?.(name) ?? name;
    const refer = (): void =>
      void (object["spec"] = { ...(object["spec"] as object), secretRef: { name: secretName } });
    if (given !== undefined) refer();
    if (flags.export) {
      if (given !== undefined) context.print(formatDocument(secretObject(object, secretName, given)));
      return context.print(formatDocument(object));
    }
    context.status.generate(`generating ${kind.cli.createName}`);
    const key = form.sshKey?.(values);
    const secret = given ?? (key && (await sshSecret(context, key)));
    if (secret !== undefined) {
      refer();
      await applySecret(
        context,
        secretObject(object, secretName, secret),
        form.secretPhrase ?? "repository credentials",
      );
    }
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

/** A key that is made only when the object is, since somebody must give it to the host: that is asked, unless silenced. */
async function sshSecret(context: CommandContext, request: SshKeyRequest): Promise<Record<string, string>> {
  const { sshSecretData } = await import("../secret-data/git-secret.ts");
  const { signal, io } = context;
  const data = await sshSecretData(new URL(request.url), { ...request, timeoutMs: context.flags.timeout, signal });
  context.status.success(`collected public key from SSH server:\n${data["known_hosts"]}`);
  context.status.generate(`deploy key: ${data["identity.pub"]}`);
  if (request.isSilent) return data;
  const question = "Have you added the deploy key to your repository";
  if (await io.confirm?.(question)) return data;
  const hint = "pass --silent to go on without being asked";
  throw new EddyError("ABORTED", "aborting", { class: "terminal", hint });
}

async function applySecret(context: CommandContext, secret: KubeObject, what: string): Promise<void> {
  context.status.action(`applying secret with ${what}`);
  const kube = await context.kube();
  await kube.apply(secret, { fieldManager: cliFieldManager, force: true });
  context.status.success("authentication configured");
}

function secretObject(owner: KubeObject, name: string, stringData: Record<string, string>): KubeObject {
  const { namespace = "" } = owner.metadata;
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData };
}
