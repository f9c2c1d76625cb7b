import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, kinds, kustomizationKind } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { createArtifactServer, createArtifactStore } from "@eddy/runtime/artifact";
import { Hand, type Stage } from "./kustomize-controller/hand.ts";
import { scenarios, type Scenario } from "./kustomize-controller/scenarios.ts";
import { startOurs, startTheirs } from "./kustomize-controller/sides.ts";
import { startRealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

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
    await serveKinds(kube);
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
      const [theirs = "", ours = ""] = await Promise.all(
        (["theirs", "ours"] as const).map((side) => observe(scenario, new Hand(stage, side, number))),
      );
      tell(report, scenario, theirs, ours);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

/** What is seen after each step, and what was told in the end. */
async function observe(scenario: Scenario, hand: Hand): Promise<string> {
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
  return JSON.stringify(seen, null, 1);
}

function tell(report: Report, { name, differs }: Scenario, theirs: string, ours: string): void {
  if (theirs === ours && differs !== undefined) report.fail(name, "does not differ any more: remove the reason");
  else if (theirs === ours) report.pass(name);
  else if (differs !== undefined) report.skip(name, differs);
  else report.fail(name, differences(theirs, ours));
}

/** The lines that one side has and the other has not. */
function differences(theirs: string, ours: string): string {
  const [left, right] = [theirs.split("\n"), ours.split("\n")];
  const only = (lines: readonly string[], others: readonly string[]): string =>
    lines.filter((line) => !others.includes(line)).join("\n    ");
  return `\n  theirs only:\n    ${only(left, right)}\n  ours only:\n    ${only(right, left)}`;
}

async function serveKinds(kube: KubeClient): Promise<void> {
  const served = kinds.filter(({ group }) => group === kustomizationKind.group || group.startsWith("source."));
  for (const kind of served) await kube.apply(crdOf(kind) as KubeObject, { fieldManager: "conformance", force: true });
  for (const { group, kind } of served) {
    const look = (): Promise<boolean> =>
      kube
        .resourceFor({ group, kind }, { force: true })
        .then(() => kube.list({ group, kind }, { limit: 1 }))
        .then(
          () => true,
          () => false,
        );
    while (!(await look())) await delay(systemClock, 100);
  }
}
