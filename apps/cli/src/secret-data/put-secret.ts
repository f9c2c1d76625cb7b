import { cliFieldManager } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import type { CommandContext } from "../command/context.ts";
import { parseLabels } from "../command/parse-labels.ts";
import { formatDocument } from "../output/object-formats.ts";
import { usage } from "./usage.ts";

/** A Secret as a command makes it. */
export interface NewSecret {
  /** In the last line: `git secret 'x' created in 'ns' namespace`. */
  what: string;
  name: string | undefined;
  stringData: Record<string, string>;
  annotations?: Record<string, string>;
  /** Default Opaque, which is not written. */
  type?: string;
}

/** Prints the Secret, or applies it and says so. */
export async function putSecret(
  context: CommandContext,
  { what, name, stringData, annotations, type }: NewSecret,
  flags: { export: boolean; label: readonly string[] },
): Promise<void> {
  if (name === undefined) throw usage("name is required");
  const namespace = await context.namespace();
  const labels = parseLabels(flags.label);
  const secret: KubeObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      ...(annotations ? { annotations } : {}),
      name,
      namespace,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    stringData,
    ...(type === undefined || type === "Opaque" ? {} : { type }),
  };
  if (flags.export) return context.print(formatDocument(secret));
  const deployKey = stringData["identity.pub"];
  if (deployKey !== undefined) context.status.generate(`deploy key: ${deployKey}`);
  const kube = await context.kube();
  await kube.apply(secret, { fieldManager: cliFieldManager, force: true });
  context.status.action(`${what} secret '${name}' created in '${namespace}' namespace`);
}
