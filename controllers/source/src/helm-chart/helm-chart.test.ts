import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { gitRepositoryKind, helmChartKind, helmRepositoryKind, type HelmChart } from "@eddy/api";
import { startChartRepository, type ChartRepository } from "@eddy/chart-repository";
import { encodeTarHeader, tarEnd, tarPadding } from "@eddy/core/tar";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { loadChartArchive, type Chart } from "@eddy/helm";
import { startRegistry, type Registry } from "@eddy/registry";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { conditionsOf, isStalled, settled, startSourceBed, type SourceBed } from "../testing/source-bed.ts";
import { pushChart } from "../testing/push-chart.ts";

let bed: SourceBed<HelmChart>;
let open: ChartRepository;
let secured: ChartRepository;
let git: GitServer;
let registry: Registry;
let sequence = 0;

const chartFiles = (version: string, more: Record<string, string> = {}): Record<string, string> => ({
  "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\n`,
  "values.yaml": "replicas: 1\nimage:\n  tag: a\n",
  "values-prod.yaml": "replicas: 3\n",
  "templates/pod.yaml": "kind: Pod\n",
  ...more,
});
const chart = (version: string, more: Record<string, string> = {}): FileTree => memoryTree(chartFiles(version, more));

beforeAll(async () => {
  bed = await startSourceBed<HelmChart>(helmChartKind, { others: [helmRepositoryKind, gitRepositoryKind] });
  git = await startGitServer({ dir: join(bed.folder, "git") });
});

afterAll(async () => {
  await git.stop();
  await bed.stop();
});

beforeEach(async () => {
  await bed.enterNamespace();
  open = await startChartRepository();
  secured = await startChartRepository({ credentials: { username: "eddy", password: "correct-horse" } });
  registry = await startRegistry();
  for (const version of ["1.0.0", "1.1.0", "2.0.0-rc.1"]) open.add(chart(version));
  return async () => {
    await Promise.all([open.stop(), secured.stop(), registry.stop()]);
  };
});

async function source(kind: string, name: string, spec: Record<string, unknown>): Promise<void> {
  const metadata = { name, namespace: bed.namespace };
  await bed.kube.create({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind,
    metadata,
    spec: { interval: "1h", ...spec },
  });
}

const repository = (spec: Record<string, unknown>, name = "repo"): Promise<void> =>
  source("HelmRepository", name, spec);
const create = (spec: Record<string, unknown>): Promise<void> =>
  bed.create("web", {
    interval: "1h",
    chart: "web",
    sourceRef: { kind: "HelmRepository", name: "repo" },
    ...spec,
  });

async function gitSource(files: Record<string, string>): Promise<string> {
  const name = `charts-${sequence++}`;
  const { url } = await git.createRepository(name, files);
  await source("GitRepository", "repo", { url, ref: { branch: "main" } });
  return name;
}

const fromGit = (spec: Record<string, unknown>): Promise<void> =>
  create({ chart: "charts/web", sourceRef: { kind: "GitRepository", name: "repo" }, ...spec });

const inFolder = (folder: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

async function chartOf(object: HelmChart): Promise<Chart> {
  if (!object.status?.artifact) throw new Error("no artifact");
  return loadChartArchive(await bed.artifacts.bytes(object.status.artifact));
}

/** Resolves when a condition says this. */
const untilSays = (text: string): Promise<HelmChart> =>
  bed.untilObject("web", (object) => conditionsOf(object).join("\n").includes(text));

const events = (): string[] =>
  bed.events
    .filter(({ involvedObject }) => involvedObject.namespace === bed.namespace)
    .map(({ reason, message }) => `${reason}: ${message}`);
const chartEvents = (): string[] => events().filter((line) => line.startsWith("Chart"));

describe("a HelmChart of a repository", () => {
  it("is pulled, told, and not asked for again when nothing changes", async () => {
    await repository({ url: open.url });
    await create({ version: "1.x" });
    const object = await bed.untilObject("web", settled("True"));
    await bed.handle.idle();
    const message = "pulled 'web' chart with version '1.1.0'";
    expect(conditionsOf(object)).toEqual([
      `Ready=True/ChartPullSucceeded: ${message}`,
      `ArtifactInStorage=True/ChartPullSucceeded: ${message}`,
    ]);
    const folder = `helmchart/${bed.namespace}/web`;
    expect(object.status).toMatchObject({
      artifact: { revision: "1.1.0", path: `${folder}/web-1.1.0.tgz` },
      url: `http://source-controller.test./${folder}/latest.tar.gz`,
      observedChartName: "web",
      observedSourceArtifactRevision: expect.stringMatching(/^sha256:/),
    });
    expect(chartEvents()).toEqual([`ChartPullSucceeded: ${message}`]);
    expect(bed.events.at(-1)?.metadata).toEqual({
      "source.toolkit.fluxcd.io/revision": "1.1.0",
      "source.toolkit.fluxcd.io/digest": object.status?.artifact?.digest,
    });
    await bed.request("web");
    expect(open.requests().map(({ url }) => url)).toEqual(["/index.yaml", "/web-1.1.0.tgz"]);
    expect(chartEvents()).toHaveLength(1);
  });

  it("follows the index", async () => {
    await repository({ url: open.url });
    await create({});
    await bed.untilObject("web", settled("True"));
    open.add(chart("1.2.0"));
    await bed.kube.patch({ ...bed.ref("repo"), kind: "HelmRepository" }, "merge", {
      metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": "now" } },
    });
    const object = await bed.untilObject("web", ({ status }) => status?.artifact?.revision === "1.2.0");
    expect((await chartOf(object)).metadata.version).toBe("1.2.0");
  });

  it("is packaged with other values, under a version of its own", async () => {
    await repository({ url: open.url });
    await create({ version: "1.0.0", valuesFiles: ["values.yaml", "values-prod.yaml"] });
    const object = await bed.untilObject("web", settled("True"));
    const message =
      "packaged 'web' chart with version '1.0.0+1' and merged values files [values.yaml values-prod.yaml]";
    expect(conditionsOf(object)[0]).toBe(`Ready=True/ChartPackageSucceeded: ${message}`);
    const packaged = await chartOf(object);
    expect(packaged.metadata.version).toBe("1.0.0+1");
    expect(packaged.values).toEqual({ replicas: 3, image: { tag: "a" } });
    expect(object.status?.observedValuesFiles).toBeUndefined();
    const again = await bed.request("web");
    expect(again.status?.artifact).toEqual(object.status?.artifact);

    await bed.change("web", {
      spec: { valuesFiles: ["values-prod.yaml", "gone.yaml"], ignoreMissingValuesFiles: true },
    });
    const changed = await bed.untilObject("web", ({ status }) => status?.artifact?.revision === "1.0.0+2");
    expect(changed.status?.observedValuesFiles).toEqual(["values-prod.yaml"]);
    expect((await chartOf(changed)).values).toEqual({ replicas: 3 });
  });

  const refused: [name: string, spec: Record<string, unknown>, condition: string, stalls: boolean][] = [
    [
      "a chart that is not there",
      { chart: "none" },
      "FetchFailed=True/InvalidChartReference: invalid chart reference: failed to get chart version for remote reference: no chart name found",
      true,
    ],
    [
      "a version that is not there",
      { version: "9.x" },
      "FetchFailed=True/InvalidChartReference: invalid chart reference: failed to get chart version for remote reference: no 'web' chart with version matching '9.x' found",
      true,
    ],
    [
      "a name that is none",
      { chart: "Web!" },
      "FetchFailed=True/InvalidChartReference: invalid chart reference: invalid chart name 'Web!': a valid name must be lower case letters and numbers and MAY be separated with dashes (-), slashes (/) or periods (.)",
      true,
    ],
    [
      "values files that are not there",
      { valuesFiles: ["gone.yaml"] },
      "BuildFailed=True/ValuesFilesError: values files merge error: failed to merge chart values: no values file found at path 'gone.yaml'",
      true,
    ],
    [
      "signatures, which an index has not",
      { verify: { provider: "cosign" } },
      "BuildFailed=True/ChartVerificationError: chart verification error: not implemented",
      false,
    ],
  ];
  it.each(refused)("is refused for %s", async (_, spec, condition, stalls) => {
    await repository({ url: open.url });
    await create(spec);
    const object = await untilSays(condition);
    expect(isStalled(object)).toBe(stalls);
  });

  it("says in Ready that a signature could not be verified", async () => {
    await repository({ url: open.url });
    await create({ verify: { provider: "cosign" } });
    await untilSays("Ready=False/VerificationError: chart verification error: not implemented");
  });

  it("waits for its source, and for the source's artifact", async () => {
    await create({});
    await untilSays(
      'FetchFailed=True/SourceUnavailable: failed to get source: HelmRepository.source.toolkit.fluxcd.io "repo" not found',
    );
    await repository({ url: `${open.url}/nowhere` });
    await untilSays("FetchFailed=True/NoSourceArtifact: no artifact available for HelmRepository source 'repo'");
    await bed.kube.patch({ ...bed.ref("repo"), kind: "HelmRepository" }, "merge", { spec: { url: open.url } });
    await bed.untilObject("web", settled("True"));
    await bed.handle.idle();
    expect(chartEvents()).toEqual(["ChartPullSucceeded: pulled 'web' chart with version '1.1.0'"]);
  });

  it("keeps the artifact when the repository has lost the chart, and tells when it is back", async () => {
    await repository({ url: open.url });
    await create({ version: "1.0.0" });
    const before = await bed.untilObject("web", settled("True"));
    await bed.change("web", { spec: { version: "5.0.0" } });
    const failed = await bed.untilObject("web", isStalled);
    expect(failed.status?.artifact).toEqual(before.status?.artifact);
    await bed.change("web", { spec: { version: "1.0.0" } });
    await bed.untilObject("web", settled("True"));
    await bed.handle.idle();
    expect(chartEvents()).toHaveLength(2);
  });

  it.each([
    [
      "with another digest than the index says",
      { digest: "0".repeat(64) },
      `verify chart 'web' version '3.0.0': its digest is sha256:`,
    ],
    ["that is not where the index says", { fileName: "x/../gone.tgz" }, "/gone.tgz : 404 Not Found"],
  ])("refuses a package %s", async (_, as, want) => {
    open.add(chart("3.0.0"), as);
    await repository({ url: open.url });
    await create({});
    const object = await untilSays(
      "Ready=False/ChartPullError: chart pull error: failed to download chart for remote reference: ",
    );
    expect(conditionsOf(object).join()).toContain(want);
  });

  it("is not downloaded beyond its limit", async () => {
    const huge = await startChartRepository({
      intercept: ({ url }) => (url.endsWith(".tgz") ? { status: 200, body: Buffer.alloc(11 * 1024 ** 2) } : undefined),
    });
    huge.add(chart("1.0.0"));
    await repository({ url: huge.url });
    await create({});
    await untilSays("size of chart exceeds '10485760' bytes limit");
    await huge.stop();
  });

  const packed = (...entries: [path: string, text: string][]): Buffer =>
    gzipSync(
      Buffer.concat([
        ...entries.flatMap(([path, text]) => [
          encodeTarHeader({ path, kind: "file", executable: false, size: text.length }),
          Buffer.from(text),
          Buffer.alloc(tarPadding(text.length)),
        ]),
        tarEnd,
      ]),
    );
  const chartYaml = "name: web\nversion: 1.0.0\n";
  it.each<[string, Buffer, string]>([
    ["is no archive", Buffer.from("hello"), "gzip: invalid header"],
    ["has no Chart.yaml", packed(["web/x", "y"]), "no 'Chart.yaml' found"],
    [
      "climbs",
      packed(["web/Chart.yaml", chartYaml], ["web/../../evil", "x"]),
      "chart illegally references parent directory",
    ],
    [
      "is absolute",
      packed(["web/Chart.yaml", chartYaml], ["web//etc/evil", "x"]),
      "chart illegally contains absolute paths",
    ],
    [
      "is a bomb",
      gzipSync(Buffer.alloc(150 * 1024 ** 2)),
      "decompressed chart is larger than the maximum size 104857600",
    ],
  ])("refuses a package that %s", async (_, body, want) => {
    const odd = await startChartRepository({
      intercept: ({ url }) => (url.endsWith(".tgz") ? { status: 200, body } : undefined),
    });
    odd.setIndex("apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: [web.tgz]\n");
    await repository({ url: odd.url });
    await create({});
    await untilSays(
      `Ready=False/ChartPullError: chart pull error: failed to load chart metadata from written chart: ${want}`,
    );
    await odd.stop();
  });

  it("logs in where the repository is, and nowhere else unless it is told to", async () => {
    const elsewhere = await startChartRepository({ credentials: { username: "eddy", password: "correct-horse" } });
    elsewhere.add(chart("1.0.0"));
    secured.setIndex(
      `apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: ["${elsewhere.url}/web-1.0.0.tgz"]\n`,
    );
    await bed.createSecret("login", { username: "eddy", password: "correct-horse" });
    await repository({ url: secured.url, secretRef: { name: "login" } });
    await create({});
    await untilSays(
      `Ready=False/AuthenticationFailed: failed to authenticate with the Helm repository: chart pull error: failed to download chart for remote reference: failed to fetch ${elsewhere.url}/web-1.0.0.tgz : 401 Unauthorized`,
    );
    expect(elsewhere.requests()[0]?.headers["authorization"]).toBeUndefined();
    await bed.kube.patch({ ...bed.ref("repo"), kind: "HelmRepository" }, "merge", { spec: { passCredentials: true } });
    await bed.untilObject("web", settled("True"));
    await elsewhere.stop();
  });
});

describe("a HelmChart of a registry", () => {
  const url = (): string => `oci://${registry.host}/charts`;

  it("is pulled by the highest version of a range, whose `+` is `_` in tags", async () => {
    for (const version of ["1.0.0", "1.1.0+build.1"]) pushChart(registry, "charts/web", chart(version));
    await repository({ type: "oci", url: url(), insecure: true });
    await create({ version: ">=1.0.0" });
    const object = await bed.untilObject("web", settled("True"));
    expect(object.status?.artifact?.revision).toBe("1.1.0+build.1");
    expect((await chartOf(object)).metadata.version).toBe("1.1.0+build.1");
    expect(object.status?.observedSourceArtifactRevision).toBeUndefined();
    await bed.change("web", { spec: { version: "1.0.0" } });
    await bed.untilObject("web", ({ status }) => status?.artifact?.revision === "1.0.0");
  });

  it.each([
    ["a version", "5.0.0", "failed to download chart for remote reference: failed to get 'oci://"],
    [
      "a range",
      "5.x",
      "failed to get chart version for remote reference: could not locate a version matching provided version string 5.x",
    ],
  ])("is told when the registry has not %s", async (_, version, want) => {
    pushChart(registry, "charts/web", chart("1.0.0"));
    await repository({ type: "oci", url: url(), insecure: true });
    await create({ version });
    await untilSays(`Ready=False/ChartPullError: chart pull error: ${want}`);
  });

  it("stalls on an HTTP URL of a registry", async () => {
    await repository({ type: "oci", url: open.url });
    await create({});
    const object = await bed.untilObject("web", isStalled);
    expect(conditionsOf(object)).toContain(
      `FetchFailed=True/Failed: failed to construct Helm client: invalid OCI registry URL: ${open.url}/`,
    );
  });
});

describe("a HelmChart of a Git repository", () => {
  it("is packaged, and made anew only for another version", async () => {
    const name = await gitSource(
      inFolder("charts/web", chartFiles("1.0.0", { ".helmignore": "*.md\n", "README.md": "x" })),
    );
    await fromGit({});
    const object = await bed.untilObject("web", settled("True"));
    expect(conditionsOf(object)[0]).toBe("Ready=True/ChartPackageSucceeded: packaged 'web' chart with version '1.0.0'");
    const packaged = await chartOf(object);
    expect(packaged.raw.map(({ name: file }) => file)).not.toContain("README.md");

    const commit = async (files: Record<string, string>): Promise<void> => {
      await git.commit(name, { files, message: "change" });
      await bed.kube.patch({ ...bed.ref("repo"), kind: "GitRepository" }, "merge", {
        metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": `${sequence++}` } },
      });
    };
    await commit({ "charts/web/templates/pod.yaml": "kind: Pod # changed\n" });
    const observed = object.status?.observedSourceArtifactRevision;
    const same = await bed.untilObject("web", ({ status }) => status?.observedSourceArtifactRevision !== observed);
    expect(same.status?.artifact).toEqual(object.status?.artifact);
    await commit(inFolder("charts/web", chartFiles("1.0.1")));
    await bed.untilObject("web", ({ status }) => status?.artifact?.revision === "1.0.1");
  });

  it("is made anew for each revision, where the strategy says so", async () => {
    await gitSource(inFolder("charts/web", chartFiles("v1.0.0")));
    await fromGit({
      reconcileStrategy: "Revision",
      valuesFiles: ["charts/web/values.yaml", "./charts/web/values-prod.yaml"],
    });
    const object = await bed.untilObject("web", settled("True"));
    const commit = object.status?.observedSourceArtifactRevision?.split(":")[1] ?? "";
    expect(object.status?.artifact?.revision).toBe(`1.0.0+${commit.slice(0, 12)}.1`);
    expect((await chartOf(object)).values).toEqual({ replicas: 3, image: { tag: "a" } });
  });

  it("has the dependencies of folders, repositories and registries, with their names and the repositories' credentials", async () => {
    secured.add(memoryTree({ "Chart.yaml": "apiVersion: v2\nname: cache\nversion: 2.1.0\n", "values.yaml": "" }));
    pushChart(registry, "charts/queue", memoryTree({ "Chart.yaml": "apiVersion: v2\nname: queue\nversion: 3.0.0\n" }));
    await bed.createSecret("login", { username: "eddy", password: "correct-horse" });
    await repository({ url: `${secured.url}/`, secretRef: { name: "login" } }, "secured");
    await repository({ url: `oci://${registry.host}/charts`, type: "oci", insecure: true }, "registry");
    const dependencies = [
      `- {name: db, version: 1.x, repository: "file://../db", alias: store}`,
      `- {name: cache, version: "~2.1", repository: "${secured.url}"}`,
      `- {name: queue, version: 3.0.0, repository: "oci://${registry.host}/charts"}`,
    ];
    await gitSource({
      ...inFolder("charts/web", chartFiles("1.0.0")),
      "charts/web/Chart.yaml": `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n${dependencies.join("\n")}\n`,
      "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.5.0\n",
    });
    await fromGit({});
    const object = await bed.untilObject("web", settled("True"));
    const packaged = await chartOf(object);
    expect(packaged.dependencies.map(({ metadata }) => `${metadata.name} ${metadata.version}`).sort()).toEqual([
      "cache 2.1.0",
      "queue 3.0.0",
      "store 1.5.0",
    ]);
    await bed.handle.idle();
    expect(events()).toContain("ResolvedDependencies: resolved 3 chart dependencies");
  });

  it("has what its lock says, and does without repositories that nobody declared", async () => {
    open.add(memoryTree({ "Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n" }));
    open.add(memoryTree({ "Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.9.0\n" }));
    await gitSource({
      "charts/web/Chart.yaml": `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.x, repository: "${open.url}"}\n`,
      "charts/web/Chart.lock": `generated: "2024-01-01T00:00:00Z"\ndigest: sha256:00\ndependencies:\n- {name: db, version: 1.0.0, repository: "${open.url}"}\n`,
    });
    await fromGit({});
    const { dependencies } = await chartOf(await bed.untilObject("web", settled("True")));
    expect(dependencies.map(({ metadata }) => metadata.version)).toEqual(["1.0.0"]);
  });

  const dependency = (text: string): Record<string, string> => ({
    "charts/web/Chart.yaml": `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- ${text}\n`,
  });
  const refused: [name: string, files: Record<string, string>, spec: Record<string, unknown>, want: string][] = [
    [
      "a path that is not there",
      {},
      { chart: "charts/none" },
      "InvalidChartReference: invalid chart reference: stat charts/none: no such file or directory",
    ],
    [
      "an absolute path",
      {},
      { chart: "/charts/web" },
      "InvalidChartReference: invalid chart reference: local chart reference path is expected to be relative",
    ],
    [
      "a path outside",
      {},
      { chart: "../../etc" },
      "InvalidChartReference: invalid chart reference: stat etc: no such file or directory",
    ],
    [
      "a folder without a chart",
      {},
      { chart: "charts" },
      "InvalidChartReference: invalid chart reference: no 'Chart.yaml' found",
    ],
    [
      "values outside",
      {},
      { valuesFiles: ["../../values.yaml"] },
      "ValuesFilesError: values files merge error: no values file found at path '/values.yaml' (reference '../../values.yaml')",
    ],
    [
      "a dependency outside",
      dependency(`{name: db, version: "*", repository: "file://../../../../db"}`),
      {},
      "DependencyBuildError: dependency build error: failed to add local dependency 'db': no chart found at '/db' (reference 'file://../../../../db')",
    ],
    [
      "a dependency of another version",
      {
        ...dependency(`{name: db, version: "2.x", repository: "file://../db"}`),
        "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
      },
      {},
      "DependencyBuildError: dependency build error: failed to add local dependency 'db': can't get a valid version for constraint '2.x'",
    ],
    [
      "an alias of a repository",
      dependency(`{name: db, version: "*", repository: "@db"}`),
      {},
      "DependencyBuildError: dependency build error: failed to add remote dependency 'db': aliased repository dependency is not supported: @db/",
    ],
    [
      "a repository of another kind",
      dependency(`{name: db, version: "*", repository: "ftp://host/db"}`),
      {},
      "DependencyBuildError: dependency build error: failed to add remote dependency 'db': invalid dependency repository URL: ftp://host/db/",
    ],
  ];
  it.each(refused)("is refused for %s", async (_, files, spec, want) => {
    await gitSource({ ...inFolder("charts/web", chartFiles("1.0.0")), ...files });
    await fromGit(spec);
    const object = await untilSays(`Ready=False/${want}`);
    expect(object.status?.artifact).toBeUndefined();
  });

  it("ends where a chart depends on itself", async () => {
    await gitSource({
      ...inFolder("charts/web", chartFiles("1.0.0")),
      ...dependency(`{name: web, version: "*", repository: "file://."}`),
    });
    await fromGit({});
    const { dependencies } = await chartOf(await bed.untilObject("web", settled("True")));
    expect(dependencies.map(({ metadata, dependencies: inner }) => `${metadata.name} ${inner.length}`)).toEqual([
      "web 0",
    ]);
  });
});

describe("a deleted HelmChart", () => {
  it("leaves no artifact", async () => {
    await repository({ url: open.url });
    await create({});
    const { status } = await bed.untilObject("web", settled("True"));
    await bed.kube.delete(bed.ref("web"));
    await bed.untilGone("web");
    expect(await bed.artifacts.verify(status?.artifact ?? (undefined as never))).toBe(false);
  });
});
