import type { CommandContext } from "../command/context.ts";

/** Where fluxctl looks: `--namespace`, else the namespace of the kubeconfig's context, else `default`. */
export async function workloadNamespace(context: CommandContext): Promise<string> {
  return context.flags.namespace ?? ((await context.kubeConfig()).namespace || "default");
}
