import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kinds, kustomizationKind } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { connect, parseKubeconfig, resolveContext } from "@eddy/kube";
import { createArtifactServer, createArtifactStore } from "@eddy/runtime/artifact";
import { Hand, type Stage } from "./kustomize-controller/hand.ts";
import { scenarios, type Scenario } from "./kustomize-controller/scenarios.ts";
import { startOurs, startTheirs } from "./kustomize-controller/sides.ts";
import { startRealControlPlane } from "./real-control-plane.ts";
import { serveKinds } from "./serve-kinds.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { tellDifference } from "./tell-difference.ts";
import { upstreamProgram } from "./upstream.ts";

const served = kinds.filter(({ group }) => group === kustomizationKind.group || group.startsWith("source."));
/** Scenarios that run at the same time. */
const concurrency = 4;

/** The same is done to Kustomizations of Flux's kustomize-controller and of ours, on one real kube-apiserver. */
export const suite: Suite = {
  name: "kustomize-controller",
  summary: "statuses, events and applied objects against Flux's kustomize-controller, step by step",
  async run(report: Report, options: SuiteOptions) {
    const program = upstreamProgram(options, "kustomize-controller");
    const plane = program && (await startRealControlPlane({ upstreamBin: options.upstreamBin ?? "" }));
    if (!program || !plane)
      return report.skip("all cases", "kustomize-controller or the real control plane is not built: npm run upstream");
    const folder = mkdtempSync(join(tmpdir(), "eddy-kustomize-controller-"));
    const storagePath = join(folder, "storage");
    const server = await createArtifactServer({ storagePath, port: 0, host: "127.0.0.1" });
    const artifacts = createArtifactStore({ storagePath, advertisedAddress: `127.0.0.1:${server.port}` });
    const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
    await serveKinds(kube, served);
    const sides = [startTheirs(program, plane.kubeconfig, join(folder, "theirs")), await startOurs(kube, artifacts)];
    try {
      await compareAll({ kube, artifacts }, report, options);
    } catch (error) {
      const log = readFileSync(join(folder, "theirs/log"), "utf8").slice(-2_000);
      report.fail("kustomize-controller", `${messageOf(error)}\n${log}`);
    } finally {
      for (const side of sides) await side.stop();
      kube.close();
      await plane.stop();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function compareAll(stage: Stage, report: Report, { filter = "" }: SuiteOptions): Promise<void> {
  const queue = [...scenarios.entries()].filter(([, { name }]) => name.includes(filter));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [number, scenario] = next;
      const [theirs, ours] = await Promise.all(
        (["theirs", "ours"] as const).map((side) => observe(scenario, new Hand(stage, side, number))),
      );
      tellDifference(report, scenario, theirs, ours);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

/** What is seen after each step, and what was told in the end. */
async function observe(scenario: Scenario, hand: Hand): Promise<unknown> {
  const seen: unknown[] = [];
  try {
    await hand.open();
    for (const step of scenario.steps) {
      await step(hand);
      seen.push(await hand.look(), ...(await Promise.all((scenario.beside ?? []).map((ref) => hand.lookAt(ref)))));
    }
    seen.push(await hand.told());
  } catch (error) {
    seen.push(messageOf(error), await hand.look());
  }
  return seen;
}
