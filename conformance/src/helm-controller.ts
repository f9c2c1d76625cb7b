import { messageOf } from "@eddy/core/errors";
import { connect, parseKubeconfig, resolveContext } from "@eddy/kube";
import { controllerSuite } from "@eddy/helm-controller/testing";
import { startRealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** The stories of `npm test` about HelmReleases, told to a real kube-apiserver: what differs is a bug of one of the two. */
export const suite: Suite = {
  name: "helm-controller",
  summary: "install, upgrade, failures, remediation, drift, tests and killed processes on the real kube-apiserver",
  async run(report: Report, { upstreamBin, filter = "" }: SuiteOptions) {
    const plane = await startRealControlPlane(upstreamBin === undefined ? {} : { upstreamBin });
    if (!plane) return report.skip("all cases", "the real control plane is not built: npm run upstream");
    const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
    // Nothing else keeps the process alive while a case waits for a watch.
    const alive = setInterval(() => undefined, 1_000);
    try {
      const cases = controllerSuite(async () => ({ kube, kubeconfig: plane.kubeconfig }));
      for (const { name, run } of cases.filter((one) => one.name.includes(filter))) {
        try {
          await run();
          report.pass(name);
        } catch (error) {
          report.fail(name, messageOf(error));
        }
      }
    } finally {
      clearInterval(alive);
      kube.close();
      await plane.stop();
    }
  },
};
