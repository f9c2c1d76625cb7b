import { generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gitRepositoryKind, type GitRepository } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { conditionsOf, isStalled, readText, settled, startSourceBed, type SourceBed } from "../testing/source-bed.ts";

const files = { "deploy/app.yaml": "a: 1\n", "README.md": "hello\n", "logo.png": "x" };
let bed: SourceBed<GitRepository>;
let git: GitServer;
let secured: GitServer;
let namespace: string;

beforeAll(async () => {
  bed = await startSourceBed<GitRepository>(gitRepositoryKind);
  git = await startGitServer({ dir: join(bed.folder, "git") });
  secured = await startGitServer({
    dir: join(bed.folder, "secured"),
    credentials: { username: "eddy", password: "correct-horse" },
  });
});
afterAll(async () => {
  await bed.stop();
  await Promise.all([git.stop(), secured.stop()]);
});
beforeEach(async () => {
  namespace = await bed.enterNamespace();
});

async function create(name: string, spec: Partial<GitRepository["spec"]>): Promise<void> {
  await bed.create(name, { interval: "1h", url: `${git.url}/none.git`, ref: { branch: "main" }, ...spec });
}

describe("GitRepository", () => {
  it("stores the branch, tells so, and writes nothing when nothing changes", async () => {
    const { url, commit } = await git.createRepository(`${namespace}-a`, files, { message: "Say hello\n\nAt length." });
    await create("app", { url });
    const object = await bed.untilObject("app", settled("True"));
    await bed.handle.idle();
    const revision = `main@sha1:${commit}`;
    const message = `stored artifact for revision '${revision}'`;
    expect(conditionsOf(object)).toEqual([
      `Ready=True/Succeeded: ${message}`,
      `ArtifactInStorage=True/Succeeded: ${message}`,
    ]);
    expect(object.metadata.finalizers).toEqual(["finalizers.fluxcd.io"]);
    expect(object.status?.artifact).toMatchObject({
      revision,
      path: `gitrepository/${namespace}/app/${commit}.tar.gz`,
      url: `http://source-controller.test./gitrepository/${namespace}/app/${commit}.tar.gz`,
    });
    expect(bed.events.map(({ reason, message: text }) => `${reason}: ${text}`)).toEqual([
      "NewArtifact: stored artifact for commit 'Say hello'",
    ]);
    expect(bed.events[0]?.metadata).toEqual({
      "source.toolkit.fluxcd.io/revision": revision,
      "source.toolkit.fluxcd.io/digest": object.status?.artifact?.digest,
    });
    expect((await bed.treeOf(object)).list("")).toEqual(["README.md", "deploy"]);

    const [before, polls] = [bed.statusWrites(), git.requests()["POST git-upload-pack/ls-refs"] ?? 0];
    bed.handle.request(bed.ref("app"), "interval", "test");
    await bed.handle.idle();
    expect(bed.statusWrites()).toBe(before);
    expect(git.requests()["POST git-upload-pack/ls-refs"]).toBe(polls + 1);
    expect(bed.events).toHaveLength(1);
  });

  it("follows the branch, forwards and after a force-push, and keeps the last artifact when the branch is gone", async () => {
    const { url, path } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url });
    await bed.untilObject("app", settled("True"));
    const next = await git.commit(`${namespace}-a`, { files: { "deploy/app.yaml": "a: 2\n" }, message: "two" });
    const second = await bed.request("app");
    expect(second.status?.artifact?.revision).toBe(`main@sha1:${next}`);
    expect(readText(await bed.treeOf(second), "deploy/app.yaml")).toBe("a: 2\n");
    const rewritten = await git.commit(`${namespace}-a`, { files: { other: "x" }, message: "again", orphan: true });
    expect((await bed.request("app")).status?.artifact?.revision).toBe(`main@sha1:${rewritten}`);

    rmSync(join(path, "refs/heads/main"));
    await git.commit(`${namespace}-a`, { files: { other: "x" }, message: "elsewhere", branch: "dev" });
    await bed.request("app");
    const gone = await bed.untilObject("app", settled("False"));
    const why = `failed to checkout and determine revision: unable to clone '${url}': couldn't find remote ref "refs/heads/main"`;
    expect(conditionsOf(gone)).toContain(`Ready=False/GitOperationFailed: ${why}`);
    expect(conditionsOf(gone)).toContain(`FetchFailed=True/GitOperationFailed: ${why}`);
    expect(conditionsOf(gone).some((text) => text.startsWith("Reconciling=True/ProgressingWithRetry"))).toBe(true);
    expect(gone.status?.artifact?.revision).toBe(`main@sha1:${rewritten}`);

    bed.events.length = 0;
    await git.commit(`${namespace}-a`, { files: { other: "x" }, message: "back", branch: "main" });
    await bed.untilObject("app", settled("True"));
    await bed.handle.idle();
    expect(
      bed.events.some(({ severity, reason }) => severity === "info" && ["NewArtifact", "Succeeded"].includes(reason)),
    ).toBe(true);
  });

  it.each<[string, GitRepository["spec"]["ref"], (commit: string) => string]>([
    ["tag", { tag: "v1.0.0" }, (commit) => `v1.0.0@sha1:${commit}`],
    ["annotated tag", { tag: "v1.2.0" }, (commit) => `v1.2.0@sha1:${commit}`],
    ["semver range", { semver: ">=1.0.0 <2.0.0" }, (commit) => `v1.2.0@sha1:${commit}`],
    ["full name", { name: "refs/tags/v1.2.0" }, (commit) => `refs/tags/v1.2.0@sha1:${commit}`],
  ])("resolves a %s", async (_, reference, want) => {
    const name = `${namespace}-a`;
    const { url, commit = "" } = await git.createRepository(name, files);
    await git.tag(name, "v1.0.0", { target: commit });
    await git.tag(name, "v1.2.0", { target: commit, message: "release" });
    await git.tag(name, "v2.0.0", { target: commit });
    await git.tag(name, "v1.9", { target: commit });
    await create("app", { url, ref: reference ?? {} });
    expect((await bed.untilObject("app", settled("True"))).status?.artifact?.revision).toBe(want(commit));
  });

  it("pins a commit that no ref points to any more", async () => {
    const { url, commit = "" } = await git.createRepository(`${namespace}-a`, files);
    await git.commit(`${namespace}-a`, { files: { x: "y" }, message: "later" });
    await create("bare", { url, ref: { commit } });
    await create("named", { url, ref: { commit: commit.toUpperCase(), branch: "main" } });
    await create("nowhere", { url, ref: { commit, branch: "nope" } });
    expect((await bed.untilObject("bare", settled("True"))).status?.artifact?.revision).toBe(`sha1:${commit}`);
    expect((await bed.untilObject("named", settled("True"))).status?.artifact?.revision).toBe(`main@sha1:${commit}`);
    expect(conditionsOf(await bed.untilObject("nowhere", settled("False"))).join()).toContain(
      `unable to clone '${url}': couldn't find remote ref "refs/heads/nope"`,
    );
  });

  it.each<[string, Partial<GitRepository["spec"]>, string]>([
    [
      "no such repository",
      {},
      "GitOperationFailed: failed to checkout and determine revision: unable to clone '{url}/none.git': repository not found: repository not found",
    ],
    [
      "no version in the range",
      { ref: { semver: ">9" } },
      "GitOperationFailed: failed to checkout and determine revision: no match found for semver: >9",
    ],
    [
      "no Secret",
      { secretRef: { name: "x" } },
      `AuthenticationFailed: failed to get secret '{ns}/x': failed to get secret '{ns}/x': secrets "x" not found`,
    ],
  ])("retries: %s", async (_, spec, want) => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { ...(Object.keys(spec).length > 0 ? { url } : {}), ...spec });
    const text = want.replace("{url}", git.url).replaceAll("{ns}", namespace);
    const failed = await bed.untilObject("app", settled("False"));
    await bed.handle.idle();
    expect(conditionsOf(failed)).toContain(`Ready=False/${text}`);
    expect(conditionsOf(failed)).toContain(`FetchFailed=True/${text}`);
    expect(failed.status?.observedGeneration).not.toBe(failed.metadata.generation);
    expect(bed.events.some(({ severity, reason }) => severity === "error" && text.startsWith(`${reason}:`))).toBe(true);
  });

  it("says that a repository is empty, and goes on when it is not", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, {});
    await create("app", { url });
    const failed = await bed.untilObject("app", settled("False"));
    expect(conditionsOf(failed)).toContain("Ready=False/EmptyGitRepository: git repository is empty");
    await git.commit(`${namespace}-a`, { files, message: "first" });
    await bed.untilObject("app", settled("True"));
  });

  it.each<[string, Partial<GitRepository["spec"]>, string]>([
    [
      "a provider without what it needs",
      { provider: "github" },
      "InvalidProviderConfiguration: secretRef with github app data must be specified when provider is set to github",
    ],
    [
      "a URL that is none, without its password",
      { url: "https://user:pass-word@127.0.0.1:99999/x" },
      "URLInvalid: failed to parse url 'https://127.0.0.1:99999/x': want",
    ],
    [
      "a range that is none",
      { ref: { semver: "latest!" } },
      "GitOperationFailed: failed to checkout and determine revision: semver parse error: improper constraint",
    ],
  ])("stalls: %s", async (_, spec, want) => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url, ...spec });
    const stalled = await bed.untilObject("app", isStalled);
    expect(conditionsOf(stalled).find((text) => text.startsWith("Stalled"))).toContain(want);
    expect(conditionsOf(stalled).some((text) => text.startsWith("Reconciling"))).toBe(false);
    expect(stalled.status?.observedGeneration).toBe(1);
    expect(stalled.status?.artifact).toBeUndefined();
  });

  it("logs in with a Secret, notices when it changes, and never shows the password", async () => {
    const { url } = await secured.createRepository(`${namespace}-a`, files);
    const data = (password: string): { stringData: Record<string, string> } => ({
      stringData: { username: "eddy", password },
    });
    await bed.createSecret("login", data("wrong-battery").stringData);
    await create("app", { url, secretRef: { name: "login" } });
    const failed = await bed.untilObject("app", settled("False"));
    expect(conditionsOf(failed).join()).toContain(
      `unable to clone '${url}': authentication required: authentication required`,
    );
    expect(JSON.stringify([failed, bed.events])).not.toContain("wrong-battery");
    await bed.kube.patch({ group: "", kind: "Secret", namespace, name: "login" }, "merge", data("correct-horse"));
    await bed.untilObject("app", settled("True"));
  });

  it("logs in as a GitHub App, and with a token of Azure DevOps", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const githubAppPrivateKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const cloud = http.createServer((request, response) => {
      const answers: Record<string, object> = {
        "/app/installations/2/access_tokens": { token: "ghs_installation", expires_at: "2100-01-01T00:00:00Z" },
        "/tenant/oauth2/v2.0/token": { access_token: "azure-devops-token", expires_in: 3600 },
      };
      const answer = answers[request.url ?? ""];
      response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => cloud.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`;
    const servers = await Promise.all([
      startGitServer({
        dir: join(bed.folder, "github"),
        credentials: { username: "x-access-token", password: "ghs_installation" },
      }),
      startGitServer({ dir: join(bed.folder, "azure"), credentials: { bearerToken: "azure-devops-token" } }),
    ]);
    const environment = { AZURE_TENANT_ID: "tenant", AZURE_CLIENT_ID: "client", AZURE_CLIENT_SECRET: "azure-secret" };
    Object.assign(process.env, environment, { AZURE_AUTHORITY_HOST: base });
    try {
      const [gitHub, azure] = await Promise.all(
        servers.map((server) => server.createRepository(`${namespace}-a`, files)),
      );
      const app = { githubAppID: "1", githubAppInstallationID: "2", githubAppPrivateKey, githubAppBaseURL: base };
      await bed.createSecret("app", app);
      await create("github", { url: gitHub?.url ?? "", provider: "github", secretRef: { name: "app" } });
      await create("azure", { url: azure?.url ?? "", provider: "azure" });
      await create("generic", { url: gitHub?.url ?? "", secretRef: { name: "app" } });
      await bed.untilObject("github", settled("True"));
      await bed.untilObject("azure", settled("True"));
      const generic = await bed.untilObject("generic", settled("False"));
      expect(conditionsOf(generic).join()).toContain(
        `InvalidProviderConfiguration: secretRef '${namespace}/app' has github app data but provider is not set to github`,
      );
      await bed.change("azure", { spec: { serviceAccountName: "reader" } });
      expect(conditionsOf(await bed.untilObject("azure", isStalled)).join()).toContain(
        "FeatureGateDisabled: to use spec.",
      );
    } finally {
      for (const name of [...Object.keys(environment), "AZURE_AUTHORITY_HOST"]) delete process.env[name];
      cloud.close();
      await Promise.all(servers.map((server) => server.stop()));
    }
  });

  it("stores anew when what is taken of the commit changes", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url });
    const first = await bed.untilObject("app", settled("True"));
    await bed.change("app", { spec: { ignore: "*.md" } });
    const ignoring = await bed.untilObject("app", ({ status }) => status?.observedIgnore === "*.md");
    expect((await bed.treeOf(ignoring)).list("")).toEqual(["deploy", "logo.png"]);
    expect(ignoring.status?.artifact?.revision).toBe(first.status?.artifact?.revision);
    await bed.change("app", { spec: { ignore: null, sparseCheckout: ["./deploy"] } });
    const sparse = await bed.untilObject("app", ({ status }) => status?.observedSparseCheckout !== undefined);
    expect((await bed.treeOf(sparse)).list("")).toEqual(["deploy"]);
    expect(sparse.status?.observedIgnore).toBeUndefined();
    await bed.change("app", { spec: { sparseCheckout: ["nowhere"] } });
    const failed = await bed.untilObject("app", settled("False"));
    expect(conditionsOf(failed).join()).toContain(
      "failed to sparse checkout directories : sparse checkout dir 'nowhere' does not exist in repository",
    );
  });

  it("includes the artifact of another GitRepository, and follows it", async () => {
    const outer = await git.createRepository(`${namespace}-a`, files);
    const inner = await git.createRepository(`${namespace}-b`, { "lib/x.yaml": "x: 1\n" });
    await create("outer", {
      url: outer.url,
      include: [{ repository: { name: "inner" }, fromPath: "lib", toPath: "vendor/lib" }],
    });
    const waiting = await bed.untilObject("outer", settled("False"));
    expect(conditionsOf(waiting)).toContain(
      `IncludeUnavailable=True/NotFound: could not get resource for include 'inner': GitRepository.source.toolkit.fluxcd.io "inner" not found`,
    );
    await create("inner", { url: inner.url });
    const ready = await bed.untilObject("outer", settled("True"));
    expect(readText(await bed.treeOf(ready), "vendor/lib/x.yaml")).toBe("x: 1\n");
    expect(ready.status?.includedArtifacts).toHaveLength(1);
    await git.commit(`${namespace}-b`, { files: { "lib/x.yaml": "x: 2\n" }, message: "two" });
    const { status } = await bed.request("inner");
    const followed = await bed.untilObject(
      "outer",
      (object) => object.status?.includedArtifacts?.[0]?.digest === status?.artifact?.digest,
    );
    expect(readText(await bed.treeOf(followed), "vendor/lib/x.yaml")).toBe("x: 2\n");
  });

  it("takes in what names itself or each other at the interval and on request, without end to neither", async () => {
    const outer = await git.createRepository(`${namespace}-a`, files);
    const includes = (...names: string[]): object => ({ include: names.map((name) => ({ repository: { name } })) });
    for (const name of ["self", "a", "b", "beside"]) await create(name, { url: outer.url });
    for (const name of ["self", "a", "b", "beside"]) await bed.untilObject(name, settled("True"));
    await bed.change("self", { spec: includes("self") });
    await bed.change("a", { spec: includes("b") });
    await bed.untilObject("a", ({ status }) => status?.includedArtifacts !== undefined);
    await bed.change("b", { spec: includes("a") });
    await bed.change("beside", { spec: includes("a") });
    for (const name of ["self", "b", "beside"])
      await bed.untilObject(name, ({ status }) => status?.includedArtifacts !== undefined);
    await bed.handle.idle();
    const writes = bed.statusWrites();
    await delay(systemClock, 300);
    await bed.handle.idle();
    expect(bed.statusWrites()).toBe(writes);

    // One that stands in no circle follows what it includes, also where that stands in one.
    const { status } = await bed.request("a");
    expect((await bed.treeOf(await bed.kube.get(bed.ref("a")))).list("b/a")).toEqual(["README.md", "b", "deploy"]);
    await bed.untilObject(
      "beside",
      (object) => object.status?.includedArtifacts?.[0]?.digest === status?.artifact?.digest,
    );
    const again = await bed.request("self");
    expect((await bed.treeOf(again)).list("self/self")).toEqual(["README.md", "deploy"]);
  });

  it("does nothing while suspended", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url, suspend: true });
    await bed.untilObject("app", ({ metadata }) => metadata.finalizers !== undefined);
    await bed.handle.idle();
    expect((await bed.kube.get<GitRepository>(bed.ref("app"))).status?.conditions).toBeUndefined();
    await bed.change("app", { spec: { suspend: false } });
    await bed.untilObject("app", settled("True"));
  });

  it("is ready or failed for what waits for it also when it was suspended later", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("good", { url });
    await create("bad", { url, ref: { branch: "nowhere" } });
    await create("stalled", { url, provider: "azure", serviceAccountName: "reader" });
    const seen: Record<string, string[]> = {};
    for (const [name, status] of [
      ["good", "True"],
      ["bad", "False"],
      ["stalled", "False"],
    ] as const) {
      await bed.untilObject(name, settled(status));
      await bed.change(name, { spec: { suspend: true } });
      const object = await bed.untilObject(name, ({ status: is }) => is?.observedGeneration === 2);
      seen[name] = (object.status?.conditions ?? []).map(
        ({ type, status: is, reason, observedGeneration: of }) => `${type}=${is}/${reason} of ${of}`,
      );
    }
    expect(seen).toEqual({
      good: ["Ready=True/Succeeded of 2", "ArtifactInStorage=True/Succeeded of 1"],
      bad: [
        "Reconciling=True/ProgressingWithRetry of 2",
        "Ready=False/GitOperationFailed of 2",
        "FetchFailed=True/GitOperationFailed of 1",
      ],
      stalled: ["Ready=False/FeatureGateDisabled of 2", "FetchFailed=True/FeatureGateDisabled of 1"],
    });
  });

  it("builds the artifact again when its file was damaged, also after a restart", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url });
    const { status } = await bed.untilObject("app", settled("True"));
    writeFileSync(join(bed.folder, "storage", status?.artifact?.path ?? ""), "damaged");
    await bed.restart();
    const rebuilt = await bed.untilObject(
      "app",
      (object) => settled("True")(object) && object.status?.artifact !== undefined,
    );
    await bed.handle.idle();
    expect(rebuilt.status?.artifact?.digest).toBe(status?.artifact?.digest);
    expect(await bed.artifacts.verify(rebuilt.status?.artifact ?? ({} as never))).toBe(true);
  });

  it("keeps delivering when the disk refuses, and says so", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    writeFileSync(join(bed.folder, "storage", "gitrepository", namespace), "in the way");
    chmodSync(join(bed.folder, "storage", "gitrepository", namespace), 0o400);
    await create("app", { url });
    const failed = await bed.untilObject("app", settled("False"));
    expect(conditionsOf(failed).join()).toMatch(
      /StorageOperationFailed=True\/ArchiveOperationFailed: unable to archive artifact to storage: E/,
    );
    expect(readText(await bed.treeOf(failed), "README.md")).toBe("hello\n");
    rmSync(join(bed.folder, "storage", "gitrepository", namespace));
    await bed.untilObject("app", settled("True"));
  });

  it("removes its artifacts when it is deleted", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url });
    const { status } = await bed.untilObject("app", settled("True"));
    await bed.kube.delete(bed.ref("app"));
    await bed.untilGone("app");
    expect(existsSync(join(bed.folder, "storage", status?.artifact?.path ?? ""))).toBe(false);
  });
});
