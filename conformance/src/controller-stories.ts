import { messageOf } from "@eddy/core/errors";
import { connect, type KubeClient, parseKubeconfig, resolveContext } from "@eddy/kube";
import { startRealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** The stories that a controller's `npm test` tells to the embedded control plane. */
export type ControllerStories = (
  open: () => Promise<{ kube: KubeClient; kubeconfig: string }>,
) => readonly { readonly name: string; run(): Promise<void> }[];

/** A suite that tells the stories to a real kube-apiserver: what differs is a bug of one of the two. */
export function controllerStories(name: string, summary: string, stories: ControllerStories): Suite {
  return {
    name,
    summary,
    async run(report: Report, { upstreamBin, filter = "" }: SuiteOptions) {
      const plane = await startRealControlPlane(upstreamBin === undefined ? {} : { upstreamBin });
      if (!plane) return report.skip("all cases", "the real control plane is not built: npm run upstream");
      const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
      // Nothing else keeps the process alive while a case waits for a watch.
      const alive = setInterval(() => undefined, 1_000);
      try {
        const cases = stories(async () => ({ kube, kubeconfig: plane.kubeconfig }));
        for (const one of cases.filter((story) => story.name.includes(filter))) await tell(one, report);
      } finally {
        clearInterval(alive);
        kube.close();
        await plane.stop();
      }
    },
  };
}

async function tell({ name, run }: { name: string; run(): Promise<void> }, report: Report): Promise<void> {
  try {
    await run();
    report.pass(name);
  } catch (error) {
    report.fail(name, messageOf(error));
  }
}
