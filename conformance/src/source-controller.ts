import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRealControlPlane, type RealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { repositoryRoot } from "./upstream.ts";

const files = ["git-repository", "oci-repository", "bucket", "helm-repository", "helm-chart", "artifact-generator"];

interface VitestReport {
  testResults: {
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/** The stories of `npm test` about sources, told to a real kube-apiserver, a new one each. */
export const suite: Suite = {
  name: "source-controller",
  summary: "repositories, buckets, charts and generated artifacts on the real kube-apiserver",
  async run(report: Report, { upstreamBin, filter = "" }: SuiteOptions) {
    for (const file of files.filter((one) => one.includes(filter))) {
      const plane = await startRealControlPlane(upstreamBin === undefined ? {} : { upstreamBin });
      if (!plane) return report.skip("all cases", "the real control plane is not built: npm run upstream");
      try {
        await tell(report, file, plane);
      } finally {
        await plane.stop();
      }
    }
  },
};

async function tell(report: Report, file: string, plane: RealControlPlane): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "eddy-source-controller-"));
  const [kubeconfig, results] = [join(dir, "kubeconfig"), join(dir, "results.json")];
  writeFileSync(kubeconfig, plane.kubeconfig, { mode: 0o600 });
  try {
    const vitest = join(repositoryRoot, "node_modules/vitest/vitest.mjs");
    const words = [
      "run",
      `controllers/source/src/${file}/${file}.test.ts`,
      "--reporter=json",
      `--outputFile=${results}`,
    ];
    const child = spawn(process.execPath, [vitest, ...words], {
      cwd: repositoryRoot,
      env: { ...process.env, EDDY_TEST_KUBECONFIG: kubeconfig },
      stdio: "ignore",
    });
    await once(child, "exit");
    const { testResults } = JSON.parse(readFileSync(results, "utf8")) as VitestReport;
    for (const { message, assertionResults } of testResults) {
      if (assertionResults.length === 0) report.fail(file, message);
      for (const { fullName, status, failureMessages } of assertionResults) {
        if (status === "passed") report.pass(fullName);
        else report.fail(fullName, failureMessages[0]?.split("\n")[0] ?? status);
      }
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
