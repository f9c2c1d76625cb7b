import {
  artifactGeneratorKind,
  externalArtifactKind,
  gitRepositoryKind,
  type ArtifactGenerator,
  type ExternalArtifact,
} from "@eddy/api";
import { join } from "node:path";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { conditionsOf, isStalled, readText, startSourceBed, type SourceBed } from "../testing/source-bed.ts";

let bed: SourceBed<ArtifactGenerator>;
let git: GitServer;
let sequence = 0;
let repository: string;

beforeAll(async () => {
  bed = await startSourceBed<ArtifactGenerator>(artifactGeneratorKind, {
    others: [gitRepositoryKind, externalArtifactKind],
  });
  git = await startGitServer({ dir: join(bed.folder, "git") });
});

afterAll(async () => {
  await git.stop();
  await bed.stop();
});

beforeEach(async () => {
  await bed.enterNamespace();
  repository = `mono-${sequence++}`;
  const files = { "apps/a/app.yaml": "a: 1\n", "apps/b/app.yaml": "b: 1\n", "README.md": "x" };
  const { url } = await git.createRepository(repository, files);
  await bed.kube.create({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "mono", namespace: bed.namespace },
    spec: { interval: "1h", url, ref: { branch: "main" } },
  });
});

const sources = [{ alias: "repo", kind: "GitRepository", name: "mono" }];
const artifactOf = (name: string): Record<string, unknown> => ({
  name,
  originRevision: "@repo",
  copy: [{ from: `@repo/apps/${name}/**`, to: "@artifact/" }],
});
const create = (spec: Record<string, unknown>): Promise<void> => bed.create("gen", { sources, ...spec });
const external = (name: string): Promise<ExternalArtifact> =>
  bed.kube.get<ExternalArtifact>({
    group: "source.toolkit.fluxcd.io",
    version: "v1",
    kind: "ExternalArtifact",
    namespace: bed.namespace,
    name,
  });
const untilSays = (text: string): Promise<ArtifactGenerator> =>
  bed.untilObject("gen", (object) => conditionsOf(object).join("\n").includes(text));
const made = (count: number): Promise<ArtifactGenerator> =>
  untilSays(`Ready=True/Succeeded: reconciliation succeeded, generated ${count} artifact(s)`);

async function commit(files: Record<string, string | null>): Promise<string> {
  const id = await git.commit(repository, { files, message: "change" });
  await bed.kube.patch(
    { group: "source.toolkit.fluxcd.io", version: "v1", kind: "GitRepository", namespace: bed.namespace, name: "mono" },
    "merge",
    { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": id } } },
  );
  return id;
}

const told = (): string[] =>
  bed.events
    .filter(({ involvedObject, severity }) => involvedObject.kind === "ArtifactGenerator" && severity === "info")
    .map(({ reason, message }) => `${reason}: ${message}`);

describe("ArtifactGenerator", () => {
  it("cuts a repository into artifacts, and makes only those anew that a commit touched", async () => {
    await create({ artifacts: [artifactOf("a"), artifactOf("b")], commonMetadata: { labels: { team: "x" } } });
    const object = await made(2);
    const { inventory = [] } = object.status ?? {};
    const [a, b] = [await external("a"), await external("b")];
    expect(a.metadata.labels).toEqual({
      team: "x",
      "app.kubernetes.io/managed-by": "source-watcher",
      "source.extensions.fluxcd.io/generator": object.metadata.uid,
    });
    expect(a.spec).toEqual({
      sourceRef: {
        apiVersion: "source.extensions.fluxcd.io/v1beta1",
        kind: "ArtifactGenerator",
        name: "gen",
        namespace: bed.namespace,
      },
    });
    const artifact = a.status?.artifact;
    expect(artifact?.revision).toBe(`latest@${artifact?.digest}`);
    expect(artifact?.metadata).toEqual({ "org.opencontainers.image.revision": expect.stringMatching(/^main@sha1:/) });
    expect(artifact?.path).toBe(`externalartifact/${bed.namespace}/a/${inventory[0]?.filename}`);
    expect(a.status?.conditions).toMatchObject([{ type: "Ready", reason: "Succeeded", message: "Artifact is ready" }]);
    if (!artifact) throw new Error("no artifact");
    expect(readText(await bed.artifacts.tree(artifact), "app.yaml")).toBe("a: 1\n");
    expect(inventory.map(({ name, digest }) => [name, digest])).toEqual([
      ["a", artifact.digest],
      ["b", b.status?.artifact?.digest],
    ]);
    expect(object.status?.observedSourcesDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(told()).toEqual([
      `Ready: external artifacts reconciled: ${inventory.map(({ name, digest }) => `${bed.namespace}/${name} (${digest})`).join("\n")}`,
    ]);

    await commit({ "apps/a/app.yaml": "a: 2\n" });
    const next = await bed.untilObject("gen", ({ status }) => status?.inventory?.[0]?.digest !== artifact.digest);
    expect(next.status?.inventory?.[1]).toEqual(inventory[1]);
    await bed.handle.idle();
    const [, second = ""] = told();
    expect(second).toBe(
      `Ready: external artifacts reconciled: ${bed.namespace}/a (${next.status?.inventory?.[0]?.digest})`,
    );
    expect((await external("b")).status?.artifact?.lastUpdateTime).toBe(b.status?.artifact?.lastUpdateTime);
  });

  it("writes nothing when nothing has changed", async () => {
    await create({ artifacts: [artifactOf("a")] });
    await made(1);
    await bed.handle.idle();
    const before = await external("a");
    const writes = bed.statusWrites();
    await bed.request("gen");
    expect((await external("a")).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect(bed.statusWrites() - writes).toBeLessThanOrEqual(2);
  });

  it("puts back what somebody else changed or deleted, and files that are gone", async () => {
    await create({ artifacts: [artifactOf("a")] });
    await made(1);
    const before = await external("a");
    const ref = { ...bed.ref("a"), group: "source.toolkit.fluxcd.io", kind: "ExternalArtifact" };
    await bed.kube.delete(ref);
    const gone = before.metadata.uid;
    await bed.handle.idle();
    await bed.request("gen");
    const again = await external("a");
    expect(again.metadata.uid).not.toBe(gone);
    expect(again.status?.artifact?.digest).toBe(before.status?.artifact?.digest);

    const artifact = again.status?.artifact;
    await bed.artifacts.removeAll({ kind: "ExternalArtifact", namespace: bed.namespace, name: "a" });
    await bed.request("gen");
    expect(await bed.artifacts.verify(artifact ?? (undefined as never))).toBe(true);
  });

  it("follows its sources' revision where it is told to, and removes what is no longer made", async () => {
    await create({ artifacts: [{ ...artifactOf("a"), revision: "@repo" }, artifactOf("b")] });
    await made(2);
    expect((await external("a")).status?.artifact?.revision).toMatch(/^main@sha1:/);
    await bed.change("gen", { spec: { artifacts: [artifactOf("b")] } });
    await made(1);
    await expect(external("a")).rejects.toThrow("not found");
  });

  it("makes an artifact for each directory of a pattern", async () => {
    await create({
      pathPattern: "@repo/apps/{app}",
      artifacts: [{ name: "app-{app}", copy: [{ from: "@repo/apps/{app}/**", to: "@artifact/" }] }],
    });
    await made(2);
    expect((await external("app-b")).metadata.labels).toMatchObject({ app: "b" });
    await commit({ "apps/b/app.yaml": null, "apps/c/app.yaml": "c: 1\n" });
    await bed.untilObject("gen", ({ status }) => status?.inventory?.some(({ name }) => name === "app-c") ?? false);
    await expect(external("app-b")).rejects.toThrow("not found");
  });

  it("waits for its sources, and tells what it cannot build", async () => {
    await create({ sources: [{ alias: "repo", kind: "GitRepository", name: "none" }], artifacts: [artifactOf("a")] });
    await untilSays(
      'Ready=False/SourceFetchFailed: get sources failed: GitRepository.source.toolkit.fluxcd.io "none" not found',
    );
    await bed.change("gen", { spec: { sources, artifacts: [artifactOf("none")] } });
    await untilSays(
      "Ready=False/BuildFailed: none build failed: failed to apply copy operations: failed to apply copy operation from '@repo/apps/none/**' to '@artifact/': no files match pattern 'apps/none/**' in source 'repo'",
    );
    await bed.change("gen", { spec: { artifacts: [artifactOf("a")] } });
    await made(1);
  });

  it.each([
    [
      "aliases",
      { sources: [...sources, ...sources], artifacts: [artifactOf("a")] },
      "duplicate source alias 'repo' found",
    ],
    ["names", { artifacts: [artifactOf("a"), artifactOf("a")] }, "duplicate artifact name 'a' found"],
    [
      "a revision",
      { artifacts: [{ ...artifactOf("a"), revision: "@no" }] },
      "artifact a revision source alias 'no' not found",
    ],
    [
      "a pattern",
      { pathPattern: "@no/{x}", artifacts: [artifactOf("a")] },
      'pathPattern "@no/{x}": source alias no not found in local sources',
    ],
  ])("stalls on %s that cannot be", async (_, spec, message) => {
    await create(spec);
    const object = await bed.untilObject("gen", isStalled);
    expect(conditionsOf(object)).toContain(`Stalled=True/ValidationFailed: ${message}`);
  });

  it("is held by its annotation", async () => {
    await bed.kube.create({
      apiVersion: "source.extensions.fluxcd.io/v1beta1",
      kind: "ArtifactGenerator",
      metadata: {
        name: "gen",
        namespace: bed.namespace,
        annotations: { "source.extensions.fluxcd.io/reconcile": "Disabled" },
      },
      spec: { sources, artifacts: [artifactOf("a")] },
    });
    await bed.untilObject("gen", ({ metadata }) => metadata.finalizers !== undefined);
    await bed.handle.idle();
    await expect(external("a")).rejects.toThrow("not found");
    await bed.change("gen", {
      metadata: {
        annotations: { "source.extensions.fluxcd.io/reconcile": "enabled", "reconcile.fluxcd.io/requestedAt": "1" },
      },
    });
    await made(1);
  });

  it("takes its artifacts along when it is deleted", async () => {
    await create({ artifacts: [artifactOf("a")] });
    await made(1);
    const { status } = await external("a");
    await bed.kube.delete(bed.ref("gen"));
    await bed.untilGone("gen");
    await expect(external("a")).rejects.toThrow("not found");
    expect(await bed.artifacts.verify(status?.artifact ?? (undefined as never))).toBe(false);
  });
});
