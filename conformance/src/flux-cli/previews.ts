import { kustomizationKind } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import type { Report, SuiteOptions } from "../suite.ts";
import { previewCases, type PreviewCase } from "./preview-cases.ts";
import { runEddy, runFlux, type Printed } from "./run-both.ts";
import type { CliWorld } from "./world.ts";

const namespace = "preview";

/** `build kustomization` and `diff kustomization` of both: the same output and the same exit code. */
export async function comparePreviews(world: CliWorld, report: Report, { filter }: SuiteOptions): Promise<void> {
  for (const name of [namespace, "elsewhere"])
    await world.kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  for (const [index, testCase] of previewCases.entries()) {
    const name = `${testCase.verb}: ${testCase.name}`;
    if (filter !== undefined && !name.includes(filter)) continue;
    const problem = await compareCase(world, testCase, `case-${index}`);
    if (problem === undefined) report.pass(name);
    else report.fail(name, problem);
  }
}

async function compareCase(world: CliWorld, testCase: PreviewCase, id: string): Promise<string | undefined> {
  await prepare(world, testCase, id);
  const folder = `${world.place.dir}/${id}`;
  const words = (testCase.words ?? "").split(" ").filter((word) => word !== "");
  const progress = testCase.verb === "diff" ? ["--progress-bar=false"] : [];
  const base = [testCase.verb, "kustomization", id, "--path", folder, "-n", namespace, ...progress];
  const all = [...base, ...words.map((word) => word.replaceAll("@", folder))];
  const theirs = await runFlux(all, world.place);
  const ours = await runEddy(all, world.place);
  return difference(theirs, ours, testCase);
}

function difference(theirs: Printed, ours: Printed, testCase: PreviewCase): string | undefined {
  const { differs, verb, code, fails = false } = testCase;
  if (differs !== undefined) {
    if (theirs.code === ours.code && theirs.stdout === ours.stdout) return "does not differ any more: compare it";
    return code === ours.code ? undefined : `exit code ${ours.code}, want ${code}: ${ours.stderr}`;
  }
  if (theirs.code !== ours.code) return `exit code ${theirs.code}, ours ${ours.code}: ${theirs.stderr}${ours.stderr}`;
  // Where both fail the words are ours: those of the controller's steps.
  const isFailure = verb === "diff" ? theirs.code > 1 : theirs.code > 0;
  if (isFailure !== fails)
    return fails ? "does not fail any more" : `fails for both, unsaid by the case: ${theirs.stderr}`;
  if (!isFailure && theirs.stdout !== ours.stdout) return `theirs\n${theirs.stdout}\nours\n${ours.stdout}`;
  return undefined;
}

async function prepare({ kube, write }: CliWorld, testCase: PreviewCase, id: string): Promise<void> {
  write(Object.fromEntries(Object.entries(testCase.files).map(([path, text]) => [`${id}/${path}`, text])));
  const labels = {
    "kustomize.toolkit.fluxcd.io/name": id,
    "kustomize.toolkit.fluxcd.io/namespace": namespace,
  };
  for (const object of testCase.live ?? []) {
    const live = structuredClone(object) as unknown as KubeObject;
    live.metadata.labels = { ...live.metadata.labels, ...labels };
    await kube.apply(live, { fieldManager: "kustomize-controller" });
  }
  const sourceRef = { kind: "GitRepository", name: "repo" };
  const spec = { interval: "1m", prune: true, path: "./", sourceRef, ...testCase.spec };
  const ref = { group: kustomizationKind.group, kind: kustomizationKind.kind, namespace, name: id };
  await kube.create({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: id, namespace },
    spec,
  });
  if (!testCase.inventory) return;
  const entries = testCase.inventory.map((entry) => ({ id: entry, v: "v1" }));
  await kube.patch(
    { ...ref, version: "v1" },
    "merge",
    { status: { inventory: { entries } } },
    { subresource: "status" },
  );
}
