import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crdOf, gitRepositoryKind, kinds } from "@eddy/api";
import { deepEqual } from "@eddy/core/json";
import { valueAt, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { Report, SuiteOptions } from "../suite.ts";
import { runEddy, runFlux, type CommandPlace, type Printed } from "./run-both.ts";
import type { CliWorld } from "./world.ts";

const git = "source.toolkit.fluxcd.io";

/** Files without fields that moved: those flux leaves where they are. */
const files: Readonly<Record<string, string>> = {
  "m/a.yaml": `# kept\r\napiVersion: ${git}/v1beta2 # old\r\nkind: GitRepository\r\nmetadata:\r\n  name: a\r\n`,
  "m/b/all.yml": [
    `apiVersion: ${git}/v1beta2\nkind: OCIRepository\n`,
    `apiVersion: ${git}/v1beta1\nkind: HelmRepository\n`,
    `apiVersion: ${git}/v1\nkind: Bucket\n`,
    "apiVersion: kustomize.toolkit.fluxcd.io/v1beta2\nkind: Kustomization\n",
    "apiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: HelmRelease\n",
    "apiVersion: helm.toolkit.fluxcd.io/v2beta2\nkind: HelmRelease\n",
    "apiVersion: notification.toolkit.fluxcd.io/v1beta1\nkind: Alert\n",
    "apiVersion: notification.toolkit.fluxcd.io/v1beta2\nkind: Provider\n",
    "apiVersion: notification.toolkit.fluxcd.io/v1beta2\nkind: Receiver\n",
    "apiVersion: image.toolkit.fluxcd.io/v1beta2\nkind: ImageUpdateAutomation\n",
    "apiVersion: apps/v1beta1\nkind: Deployment\n",
  ].join("---\n"),
  "m/c.tpl": `{{ if x }}\napiVersion: ${git}/v1beta2\nkind: GitRepository\n{{ end }}\n`,
  "m/current.yaml": `apiVersion: ${git}/v1\nkind: GitRepository\n`,
};

const commands = [
  "migrate -f m --dry-run",
  "migrate -f m --yes",
  "migrate -f m/ --yes --extensions=.tpl",
  "migrate -f m/a.yaml --yes",
  "migrate -f m --yes --version 2.6",
  "migrate -f m --yes --version 1.0",
  "migrate -f m/c.tpl --yes",
  "migrate -f m/gone.yaml --yes",
  "migrate -f m/current.yaml --yes",
];

/** `migrate` of both, over the same files and the same cluster. */
export async function compareMigrations(world: CliWorld, report: Report, { filter }: SuiteOptions): Promise<void> {
  if (filter !== undefined && !"migrate".includes(filter)) return;
  for (const command of commands) {
    const [theirs, ours] = [await migrate(world, runFlux, command), await migrate(world, runEddy, command)];
    // Where a file is not there, the system's words are another program's.
    const isSame = command.includes("gone") ? theirs.code === ours.code : deepEqual(theirs, ours);
    if (isSame) report.pass(command);
    else report.fail(command, `theirs\n${JSON.stringify(theirs)}\nours\n${JSON.stringify(ours)}`);
  }
  await compareCluster(world, report);
}

type Runner = (words: readonly string[], place: CommandPlace) => Promise<Printed>;

async function migrate(world: CliWorld, run: Runner, command: string): Promise<Printed & { files: string[] }> {
  world.write(files);
  const { code, stdout, stderr } = await run(command.split(" "), world.place);
  const after = Object.keys(files).map((file) => readFileSync(join(world.place.dir, file), "latin1"));
  return { code, stdout, stderr: stderr.replaceAll(/^ {2}.*\n/gm, ""), files: after };
}

async function compareCluster(world: CliWorld, report: Report): Promise<void> {
  const { kube, place } = world;
  for (const kind of kinds) {
    const labels = { "app.kubernetes.io/part-of": "flux" };
    if (kind.group.endsWith(".fluxcd.io")) await kube.patch(definitionOf(kind), "merge", { metadata: { labels } });
  }
  const outcome = async (run: Runner): Promise<unknown> => {
    await prepare(world);
    const { code, stdout, stderr } = await run(["migrate"], place);
    const definition = await kube.get(definitionOf(gitRepositoryKind));
    const object = await kube.get({
      group: git,
      kind: "GitRepository",
      version: "v1",
      namespace: "migrate",
      name: "old",
    });
    const managers = object.metadata.managedFields?.map(({ manager, apiVersion }) => [manager, apiVersion]);
    await kube.delete({ group: git, kind: "GitRepository", namespace: "migrate", name: "old" });
    return { code, stdout, stderr, stored: valueAt(definition, "status", "storedVersions"), managers };
  };
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "migrate" } });
  const [theirs, ours] = [await outcome(runFlux), await outcome(runEddy)];
  if (deepEqual(theirs, ours)) report.pass("migrate: the cluster");
  else report.fail("migrate: the cluster", `theirs\n${JSON.stringify(theirs)}\nours\n${JSON.stringify(ours)}`);
}

async function prepare({ kube }: CliWorld): Promise<void> {
  const old = {
    apiVersion: `${git}/v1beta2`,
    kind: "GitRepository",
    metadata: { name: "old", namespace: "migrate" },
    spec: { interval: "1m", url: "https://example.com/a" },
  };
  await kube.apply(old as KubeObject, { fieldManager: "old" });
  const status = { storedVersions: ["v1beta2", "v1"] };
  await kube.patch(definitionOf(gitRepositoryKind), "merge", { status }, { subresource: "status" });
}

function definitionOf(kind: (typeof kinds)[number]): ObjectRef & { version: string } {
  const { name } = (crdOf(kind) as KubeObject).metadata;
  return { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", version: "v1", namespace: "", name };
}
