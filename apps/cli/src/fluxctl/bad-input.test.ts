import { generateKeyPairSync } from "node:crypto";
import type { GitRepository } from "@eddy/api";
import { valueAt } from "@eddy/core/object";
import { formatSshPublicKey, sshPublicKeyOf } from "@eddy/core/ssh";
import { openRepository } from "@eddy/git";
import type { RegistryAnswer } from "@eddy/registry";
import { verifyGitObject } from "@eddy/signature";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentText, startReleaseBed, type ReleaseBed } from "../testing/release-bed.ts";

let bed: ReleaseBed;
let lie: RegistryAnswer | undefined;
beforeAll(async () => {
  bed = await startReleaseBed({
    intercept: ({ url }) => (url.includes("/org/liar/manifests/sha256") ? lie : undefined),
  });
  for (const tag of ["1.0.0", "1.1.0", "2.0.0"]) for (const name of ["web", "liar"]) bed.pushImage(`org/${name}`, tag);
});
afterAll(() => bed.stop());

const image = (tag: string, name: string = "web"): string => `${bed.registry.host}/org/${name}:${tag}`;
const text = (name: string, tag: string, annotations: Record<string, string> = {}): string =>
  deploymentText(name, { web: image(tag) }, annotations);

describe("two writers at once", () => {
  it("both get their commit, and a person's push in between stays", async () => {
    await bed.enter("two", { "a.yaml": text("a", "1.0.0"), "b.yaml": text("b", "1.0.0") });
    const releases = ["a", "b"].map((name) =>
      bed.release("two", { workloads: [`deployment/${name}`], image: image("1.1.0") }),
    );
    const [first, second] = await Promise.all([
      ...releases,
      bed.git.commit("two", { files: { "README.md": "hi" }, message: "docs" }),
    ]);
    expect([first, second].map((made) => typeof made === "object" && made.status?.phase)).toEqual([
      "Succeeded",
      "Succeeded",
    ]);
    expect(await bed.file("two", "a.yaml")).toBe(text("a", "1.1.0"));
    expect(await bed.file("two", "b.yaml")).toBe(text("b", "1.1.0"));
    expect(await bed.file("two", "README.md")).toBe("hi");
  });
});

describe("what is refused", () => {
  beforeAll(() =>
    bed.enter("bad", {
      "web.yaml": text("web", "1.0.0"),
      "liar.yaml": deploymentText("liar", { web: image("1.0.0", "liar") }),
    }),
  );
  const asked = (name: string, wanted: string): Promise<{ phase?: string; result?: string; reason?: string }> =>
    bed.release("bad", { workloads: [`deployment/${name}`], image: wanted }).then(({ status }) => {
      const own = status?.workloads?.find(({ id }) => id === `bad:deployment/${name}`);
      return { phase: status?.phase ?? "", result: status?.result ?? "", reason: own?.reason ?? "" };
    });

  it("an image that is not in the registry", async () => {
    const { phase, reason } = await asked("web", image("9.9.9"));
    expect(phase).toBe("Succeeded");
    expect(reason).toMatch(/^cannot find one or more images: .*org\/web:9\.9\.9: /);
  });

  it("a registry that lies about a digest", async () => {
    const before = await bed.head("bad");
    lie = { status: 200, headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" }, body: "{}" };
    const { reason } = await asked("liar", `${bed.registry.host}/org/liar@sha256:${"a".repeat(64)}`);
    expect(reason).toMatch(/^cannot find one or more images: .*digest/i);
    expect((await bed.head("bad")).sha).toBe(before.sha);
  });

  it("a workload of another namespace, and one that nobody applied from Git", async () => {
    const { status } = await bed.release("bad", { workloads: ["two:deployment/a"], image: image("2.0.0") });
    expect(status?.workloads?.find(({ id }) => id === "two:deployment/a")).toEqual({
      id: "two:deployment/a",
      status: "skipped",
      reason: "not found in repository: a Release changes workloads of its own namespace, bad",
    });
    const metadata = { name: "loose", namespace: "bad" };
    const template = {
      metadata: { labels: { app: "x" } },
      spec: { containers: [{ name: "web", image: image("1.0.0") }] },
    };
    const spec = { selector: { matchLabels: { app: "x" } }, template };
    await bed.kube.create({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec });
    expect((await asked("loose", image("1.1.0"))).reason).toBe("not found in repository: nothing applied it from Git");
  });

  it("a person who may not, and one who may", async () => {
    const words = `release --workload=bad:deployment/web --update-image=${image("1.1.0")} --as jane`;
    const refused = await bed.run(words);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/releases\.eddy\.sh is forbidden: User "jane" cannot create resource "releases"/);
    const rules = [{ apiGroups: ["eddy.sh"], resources: ["releases"], verbs: ["create", "get", "list", "watch"] }];
    const rbac = "rbac.authorization.k8s.io/v1";
    await bed.kube.create({ apiVersion: rbac, kind: "Role", metadata: { name: "release", namespace: "bad" }, rules });
    const binding = {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "release" },
      subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "jane" }],
    };
    await bed.kube.create({
      apiVersion: rbac,
      kind: "RoleBinding",
      metadata: { name: "release", namespace: "bad" },
      ...binding,
    });
    const allowed = await bed.run(words);
    expect({ code: allowed.code, stdout: allowed.stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining("success") as unknown,
    });
  });

  it("a branch that may not be written: told in the server's words, and not tried for ever", async () => {
    bed.protect("bad");
    const { phase, result } = await asked("web", image("2.0.0"));
    expect(phase).toBe("Failed");
    expect(result).toMatch(/^push to GitRepository "bad\/app" failed: .*(protected branch|pre-receive hook declined)/s);
  });

  it("a repository that cannot be built, and an image that is none: the release ends at once, and says why", async () => {
    await bed.enter("broken", { "web.yaml": text("web", "1.0.0") });
    await bed.git.commit("broken", { files: { "kustomization.yaml": "resources: [nowhere.yaml]\n" }, message: "oops" });
    const broken = await bed.release("broken", { all: true, image: image("1.1.0") });
    expect([broken.status?.phase, broken.status?.result]).toEqual(["Failed", expect.stringContaining("nowhere.yaml")]);
    const none = await bed.release("bad", { all: true, image: "NO IMAGE" });
    expect(none.status?.result).toContain("could not parse reference");
  });

  it("a Kustomization that is suspended: the commit is told, and not made twice", async () => {
    await bed.enter("held", { "web.yaml": text("web", "1.0.0") });
    const ref = { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace: "held", name: "app" };
    await bed.kube.patch(ref, "merge", { spec: { suspend: true } });
    const first = await bed.release("held", { all: true, image: image("1.1.0") });
    const { sha } = await bed.head("held");
    const result = `Kustomization "held/app" is suspended: resume it to apply main@sha1:${sha}`;
    expect(first.status).toMatchObject({ phase: "Failed", result, commits: [{ revision: `main@sha1:${sha}` }] });
    const second = await bed.release("held", { all: true, image: image("1.1.0") });
    expect(second.status).toMatchObject({ phase: "Failed", result, commits: [{ revision: `main@sha1:${sha}` }] });
    expect((await bed.head("held")).sha).toBe(sha);
  });

  it("a lock that is committed, and not applied yet", async () => {
    const locked = text("web", "1.1.0", { "fluxcd.io/locked": "true" });
    const sha = await bed.git.commit("held", { files: { "web.yaml": locked }, message: "lock" });
    const { status } = await bed.release("held", { all: true, image: image("2.0.0") });
    expect(status?.workloads?.map(({ status: what, reason }) => [what, reason])).toEqual([
      ["skipped", "locked in Git"],
    ]);
    expect((await bed.head("held")).sha).toBe(sha);
  });

  it("a Release that asks for two things, or for none, is no Release", async () => {
    const none = bed.release("bad", { workloads: ["deployment/web"] });
    await expect(none).rejects.toThrow("exactly one of image, updateAllImages, containers, policies must be given");
    const nobody = bed.release("bad", { updateAllImages: true });
    await expect(nobody).rejects.toThrow("workloads must be given, or all");
  });
});

describe("automation", () => {
  it("commits what the filter lets pass, once; what a person puts back stays", async () => {
    const annotations = { "fluxcd.io/automated": "true", "fluxcd.io/tag.web": "semver:~1" };
    await bed.enter("auto", { "web.yaml": text("web", "1.0.0", annotations) });
    const ref = { group: "apps", kind: "Deployment", namespace: "auto", name: "web" };
    const runs = (tag: string) =>
      bed.until(ref, (object) => valueAt(object, "spec", "template", "spec", "containers", 0, "image") === image(tag));
    await runs("1.1.0");
    const { message, sha } = await bed.head("auto");
    expect(message).toBe(`Auto-release ${image("1.1.0")}`);
    expect(await bed.file("auto", "web.yaml")).toBe(text("web", "1.1.0", annotations));
    const reverted = await bed.git.commit("auto", {
      files: { "web.yaml": text("web", "1.0.0", annotations) },
      message: "back",
    });
    expect(reverted).not.toBe(sha);
    await bed.run("sync -n auto");
    await runs("1.0.0");
    await bed.automate("auto");
    expect((await bed.head("auto")).sha).toBe(reverted);
  });

  it("a tag that a scan finds is released at once", async () => {
    const metadata = { name: "web", namespace: "auto" };
    const spec = { image: `${bed.registry.host}/org/web`, interval: "1h" };
    const scanned = await bed.kube.create({
      apiVersion: "image.toolkit.fluxcd.io/v1",
      kind: "ImageRepository",
      metadata,
      spec,
    });
    const ref = { group: "image.toolkit.fluxcd.io", kind: "ImageRepository", namespace: "auto", name: "web" };
    await bed.until(ref, (object) => valueAt(object, "status", "lastScanResult") !== undefined);
    bed.pushImage("org/web", "1.2.0");
    const annotations = { "reconcile.fluxcd.io/requestedAt": `${scanned.metadata.uid}` };
    await bed.kube.patch(ref, "merge", { metadata: { annotations } });
    const deployment = { group: "apps", kind: "Deployment", namespace: "auto", name: "web" };
    await bed.until(
      deployment,
      (object) => valueAt(object, "spec", "template", "spec", "containers", 0, "image") === image("1.2.0"),
    );
  });
});

describe("eddy.sh/signing-key on the GitRepository", () => {
  it("signs what is released, and what policies change; without the key nothing is pushed", async () => {
    await bed.enter("signed", { "web.yaml": text("web", "1.0.0") });
    const source = { group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace: "signed", name: "app" };
    await bed.kube.patch(source, "merge", { metadata: { annotations: { "eddy.sh/signing-key": "signing" } } });
    const before = await bed.head("signed");
    const release = (): ReturnType<ReleaseBed["release"]> =>
      bed.release("signed", { all: true, image: image("1.1.0") });
    expect((await release()).status).toMatchObject({
      phase: "Failed",
      result: `push to GitRepository "signed/app" failed: sign as eddy.sh/signing-key says: could not find signing key secret 'signing': secrets "signing" not found`,
    });
    expect((await bed.head("signed")).sha).toBe(before.sha);
    await bed.kube.patch(source, "merge", { metadata: { annotations: { "eddy.sh/committer": "me" } } });
    expect((await release()).status?.result).toContain('eddy.sh/committer is "me": want "Name <address>"');
    await bed.kube.patch(source, "merge", {
      metadata: { annotations: { "eddy.sh/committer": "Me <me@example.org>" } },
    });
    const { privateKey } = generateKeyPairSync("ed25519");
    const identity = String(privateKey.export({ type: "pkcs8", format: "pem" }));
    const metadata = { name: "signing", namespace: "signed" };
    const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { identity } };
    await bed.kube.create(secret);
    const wanted = { openPgp: [], ssh: [formatSshPublicKey(sshPublicKeyOf(privateKey))] };
    const remote = openRepository((await bed.kube.get<GitRepository>(source)).spec.url);
    for (const change of [release, () => bed.release("signed", { all: true, policies: { set: { locked: "true" } } })]) {
      expect((await change()).status?.phase).toBe("Succeeded");
      const last = await remote.fetch(await remote.resolve({ kind: "branch", name: "main" }));
      expect(await verifyGitObject(last, wanted)).toMatch(/^SHA256:/);
      expect(last.committer).toMatchObject({ name: "Me", email: "me@example.org" });
    }
    remote.close();
  });
});
