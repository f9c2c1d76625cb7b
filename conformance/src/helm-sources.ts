import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChartRepository, type ChartRepository } from "@eddy/chart-repository";
import { messageOf } from "@eddy/core/errors";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { startRegistry, type Registry } from "@eddy/registry";
import { compareSides, startBothSides, type SourceKind, type SourceScenario } from "./source/both-sides.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

const auth = { username: "u", password: "secret-p" };

/** Where charts are. */
interface Places {
  readonly open: ChartRepository;
  readonly secured: ChartRepository;
  readonly odd: ChartRepository;
  readonly registry: Registry;
  readonly git: GitServer;
}

const files = (version: string): Record<string, string> => ({
  "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\nappVersion: "1"\n`,
  "values.yaml": "replicas: 1\n",
  "prod.yaml": "replicas: 3\n",
  "templates/pod.yaml": "kind: Pod\n",
});
const chart = (version: string): FileTree => memoryTree(files(version));

function pushChart(registry: Registry, repository: string, version: string, bytes: Uint8Array): void {
  const blob = (mediaType: string, content: Uint8Array): object => ({
    mediaType,
    digest: registry.putBlob(repository, content),
    size: content.length,
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: blob("application/vnd.cncf.helm.config.v1+json", Buffer.from(JSON.stringify({ name: "web", version }))),
    layers: [blob("application/vnd.cncf.helm.chart.content.v1.tar+gzip", bytes)],
  };
  registry.putManifest(repository, { mediaType, bytes: Buffer.from(JSON.stringify(manifest)) }, version);
}

async function fill({ open, secured, odd, registry, git }: Places): Promise<string> {
  for (const version of ["1.0.0", "1.1.0", "2.0.0-rc.1"]) open.add(chart(version));
  secured.add(chart("1.0.0"));
  odd.setIndex("apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    odd: 1\n");
  const answer = await fetch(`${open.url}/web-1.0.0.tgz`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  for (const version of ["1.0.0", "1.1.0"]) pushChart(registry, "charts/web", version, bytes);
  const inFolder = (folder: string, more: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      Object.entries({ ...files("1.0.0"), ...more }).map(([path, text]) => [`${folder}/${path}`, text]),
    );
  const depends = (text: string): Record<string, string> => ({
    "Chart.yaml": `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- ${text}\n`,
  });
  const { url } = await git.createRepository("charts", {
    ...inFolder("web", {}),
    ...inFolder("local", depends(`{name: web, version: 1.x, repository: "file://../web", alias: sub}`)),
    ...inFolder("remote", depends(`{name: web, version: 1.x, repository: "${open.url}", alias: sub}`)),
    ...inFolder("outside", depends(`{name: db, version: 1.x, repository: "file://../../../db"}`)),
    ...inFolder("none", depends(`{name: db, version: 1.x, repository: "${open.url}"}`)),
    ...inFolder("alias", depends(`{name: db, version: 1.x, repository: "@db"}`)),
    ...inFolder("other", depends(`{name: web, version: 9.x, repository: "file://../web"}`)),
    "empty/x": "",
    "broken/Chart.yaml": "name: [\n",
    "unversioned/Chart.yaml": "apiVersion: v2\nname: web\n",
  });
  return url;
}

function repositories({ open, secured, odd }: Places): SourceScenario[] {
  const login = { login: { data: auth } };
  return [
    { name: "repository", spec: { url: open.url }, next: { timeout: "30s" } },
    { name: "repository with a slash", spec: { url: `${open.url}/` } },
    { name: "index that is not there", spec: { url: `${open.url}/nowhere` } },
    { name: "index with an unknown field", spec: { url: odd.url } },
    { name: "registry", spec: { url: "oci://127.0.0.1:1/charts" } },
    { name: "login to a repository", spec: { url: secured.url, secretRef: { name: "login" } }, secrets: login },
    {
      name: "wrong login to a repository",
      spec: { url: secured.url, secretRef: { name: "login" } },
      secrets: { login: { data: { ...auth, password: "other-p" } } },
    },
    { name: "no login to a repository", spec: { url: secured.url } },
    { name: "no Secret of a repository", spec: { url: open.url, secretRef: { name: "nowhere" } } },
    { name: "no certificates of a repository", spec: { url: open.url, certSecretRef: { name: "nowhere" } } },
    {
      name: "user alone",
      spec: { url: secured.url, secretRef: { name: "login" } },
      secrets: { login: { data: { username: "u" } } },
    },
    {
      name: "certificate alone",
      spec: { url: secured.url, certSecretRef: { name: "certs" } },
      secrets: { certs: { data: { "tls.crt": "x" } } },
    },
    {
      name: "nobody there",
      spec: { url: "http://127.0.0.1:1/charts" },
      differs: "the reason of a failed connection is worded by Node, not by Go",
    },
  ];
}

function charts({ open, secured, registry }: Places, git: string): SourceScenario[] {
  const repository = (spec: Record<string, unknown>): SourceScenario["beside"] & object => [
    { kind: "HelmRepository", name: "repo", spec },
  ];
  const sourceRef = { kind: "HelmRepository", name: "repo" };
  const ofOpen = (name: string, spec: Record<string, unknown>): SourceScenario => ({
    name,
    spec: { chart: "web", sourceRef, ...spec },
    beside: repository({ url: open.url }),
  });
  const ofRegistry = (name: string, spec: Record<string, unknown>): SourceScenario => ({
    name,
    spec: { chart: "web", sourceRef, ...spec },
    beside: repository({ type: "oci", url: `oci://${registry.host}/charts`, insecure: true }),
  });
  const ofGit = (name: string, chartPath: string, spec: Record<string, unknown> = {}): SourceScenario => ({
    name,
    spec: { chart: chartPath, sourceRef: { kind: "GitRepository", name: "git" }, ...spec },
    beside: [{ kind: "GitRepository", name: "git", spec: { url: git, ref: { branch: "main" } } }],
  });
  return [
    { ...ofOpen("newest", {}), next: { version: "1.0.0" } },
    ofOpen("range", { version: "<1.1" }),
    ofOpen("pre-release", { version: ">=2.0.0-0" }),
    ofOpen("no such chart", { chart: "none" }),
    ofOpen("no such version", { version: "9.x" }),
    ofOpen("no range", { version: "nonsense" }),
    ofOpen("no name", { chart: "Web!" }),
    {
      ...ofOpen("values", { version: "1.0.0", valuesFiles: ["values.yaml", "prod.yaml"] }),
      next: { valuesFiles: ["prod.yaml"] },
    },
    ofOpen("own values alone", { version: "1.0.0", valuesFiles: ["./values.yaml"] }),
    ofOpen("values that are not there", { version: "1.0.0", valuesFiles: ["none.yaml"] }),
    ofOpen("values that may be missing", {
      version: "1.0.0",
      valuesFiles: ["none.yaml", "prod.yaml"],
      ignoreMissingValuesFiles: true,
    }),
    ofOpen("signature of a repository", { verify: { provider: "cosign" } }),
    { name: "no source", spec: { chart: "web", sourceRef } },
    {
      name: "no login for a chart",
      spec: { chart: "web", sourceRef },
      beside: repository({ url: secured.url }),
    },
    { ...ofRegistry("chart of a registry", { version: "1.0.0" }), next: { version: ">=1.0.0" } },
    ofRegistry("no version in a registry", { version: "9.x" }),
    {
      ...ofRegistry("no tag in a registry", { version: "9.0.0" }),
      differs: "what a registry answers is worded by our client",
    },
    ofGit("folder", "web"),
    ofGit("folder with a dot", "./web/"),
    {
      ...ofGit("values of Git", "web", { valuesFiles: ["web/values.yaml", "web/prod.yaml"] }),
      next: { reconcileStrategy: "Revision" },
    },
    ofGit("values outside", "web", { valuesFiles: ["../../../x.yaml"] }),
    ofGit("absolute path", "/web"),
    ofGit("local dependency", "local"),
    ofGit("remote dependency", "remote"),
    ofGit("dependency outside", "outside"),
    ofGit("dependency that is not there", "none"),
    ofGit("dependency by alias", "alias"),
    ofGit("dependency of another version", "other"),
    { ...ofGit("no such folder", "nowhere"), differs: "upstream tells the path of a temporary folder" },
    { ...ofGit("folder without a chart", "empty"), differs: "upstream tells the path of a temporary folder" },
    ofGit("broken Chart.yaml", "broken"),
    ofGit("chart without a version", "unversioned"),
  ];
}

const comparable = (message: string): string => message.trimEnd();

/** An index has the same bytes as upstream's; a chart that is packaged has not. */
const repositoryKind: SourceKind = {
  kind: "HelmRepository",
  comparable,
  artifact: ({ path, revision, url, digest, size }) => ({ path, revision, url, digest, size }),
};
const chartKind: SourceKind = {
  kind: "HelmChart",
  comparable,
  artifact: ({ path, revision, url }) => ({ path, revision, url }),
};

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "source-controller");
  if (program === undefined) return report.skip("sources", "source-controller is not built: npm run upstream");
  const folder = mkdtempSync(join(tmpdir(), "eddy-conformance-"));
  const places: Places = {
    open: await startChartRepository({ now: () => 1_700_000_000_000 }),
    secured: await startChartRepository({ credentials: auth }),
    odd: await startChartRepository(),
    registry: await startRegistry(),
    git: await startGitServer({ dir: join(folder, "git"), now: () => 1_700_000_000_000 }),
  };
  const sides = await startBothSides("HelmChart", program, folder, ["HelmRepository", "GitRepository"]);
  try {
    const git = await fill(places);
    await compareSides(sides, repositoryKind, repositories(places), { report, options });
    await compareSides(sides, chartKind, charts(places, git), { report, options });
  } catch (error) {
    report.fail("sources", `${messageOf(error)}\n${readFileSync(join(folder, "log"), "utf8").slice(-2000)}`);
  } finally {
    for (const side of sides) await side.stop();
    await Promise.all(Object.values(places).map((place: { stop(): Promise<void> }) => place.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same HelmRepositories and HelmCharts reconciled by Flux's source-controller and by ours, each on its own API server. */
export const suite: Suite = {
  name: "sources",
  summary: "status of HelmRepositories and HelmCharts against Flux's source-controller",
  run,
};
