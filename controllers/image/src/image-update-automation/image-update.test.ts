import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageRef, ImageUpdateAutomation } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { openRepository } from "@eddy/git";
import { verifyGitObject } from "@eddy/signature";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUpdateBed, type UpdateBed } from "../testing/update-bed.ts";

let bed: UpdateBed;
beforeAll(async () => {
  bed = await startUpdateBed();
});
afterAll(() => bed.stop());

const podinfo = (tag: string, digest?: string): ImageRef => ({
  name: "ghcr.io/org/podinfo",
  tag,
  ...(digest === undefined ? {} : { digest }),
});

/** A deployment with a marker, in a style that an editor would lose. */
function deployment(tag: string, setter: string = "podinfo"): string {
  return `# the app
apiVersion: apps/v1
kind: Deployment
metadata: {name: podinfo, namespace: apps}
spec:
    template:
        spec:
            containers:
            -   name: app
                image: ghcr.io/org/podinfo:${tag}   # {"$imagepolicy": "${bed.namespace}:${setter}"}
`;
}

/** A repository with the deployment; its policy; an automation. */
async function enterApp(spec: Parameters<UpdateBed["create"]>[1] = {}, tag: string = "6.0.0"): Promise<void> {
  await bed.enter({ "README.md": "x" });
  await bed.git.commit(bed.repository, { files: { "deploy/app.yaml": deployment("6.0.0") }, message: "app" });
  await bed.choose("podinfo", podinfo(tag));
  await bed.create("auto", spec);
}

const ready = ({ status }: ImageUpdateAutomation): string => {
  const condition = findCondition(status?.conditions, "Ready");
  return condition === undefined ? "" : `${condition.status}/${condition.reason}: ${condition.message}`;
};
const isReady = (object: ImageUpdateAutomation): boolean => ready(object).startsWith("True/");
const isFailed = (object: ImageUpdateAutomation): boolean => ready(object).startsWith("False/");
const pushedAnother = (than: string | undefined) => (object: ImageUpdateAutomation) =>
  isReady(object) && object.status?.lastPushCommit !== undefined && object.status.lastPushCommit !== than;
const commits = (branch: string = "main"): number => Number(bed.run("rev-list", "--count", branch));
const told = (): string[] =>
  bed.events.filter(({ severity }) => severity !== "trace").map(({ reason, message }) => `${reason}: ${message}`);

describe("a new image", () => {
  it("is committed long before the interval, told, and the source is asked to look at once", async () => {
    await enterApp();
    const first = await bed.until("auto", isReady);
    expect(ready(first)).toBe("True/Succeeded: repository up-to-date");
    expect(first.status).toMatchObject({
      observedGeneration: 1,
      observedSourceRevision: `main@sha1:${bed.run("rev-parse", "main")}`,
      observedPolicies: { podinfo: podinfo("6.0.0") },
    });
    expect([first.status?.lastPushCommit, commits()]).toEqual([undefined, 2]);
    await bed.choose("podinfo", podinfo("6.1.0"));
    const second = await bed.until("auto", pushedAnother(undefined));
    const commit = bed.run("rev-parse", "main");
    expect(second.status).toMatchObject({
      lastPushCommit: commit,
      observedSourceRevision: `main@sha1:${commit}`,
      observedPolicies: { podinfo: podinfo("6.1.0") },
    });
    expect(bed.fileAt("main", "deploy/app.yaml")).toBe(deployment("6.1.0").trim());
    expect(bed.run("log", "-1", "--format=%an <%ae>|%cn|%B", "main")).toBe(
      "Eddy <eddy@example.org>|Eddy|Update from image update automation",
    );
    expect(bed.run("diff", "--stat", "main~1", "main")).toContain("1 file changed, 1 insertion(+), 1 deletion(-)");
    await bed.handle.idle();
    expect((await bed.sourceOf("app")).metadata.annotations).toHaveProperty(["reconcile.fluxcd.io/requestedAt"]);
    expect(told()).toEqual([
      "Succeeded: repository up-to-date",
      `Succeeded: pushed commit '${commit.slice(0, 7)}' to branch 'main'\nUpdate from image update automation`,
    ]);
    bed.run("fsck", "--strict");
  });

  it("is committed once, however often it is looked at", async () => {
    await enterApp({}, "6.1.0");
    await bed.until("auto", pushedAnother(undefined));
    for (let look = 0; look < 3; look++) await bed.request("auto");
    expect(commits()).toBe(3);
  });

  it("is committed with the digest, to marked parts, in all files, as one commit with a templated message", async () => {
    const sum = `sha256:${"ab".repeat(32)}`;
    const messageTemplate = `{{ .AutomationObject }} {{ .Values.team }}
{{ range $file, $objects := .Changed.FileChanges }}{{ $file }}
{{ end }}{{ range $object, $changes := .Changed.Objects }}- {{ $object.Kind }} {{ $object.Name }} {{ $object.Namespace }}{{ range $changes }} {{ .Setter | trunc -6 }}: {{ .OldValue }} -> {{ .NewValue }}{{ end }}
{{ end }}{{ len .Changed.Changes }}`;
    const author = { email: "bot@example.org" };
    const values = { messageTemplateValues: { team: "web" } };
    await enterApp({ git: { commit: { author, messageTemplate, ...values } }, suspend: true });
    const release = `kind: HelmRelease
metadata:
  name: web
spec:
  values:
    image:
      repository: old # {"$imagepolicy": "${bed.namespace}:podinfo:name"}
      tag: 1 # {"$imagepolicy": "${bed.namespace}:podinfo:tag"}
      digest: # none
`;
    await bed.git.commit(bed.repository, { files: { "hr.yaml": release }, message: "release" });
    await bed.choose("podinfo", podinfo("1.10", sum));
    await bed.change("auto", { spec: { suspend: false } });
    await bed.until("auto", pushedAnother(undefined));
    expect(bed.fileAt("main", "hr.yaml")).toBe(
      release.replace("old #", "ghcr.io/org/podinfo #").replace("tag: 1 #", 'tag: "1.10" #').trim(),
    );
    expect(bed.fileAt("main", "deploy/app.yaml")).toContain(`image: ghcr.io/org/podinfo:1.10@${sum}   #`);
    expect(bed.run("log", "-1", "--format=%an|%ae|%B", "main")).toBe(
      `|bot@example.org|${bed.namespace}/auto web
deploy/app.yaml
hr.yaml
- HelmRelease web  o:name: old -> ghcr.io/org/podinfo fo:tag: 1 -> 1.10
- Deployment podinfo apps odinfo: ghcr.io/org/podinfo:6.0.0 -> ghcr.io/org/podinfo:1.10@${sum}
3`,
    );
  });

  it("counts only where the selector and the path say, and once a policy has chosen", async () => {
    await enterApp({ policySelector: { matchLabels: { team: "web" } }, update: { path: "./deploy" } }, "6.1.0");
    await bed.git.commit(bed.repository, { files: { "other.yaml": deployment("6.0.0", "api") }, message: "other" });
    await bed.choose("api", podinfo("7.0.0"), { team: "web" });
    await bed.choose("none", undefined, { team: "web" });
    const object = await bed.until("auto", (now) => now.status?.observedPolicies?.["api"] !== undefined);
    await bed.handle.idle();
    expect(Object.keys(object.status?.observedPolicies ?? {})).toEqual(["api"]);
    expect(commits()).toBe(3);
    await bed.choose("podinfo", podinfo("6.1.0"), { team: "web" });
    await bed.until("auto", pushedAnother(undefined));
    expect(bed.fileAt("main", "other.yaml")).toContain("6.0.0");
  });

  it("goes to another branch and another ref, and the branch is followed from there", async () => {
    const commit = { author: { email: "e@example.org" } };
    const push = { branch: "updates", refspec: "refs/heads/updates:refs/heads/review" };
    await enterApp({ git: { commit, push } }, "6.1.0");
    const first = await bed.until("auto", pushedAnother(undefined));
    expect([commits(), commits("updates"), bed.run("rev-parse", "review")]).toEqual([
      2,
      3,
      first.status?.lastPushCommit,
    ]);
    expect(first.status?.observedSourceRevision).toBe(`main@sha1:${bed.run("rev-parse", "main")}`);
    await bed.choose("podinfo", podinfo("6.2.0"));
    await bed.until("auto", pushedAnother(first.status?.lastPushCommit));
    expect([commits(), commits("updates"), bed.run("rev-parse", "review")]).toEqual([
      2,
      4,
      bed.run("rev-parse", "updates"),
    ]);
    expect(told().at(-1)).toContain("to branch 'updates' and refspecs 'refs/heads/updates:refs/heads/review'");
    expect((await bed.sourceOf("app")).metadata.annotations ?? {}).not.toHaveProperty([
      "reconcile.fluxcd.io/requestedAt",
    ]);
  });
});

describe("what people do", () => {
  it("a revert is left alone until another image is chosen, and told", async () => {
    await enterApp({}, "6.1.0");
    await bed.until("auto", pushedAnother(undefined));
    await bed.git.commit(bed.repository, { files: { "deploy/app.yaml": deployment("6.0.0") }, message: "Revert" });
    const held = await bed.request("auto");
    expect(findCondition(held.status?.conditions, "Held")?.message).toBe(
      "left as they are, since a person changed them back: podinfo (ghcr.io/org/podinfo:6.1.0)",
    );
    await bed.git.commit(bed.repository, { files: { "README.md": "y" }, message: "unrelated" });
    const later = await bed.request("auto");
    expect([ready(later), commits()]).toEqual(["True/Succeeded: repository up-to-date", 5]);
    expect(told().filter((text) => text.startsWith("ChangedByHand"))).toHaveLength(1);
    await bed.choose("podinfo", podinfo("6.1.1"));
    const lifted = await bed.until("auto", (object) => object.status?.observedPolicies?.["podinfo"]?.tag === "6.1.1");
    expect(findCondition(lifted.status?.conditions, "Held")).toBeUndefined();
    expect(bed.fileAt("main", "deploy/app.yaml")).toContain("podinfo:6.1.1 ");
  });

  it("a revert is written over where the automation says so", async () => {
    await enterApp({}, "6.1.0");
    await bed.until("auto", pushedAnother(undefined));
    await bed.change("auto", { metadata: { annotations: { "eddy.sh/reverts": "overwrite" } } });
    await bed.git.commit(bed.repository, { files: { "deploy/app.yaml": deployment("6.0.0") }, message: "Revert" });
    await bed.request("auto");
    expect(bed.fileAt("main", "deploy/app.yaml")).toContain("podinfo:6.1.0 ");
  });

  it("a new file with an old image is brought up to date", async () => {
    await enterApp({}, "6.1.0");
    await bed.until("auto", pushedAnother(undefined));
    await bed.git.commit(bed.repository, { files: { "deploy/new.yaml": deployment("5.0.0") }, message: "new" });
    await bed.request("auto");
    expect(bed.fileAt("main", "deploy/new.yaml")).toContain("podinfo:6.1.0 ");
  });
});

describe("what goes wrong", () => {
  const author = { email: "e@example.org" };
  it.each<[name: string, spec: Parameters<UpdateBed["create"]>[1], want: string]>([
    [
      "no repository",
      { sourceRef: { kind: "GitRepository", name: "none" } },
      'SourceManagerFailed: failed configuring source manager: referenced git repository does not exist: GitRepository.source.toolkit.fluxcd.io "none" not found',
    ],
    [
      "no settings for Git",
      { git: null as never },
      "InvalidSourceConfiguration: source kind 'GitRepository' necessitates field .spec.git: invalid source configuration",
    ],
    [
      "no branch to push to",
      { git: { checkout: { ref: { tag: "v1" } }, commit: { author } } },
      "SourceManagerFailed: failed configuring source manager: push spec not provided, and cannot be inferred from .spec.git.checkout.ref or GitRepository .spec.ref",
    ],
    [
      "an operator that is none",
      { policySelector: { matchExpressions: [{ key: "a", operator: "Is" }] } },
      'InvalidPolicySelector: failed to parse policy selector: "Is" is not a valid label selector operator',
    ],
    [
      "no such branch",
      { git: { checkout: { ref: { branch: "none" } }, commit: { author } } },
      `GitOperationFailed: failed to checkout source: unable to clone '{url}': couldn't find remote ref "refs/heads/none"`,
    ],
    [
      "no such folder",
      { update: { strategy: "Setters", path: "./none" } },
      "UpdateFailed: failed to apply policies: walking path for files: lstat none: no such file or directory",
    ],
    [
      "a field that templates had once",
      { git: { commit: { author, messageTemplate: "{{ range .Updated.Images }}{{ . }}{{ end }}" } } },
      "RemovedTemplateField: template uses removed '.Updated' field. Please use '.Changed' instead. See: https://fluxcd.io/flux/components/image/imageupdateautomations/#message-template",
    ],
    [
      "a template that cannot be read",
      { git: { commit: { author, messageTemplate: "{{ now }}" } } },
      'GitOperationFailed: failed to update source: unable to create commit message template from spec: template: commit message:1: function "now" not defined',
    ],
    [
      "a template that fails",
      { git: { commit: { author, messageTemplate: '{{ fail "no" }}' } } },
      'GitOperationFailed: failed to update source: failed to run template from spec: template: commit message:1:3: executing "commit message" at <fail "no">: error calling fail: no',
    ],
    [
      "no Secret with the key",
      { git: { commit: { author, signingKey: { secretRef: { name: "none" } } } } },
      `SourceManagerFailed: failed configuring source manager: could not find signing key secret 'none': secrets "none" not found`,
    ],
  ])("%s", async (_name, spec, text) => {
    await enterApp(spec, "6.1.0");
    const want = text.replace("{url}", (await bed.sourceOf("app")).spec.url);
    const failed = await bed.until("auto", isFailed);
    expect(ready(failed)).toBe(`False/${want}`);
    const isTerminal = /^(?:Invalid|Removed)/.test(want);
    expect(findCondition(failed.status?.conditions, "Stalled") !== undefined).toBe(isTerminal);
    expect(commits()).toBe(2);
    await bed.handle.idle();
    expect(told()).toContain(want);
  });

  it("a protected branch: what the server says, no commit, and again once it may", async () => {
    await enterApp();
    await bed.until("auto", isReady);
    const hook = join(bed.run("rev-parse", "--absolute-git-dir"), "hooks", "pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n", { mode: 0o700 });
    await bed.choose("podinfo", podinfo("6.1.0"));
    const refused = await bed.until("auto", isFailed);
    expect(ready(refused)).toBe(
      "False/GitOperationFailed: failed to update source: failed to push to remote: command error on refs/heads/main: pre-receive hook declined: main is protected",
    );
    expect(commits()).toBe(2);
    writeFileSync(hook, "#!/bin/sh\nexit 0\n");
    chmodSync(hook, 0o700);
    await bed.until("auto", pushedAnother(undefined));
    expect(commits()).toBe(3);
  });

  it("two automations and a person at once: every change arrives, none twice", async () => {
    await enterApp({ update: { strategy: "Setters", path: "deploy" } });
    await bed.git.commit(bed.repository, { files: { "api/api.yaml": deployment("6.0.0", "api") }, message: "api" });
    await bed.choose("api", podinfo("6.0.0"));
    await bed.create("second", { update: { strategy: "Setters", path: "api" } });
    await Promise.all([bed.until("auto", isReady), bed.until("second", isReady)]);
    await Promise.all([
      bed.choose("podinfo", podinfo("6.1.0")),
      bed.choose("api", podinfo("7.0.0")),
      bed.git.commit(bed.repository, { files: { note: "hello" }, message: "person" }),
    ]);
    await Promise.all([bed.until("auto", pushedAnother(undefined)), bed.until("second", pushedAnother(undefined))]);
    await bed.handle.idle();
    expect(commits()).toBe(6);
    expect(bed.fileAt("main", "deploy/app.yaml")).toContain("podinfo:6.1.0 ");
    expect(bed.fileAt("main", "api/api.yaml")).toContain("podinfo:7.0.0 ");
    expect(bed.fileAt("main", "note")).toBe("hello");
  });
});

describe("signatures", () => {
  it("are made with an SSH key behind a password, and refused without it", async () => {
    const dir = mkdtempSync(join(tmpdir(), "eddy-sign-"));
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-a", "1", "-C", "", "-f", join(dir, "key")]);
    const [identity, publicKey] = [readFileSync(join(dir, "key"), "utf8"), readFileSync(join(dir, "key.pub"), "utf8")];
    rmSync(dir, { recursive: true });
    const author = { email: "e@example.org" };
    const signingKey = { type: "ssh", secretRef: { name: "sign" } } as const;
    await enterApp({ git: { commit: { author, signingKey } }, suspend: true }, "6.1.0");
    await bed.createSecret("sign", { identity });
    await bed.change("auto", { spec: { suspend: false } });
    expect(ready(await bed.until("auto", isFailed))).toBe(
      "False/SourceManagerFailed: failed configuring source manager: can not use passphrase protected signing key without 'password' field present in secret sign",
    );
    await bed.kube.patch({ group: "", kind: "Secret", namespace: bed.namespace, name: "sign" }, "merge", {
      stringData: { password: "secret" },
    } as never);
    await bed.until("auto", pushedAnother(undefined));
    const remote = openRepository((await bed.sourceOf("app")).spec.url);
    const commit = await remote.fetch(await remote.resolve({ kind: "branch", name: "main" }));
    remote.close();
    expect(await verifyGitObject(commit, { openPgp: [], ssh: [publicKey] })).toMatch(/^SHA256:/);
  });
});
