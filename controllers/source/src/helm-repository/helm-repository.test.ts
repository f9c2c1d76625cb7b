import { helmRepositoryKind, type HelmRepository } from "@eddy/api";
import { startChartRepository, type ChartRepository } from "@eddy/chart-repository";
import { memoryTree } from "@eddy/core/tree";
import { findChart } from "@eddy/helm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { conditionsOf, isStalled, settled, startSourceBed, type SourceBed } from "../testing/source-bed.ts";
import { formatSize } from "./words.ts";

let bed: SourceBed<HelmRepository>;
let open: ChartRepository;
let secured: ChartRepository;

const chart = (version: string) =>
  memoryTree({ "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\n`, "values.yaml": "a: 1\n" });

beforeAll(async () => {
  bed = await startSourceBed<HelmRepository>(helmRepositoryKind);
});

afterAll(() => bed.stop());

beforeEach(async () => {
  await bed.enterNamespace();
  open = await startChartRepository({ path: "/charts" });
  secured = await startChartRepository({ credentials: { username: "eddy", password: "correct-horse" } });
  open.add(chart("1.0.0"));
  secured.add(chart("1.0.0"));
  return async () => {
    await Promise.all([open.stop(), secured.stop()]);
  };
});

const create = (spec: Record<string, unknown>): Promise<void> => bed.create("repo", { interval: "1h", ...spec });
const answers = (repository: ChartRepository): string[] =>
  repository.requests().map(({ url, status }) => `${url} ${status}`);

describe("HelmRepository", () => {
  it("stores the index as JSON, tells so, and downloads and writes nothing when nothing changes", async () => {
    await create({ url: open.url });
    const object = await bed.untilObject("repo", settled("True"));
    await bed.handle.idle();
    const { artifact, url } = object.status ?? {};
    const revision = artifact?.revision ?? "";
    const message = `stored artifact: revision '${revision}'`;
    expect(conditionsOf(object)).toEqual([
      `Ready=True/Succeeded: ${message}`,
      `ArtifactInStorage=True/Succeeded: ${message}`,
    ]);
    expect(revision).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(artifact?.path).toBe(`helmrepository/${bed.namespace}/repo/index-${revision.slice(7)}.yaml`);
    expect(url).toBe(`http://source-controller.test./helmrepository/${bed.namespace}/repo/index.yaml`);
    expect(bed.events.map(({ reason, message: text }) => `${reason}: ${text}`)).toEqual([
      `NewArtifact: stored fetched index of size ${formatSize(artifact?.size ?? 0)} from '${open.url}'`,
    ]);
    expect(bed.events[0]?.metadata).toEqual({
      "source.toolkit.fluxcd.io/revision": revision,
      "source.toolkit.fluxcd.io/digest": artifact?.digest,
    });
    const stored = artifact && (await bed.artifacts.bytes(artifact));
    expect(findChart(Buffer.from(stored ?? ""), "web")).toMatchObject([{ version: "1.0.0" }]);

    await bed.request("repo");
    expect(answers(open)).toEqual(["/charts/index.yaml 200", "/charts/index.yaml 304"]);
    expect(bed.events).toHaveLength(1);
  });

  it("sees by the digest that nothing changed, where the server cannot tell", async () => {
    const plain = await startChartRepository({ etag: false, now: () => 0 });
    plain.add(chart("1.0.0"));
    await create({ url: plain.url });
    const before = await bed.untilObject("repo", settled("True"));
    const after = await bed.request("repo");
    expect(answers(plain)).toEqual(["/index.yaml 200", "/index.yaml 200"]);
    expect(after.status?.artifact).toEqual(before.status?.artifact);
    await plain.stop();
  });

  it("follows the index", async () => {
    await create({ url: open.url });
    const before = await bed.untilObject("repo", settled("True"));
    open.add(chart("1.1.0"));
    const after = await bed.request("repo");
    expect(after.status?.artifact?.revision).not.toBe(before.status?.artifact?.revision);
    expect(bed.events.map(({ reason }) => reason)).toEqual(["NewArtifact", "NewArtifact"]);
  });

  it("keeps the artifact when the repository fails, tells why, and tells that it is back", async () => {
    await create({ url: open.url });
    const before = await bed.untilObject("repo", settled("True"));
    open.setIndex("apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    odd: 1\n");
    const failed = await bed.request("repo");
    const message =
      'failed to load Helm repository from index YAML: failed to load index: error unmarshaling JSON: while decoding JSON: json: unknown field "odd"';
    expect(conditionsOf(failed).filter((line) => !line.startsWith("Reconciling"))).toEqual([
      `Ready=False/IndexationFailed: ${message}`,
      expect.stringContaining("ArtifactInStorage=True/Succeeded"),
      `FetchFailed=True/IndexationFailed: ${message}`,
    ]);
    expect(failed.status?.artifact).toEqual(before.status?.artifact);
    open.setIndex(undefined);
    await bed.untilObject("repo", settled("True"));
    await bed.handle.idle();
    expect(bed.events.at(-1)?.reason).toBe("Succeeded");
  });

  it("says which answer it got", async () => {
    await create({ url: `${open.url}/nowhere` });
    const object = await bed.untilObject("repo", settled("False"));
    expect(conditionsOf(object)[1]).toBe(
      `Ready=False/Failed: failed to fetch Helm repository index: failed to cache index to temporary file: failed to fetch ${open.url}/nowhere/index.yaml : 404 Not Found`,
    );
  });

  it("logs in with a Secret, and looks again when it changes", async () => {
    await create({ url: secured.url, secretRef: { name: "login" } });
    const missing = await bed.untilObject("repo", settled("False"));
    expect(conditionsOf(missing)[1]).toContain(
      `Ready=False/AuthenticationFailed: failed to get authentication secret '${bed.namespace}/login'`,
    );
    await bed.createSecret("login", { username: "eddy", password: "wrong-horse" });
    const refused = await bed.untilObject("repo", (object) => conditionsOf(object).join().includes("401"));
    expect(JSON.stringify(refused.status)).not.toContain("wrong-horse");
    await bed.kube.patch(
      { group: "", version: "v1", kind: "Secret", namespace: bed.namespace, name: "login" },
      "merge",
      { stringData: { password: "correct-horse" } },
    );
    await bed.untilObject("repo", settled("True"));
  });

  it.each([
    ["username", { username: "eddy" }, "malformed basic auth - has 'username' but missing 'password'"],
    ["password", { password: "x" }, "malformed basic auth - has 'password' but missing 'username'"],
  ])("wants more than a %s", async (_, data, want) => {
    await bed.createSecret("login", data);
    await create({ url: secured.url, secretRef: { name: "login" } });
    const object = await bed.untilObject("repo", settled("False"));
    expect(conditionsOf(object)[1]).toBe(
      `Ready=False/AuthenticationFailed: failed to detect authentication methods: secret '${bed.namespace}/login': ${want}`,
    );
  });

  it("refuses a certificate Secret without certificates", async () => {
    await bed.createSecret("certs", { "tls.crt": "x" });
    await create({ url: secured.url, certSecretRef: { name: "certs" } });
    const object = await bed.untilObject("repo", settled("False"));
    expect(conditionsOf(object)[1]).toBe(
      `Ready=False/AuthenticationFailed: failed to construct Helm client's TLS config: secret '${bed.namespace}/certs' contains 'tls.crt' but missing 'tls.key'`,
    );
  });

  it("stalls on the URL of a registry without its type", async () => {
    await create({ url: "oci://127.0.0.1/charts" });
    const object = await bed.untilObject("repo", isStalled);
    expect(conditionsOf(object)).toContain(
      "FetchFailed=True/URLInvalid: invalid Helm repository URL: 'oci' URL scheme cannot be used with 'default' HelmRepository type",
    );
  });

  it("refuses an index that is too large, and goes on with others", async () => {
    const huge = await startChartRepository({
      intercept: ({ url }) =>
        url === "/index.yaml" ? { status: 200, body: Buffer.alloc(51 * 1024 ** 2, "#") } : undefined,
    });
    await bed.create("huge", { interval: "1h", url: huge.url });
    await create({ url: open.url });
    await bed.untilObject("repo", settled("True"));
    const object = await bed.untilObject("huge", settled("False"));
    expect(conditionsOf(object)[1]).toContain("index exceeds the maximum index file size of 52428800 bytes");
    await huge.stop();
  });

  it("builds the artifact again when it is gone or damaged", async () => {
    await create({ url: open.url });
    const before = await bed.untilObject("repo", settled("True"));
    await bed.artifacts.removeAll({ kind: "HelmRepository", namespace: bed.namespace, name: "repo" });
    const after = await bed.request("repo");
    expect(after.status?.artifact?.digest).toBe(before.status?.artifact?.digest);
    expect(answers(open)).toEqual(["/charts/index.yaml 200", "/charts/index.yaml 200"]);
  });

  it("leaves a registry alone, and takes back what it wrote before it was one", async () => {
    await create({ url: "oci://127.0.0.1/charts", type: "oci" });
    await bed.create("later", { interval: "1h", url: open.url });
    const stored = await bed.untilObject("later", settled("True"));
    await bed.change("later", { spec: { type: "oci", url: "oci://127.0.0.1/charts" } });
    await bed.untilObject("later", ({ metadata }) => metadata.finalizers === undefined);
    const later = await bed.untilObject("later", ({ status }) => status?.artifact === undefined);
    expect(later.status?.conditions).toBeUndefined();
    expect(await bed.artifacts.verify(stored.status?.artifact ?? (undefined as never))).toBe(false);
    const repo = await bed.untilObject("repo", () => true);
    expect(repo.metadata.finalizers).toBeUndefined();
    expect(repo.status?.conditions).toBeUndefined();
  });

  it("removes its artifacts when it is deleted", async () => {
    await create({ url: open.url });
    const { status } = await bed.untilObject("repo", settled("True"));
    await bed.kube.delete(bed.ref("repo"));
    await bed.untilGone("repo");
    expect(await bed.artifacts.verify(status?.artifact ?? (undefined as never))).toBe(false);
  });
});

describe("a size", () => {
  it.each([
    [0, "0B"],
    [999, "999B"],
    [1234, "1.234kB"],
    [2869, "2.869kB"],
    [1_000_000, "1MB"],
    [12_345_678, "12.35MB"],
  ])("of %d bytes is %s", (bytes, want) => {
    expect(formatSize(bytes)).toBe(want);
  });
});
