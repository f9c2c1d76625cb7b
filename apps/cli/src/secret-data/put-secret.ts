import { cliFieldManager } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import type { CommandContext } from "../command/context.ts";
import { parseLabels } from "../command/parse-labels.ts";
import { formatDocument } from "../output/object-formats.ts";

/** A Secret as a command makes it. */
export interface NewSecret {
  /** In the last line: `git secret 'x' created in 'ns' namespace`. */
  what: string;
  name: string;
  stringData: Record<string, string>;
  annotations?: Record<string, string>;
  /** Absent, it is not written: the server makes it Opaque. */
  type?: string;
}

/** Prints the Secret, or applies it and says so. */
export async function putSecret(
  context: CommandContext,
  { what, name, stringData, annotations, type }: NewSecret,
  flags: { export: boolean; label: readonly string[] },
): Promise<void> {
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
    ...(Object.keys(stringData).length === 0 ? {} : { stringData }),
    ...(type === undefined ? {} : { type }),
  };
  // Of flux's commands this one alone prints no empty line at the end.
  if (flags.export) return context.print(`${formatDocument(secret)}${what === "tls" ? "" : "\n"}`);
  const deployKey = stringData["identity.pub"];
  if (deployKey !== undefined) context.status.generate(`deploy key: ${deployKey}`);
  const kube = await context.kube();
  await kube.apply(secret, { fieldManager: cliFieldManager, force: true });
  context.status.action(`${what} secret '${name}' created in '${namespace}' namespace`);
}
