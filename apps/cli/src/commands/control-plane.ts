import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { untilAborted } from "../until-aborted.ts";

/** `control-plane`: only the embedded API server, in the foreground. */
export const controlPlaneCommand: Command = defineCommand({
  path: ["control-plane"],
  summary: "Run only the embedded Kubernetes API server",
  details:
    "Runs an API server in this process, for development, tests and previews: no containers run, and it is not for production.",
  flags: {
    port: flag.integer(0, "port to listen on, 0 for a free one"),
    dataDir: flag.text("where objects and certificates are kept; without it they are gone when it stops"),
    kubeconfigOut: flag.text("write the admin's kubeconfig to this file; without it it is printed"),
  },
  examples: [
    [
      "Run one and use it",
      "control-plane --kubeconfig-out ./kubeconfig & kubectl --kubeconfig ./kubeconfig get namespaces",
    ],
  ],
  async run({ flags }, context) {
    const { startControlPlane } = await import("@eddy/control-plane");
    const controlPlane = await startControlPlane({
      port: flags.port,
      clock: context.clock,
      ...(flags.dataDir === undefined ? {} : { dataDir: resolve(flags.dataDir) }),
    });
    try {
      if (flags.kubeconfigOut === undefined) context.print(controlPlane.kubeconfig);
      else await writeSecretFile(resolve(flags.kubeconfigOut), controlPlane.kubeconfig);
      context.status.success(`control plane ready at ${controlPlane.url} after ${Math.round(controlPlane.readyMs)} ms`);
      await untilAborted(context.signal);
    } finally {
      await controlPlane.stop();
    }
  },
});

async function writeSecretFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
  // The mode above is for new files only.
  await chmod(path, 0o600);
}
