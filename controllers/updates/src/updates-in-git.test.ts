import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startUpdatesBed, type UpdatesBed } from "./testing/updates-bed.ts";

let bed: UpdatesBed;
let git: GitServer;
let repository: string;
let repo: { url: string; path: string };
beforeAll(async () => {
  bed = await startUpdatesBed();
  git = await startGitServer({ dir: join(bed.folder, "repositories") });
});
afterAll(async () => {
  await git.stop();
  await bed.stop();
});
beforeEach(async () => {
  repository = `${await bed.enterNamespace()}/web`;
});

const image = (tag: string): string => `${bed.registry.host}/${repository}:${tag}`;
const push = (tag: string, content?: string): string => bed.push(`${repository}:${tag}`, content);
const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)("git", ["-C", repo.path, ...args], { encoding: "utf8" })).stdout;
const fileInGit = (): Promise<string> => run("show", "main:apps/web.yaml");
const commits = async (): Promise<number> => Number(await run("rev-list", "--count", "main"));
const messages = (): string[] =>
  bed.events
    .filter(({ involvedObject }) => involvedObject.namespace === bed.namespace)
    .map(({ reason, message }) => `${reason}: ${message}`);

const yaml = (text: string): string => `# The web, as the team wants it.
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: "${text}" # ours
`;

/** A Deployment that a Kustomization applied, as far as its labels say; nobody applies it again here. */
async function apply(text: string, keel: Record<string, string> = {}): Promise<ObjectRef> {
  const { namespace } = bed;
  repo = await git.createRepository(namespace, { "apps/web.yaml": yaml(text) });
  const metadata = { name: "apps", namespace };
  await bed.kube.create({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata,
    spec: { url: repo.url, interval: "1h", ref: { branch: "main" } },
  } as KubeObject);
  const spec = {
    interval: "1h",
    path: "./apps",
    prune: true,
    targetNamespace: namespace,
    sourceRef: { kind: "GitRepository", name: "apps" },
  };
  await bed.kube.create({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata,
    spec,
  } as KubeObject);
  const labels = {
    "keel.sh/policy": "all",
    "keel.sh/trigger": "poll",
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": namespace,
  };
  return bed.deploy("web", text, { labels, annotations: { "keel.sh/pollSchedule": "@every 1s", ...keel } });
}
const arrive = (ref: ObjectRef, text: string): Promise<KubeObject> =>
  bed.kube.patch(ref, "json", [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: text }]);

describe("a workload that comes from Git", () => {
  it("is updated by one commit that changes one scalar, and its source is asked to be looked at", async () => {
    push("1.0.0");
    const digest = push("1.1.0");
    const ref = await apply(image("1.0.0"));
    const event = await bed.untilEvent("UpdateCommitted");
    expect(await fileInGit()).toBe(yaml(image("1.1.0")));
    const head = (await run("rev-parse", "main")).trim();
    expect(event.message).toBe(
      `automated update, version 1.0.0 -> 1.1.0: committed main@sha1:${head} to GitRepository ${bed.namespace}/apps`,
    );
    expect(await run("log", "-1", "--format=%B", "main")).toBe(
      `Update Deployment/${bed.namespace}/web to 1.1.0\n\n- web: ${image("1.0.0")} -> ${image("1.1.0")} (${digest})\n\nChanged: apps/web.yaml:12\nEddy-Update: Deployment/${bed.namespace}/web\n\n`,
    );
    const source = { group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace: bed.namespace, name: "apps" };
    await bed.until(source, ({ metadata }) => metadata.annotations?.["reconcile.fluxcd.io/requestedAt"] !== undefined);
    expect(await bed.imageOf(ref)).toBe(image("1.0.0"));
    // Looked at again and again, also by another process, before it is applied: nothing more is written.
    bed.handle.loop.look(ref, "test");
    await bed.restart();
    bed.handle.loop.look(ref, "test");
    await bed.handle.idle();
    expect(await commits()).toBe(2);
  });

  it("a revert by a person stays, in Git too", async () => {
    push("1.0.0");
    push("1.1.0");
    const ref = await apply(image("1.0.0"));
    await bed.untilEvent("UpdateCommitted");
    await arrive(ref, image("1.1.0"));
    await bed.until(
      ref,
      ({ metadata }) => metadata.annotations?.["eddy.sh/last-update"]?.includes('"seen":true') === true,
    );
    await git.commit(bed.namespace, { files: { "apps/web.yaml": yaml(image("1.0.0")) }, message: "Revert" });
    await arrive(ref, image("1.0.0"));
    push("1.2.0");
    await bed.untilEvent("UpdateHeld");
    await bed.handle.idle();
    expect(await commits()).toBe(3);
  });

  it("what a person wrote meanwhile, and is not applied yet, is not overwritten", async () => {
    push("1.0.0");
    await apply(image("1.0.0"));
    await bed.handle.idle();
    await git.commit(bed.namespace, { files: { "apps/web.yaml": yaml(image("9.0.0")) }, message: "Ahead" });
    push("1.1.0");
    expect((await bed.untilEvent("UpdateWaiting")).message).toContain(
      `has "${image("9.0.0")}" by now, which is not applied yet`,
    );
    expect(await fileInGit()).toBe(yaml(image("9.0.0")));
  });

  it("a moved tag is written with its digest", async () => {
    push("latest", "one");
    const ref = await apply(image("latest"), { "keel.sh/policy": "force", "keel.sh/matchTag": "true" });
    await bed.until(ref, ({ metadata }) => metadata.annotations?.["eddy.sh/last-update"] !== undefined);
    const digest = push("latest", "two");
    await bed.untilEvent("UpdateCommitted");
    expect(await fileInGit()).toBe(yaml(`${image("latest")}@${digest}`));
  });

  it("eddy.sh/write-to: cluster asks for the direct way", async () => {
    push("1.0.0");
    push("1.1.0");
    const ref = await apply(image("1.0.0"), { "eddy.sh/write-to": "cluster" });
    await bed.untilImage(ref, image("1.1.0"));
    expect(await commits()).toBe(1);
    await bed.untilEvent("UpdateWritten");
    expect(messages()).toEqual([
      "UpdateWritten: automated update, version 1.0.0 -> 1.1.0: written to the cluster, eddy.sh/write-to asks for that",
    ]);
  });

  it("that asks for a pull request is refused, and told who makes them", async () => {
    push("1.0.0");
    push("1.1.0");
    await apply(image("1.0.0"), { "eddy.sh/pull-requests": "grouped" });
    expect((await bed.untilEvent("UpdateRefused")).message).toContain(
      "eddy.sh/pull-requests is for ImageUpdateAutomations: use one of those, or `eddy ci release --mode=pull-request`",
    );
    expect(await commits()).toBe(1);
  });

  it("that cannot be written to is told, and nothing is written anywhere", async () => {
    push("1.0.0");
    push("1.1.0");
    const labels = {
      "keel.sh/policy": "all",
      "keel.sh/trigger": "poll",
      "kustomize.toolkit.fluxcd.io/name": "gone",
      "kustomize.toolkit.fluxcd.io/namespace": bed.namespace,
    };
    const ref = await bed.deploy("web", image("1.0.0"), { labels });
    expect((await bed.untilEvent("UpdateRefused")).message).toBe(
      `automated update, version 1.0.0 -> 1.1.0 cannot be written: the object is of Kustomization "${bed.namespace}/gone", which is not there`,
    );
    expect(await bed.imageOf(ref)).toBe(image("1.0.0"));
  });
});

describe("a GitRepository with eddy.sh/signing-key", () => {
  const isThere = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
  const source = (): ObjectRef => ({
    group: "source.toolkit.fluxcd.io",
    kind: "GitRepository",
    namespace: bed.namespace,
    name: "apps",
  });
  const call = async (program: string, ...args: string[]): Promise<string> =>
    (await promisify(execFile)(program, args, { encoding: "utf8" })).stdout;
  const verified = async (...settings: string[]): Promise<string> =>
    (await promisify(execFile)("git", [...settings, "-C", repo.path, "verify-commit", "main"])).stderr;

  /** A workload whose update is signed with what the Secret holds. */
  async function signWith(
    stringData: Record<string, string>,
    committer = "Delivery <delivery@example.org>",
  ): Promise<void> {
    push("1.0.0");
    await apply(image("1.0.0"));
    const annotations = { "eddy.sh/signing-key": "signing", "eddy.sh/committer": committer };
    await bed.kube.patch(source(), "merge", { metadata: { annotations } });
    await bed.kube.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "signing", namespace: bed.namespace },
      stringData,
    } as KubeObject);
    push("1.1.0");
  }

  it.skipIf(!isThere("ssh-keygen"))("signs its commits with SSH, and Git verifies them", async () => {
    const key = join(bed.folder, "key");
    await call("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key);
    await signWith({ identity: readFileSync(key, "utf8") });
    await bed.untilEvent("UpdateCommitted");
    const signers = join(bed.folder, "signers");
    writeFileSync(signers, `delivery@example.org ${readFileSync(`${key}.pub`, "utf8")}`);
    expect(await verified("-c", `gpg.ssh.allowedSignersFile=${signers}`)).toContain(
      'Good "git" signature for delivery@example.org',
    );
    expect(await run("log", "-1", "--format=%an <%ae>, %cn <%ce>", "main")).toBe(
      "Eddy <eddy@eddy.sh>, Delivery <delivery@example.org>\n",
    );
  });

  it.skipIf(!isThere("gpg"))("signs its commits with OpenPGP, and Git verifies them", async () => {
    const home = join(bed.folder, "gnupg");
    mkdirSync(home, { mode: 0o700 });
    const gpg = (...args: string[]): Promise<string> =>
      call("gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", "", ...args);
    try {
      await gpg("--quick-generate-key", "Eddy <eddy@eddy.sh>", "ed25519", "sign", "never");
      await signWith({ "git.asc": await gpg("--armor", "--export-secret-keys") });
      await bed.untilEvent("UpdateCommitted");
      const program = join(bed.folder, "gpg-here");
      writeFileSync(program, `#!/bin/sh\nexec gpg --homedir '${home}' "$@"\n`, { mode: 0o700 });
      expect(await verified("-c", `gpg.program=${program}`)).toContain('Good signature from "Eddy <eddy@eddy.sh>"');
    } finally {
      await call("gpgconf", "--homedir", home, "--kill", "all");
    }
  });

  it("commits nothing where the committer is none, and says so", async () => {
    await signWith({ "git.asc": "no key" }, "delivery");
    expect((await bed.untilEvent("UpdateRefused")).message).toContain(
      'eddy.sh/committer is "delivery": want "Name <address>"',
    );
    expect(await commits()).toBe(1);
  });

  it("commits nothing unsigned where the key will not do, and says so", async () => {
    await signWith({ "git.asc": "no key" });
    const { message } = await bed.untilEvent("UpdateRefused");
    expect(message).toMatch(
      /^automated update, version 1\.0\.0 -> 1\.1\.0 cannot be written: sign as eddy\.sh\/signing-key says: could not read signing key from secret 'signing'/,
    );
    expect(await commits()).toBe(1);
  });
});

describe("a HelmRelease that comes from Git", () => {
  const releaseYaml = (tag: string, keel = ""): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec:
  interval: 1h
  chart: {spec: {chart: x, sourceRef: {kind: HelmRepository, name: x}}}
  values:${keel}
    image:
      repository: ${bed.registry.host}/${repository}
      tag: ${tag} # ours
`;
  const keel =
    "\n    keel: {policy: all, trigger: poll, pollSchedule: '@every 1s', images: [{repository: image.repository, tag: image.tag}]}";

  async function applyRelease(text: string, values: object): Promise<void> {
    const { namespace } = bed;
    repo = await git.createRepository(namespace, { "apps/web.yaml": text });
    const source = {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: { name: "apps", namespace },
    };
    await bed.kube.create({
      ...source,
      spec: { url: repo.url, interval: "1h", ref: { branch: "main" } },
    } as KubeObject);
    const kustomization = {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name: "apps", namespace },
    };
    const sourceRef = { kind: "GitRepository", name: "apps" };
    const spec = { interval: "1h", path: "./apps", prune: true, targetNamespace: namespace, sourceRef };
    await bed.kube.create({ ...kustomization, spec } as KubeObject);
    const labels = { "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": namespace };
    const chart = { spec: { chart: "x", sourceRef: { kind: "HelmRepository", name: "x" } } };
    const release = {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name: "web", namespace, labels },
    };
    await bed.kube.create({ ...release, spec: { interval: "1h", chart, values } } as KubeObject);
  }
  const imageValues = (): object => ({ repository: `${bed.registry.host}/${repository}`, tag: "1.0.0" });

  it("is updated in its values, by keel: in them", async () => {
    push("1.0.0");
    push("1.1.0");
    const policy = { policy: "all", trigger: "poll", images: [{ repository: "image.repository", tag: "image.tag" }] };
    await applyRelease(releaseYaml("1.0.0", keel), { keel: policy, image: imageValues() });
    await bed.untilEvent("UpdateCommitted");
    expect(await fileInGit()).toBe(releaseYaml("1.1.0", keel));
  });

  it("is updated in its values, by labels on what its chart renders", async () => {
    push("1.0.0");
    push("1.1.0");
    await applyRelease(releaseYaml("1.0.0"), { image: imageValues() });
    const labels = {
      "keel.sh/policy": "all",
      "keel.sh/trigger": "poll",
      "helm.toolkit.fluxcd.io/name": "web",
      "helm.toolkit.fluxcd.io/namespace": bed.namespace,
    };
    await bed.deploy("web", image("1.0.0"), { labels });
    await bed.untilEvent("UpdateCommitted");
    expect(await fileInGit()).toBe(releaseYaml("1.1.0"));
  });

  it("whose values do not name the image is told", async () => {
    push("1.0.0");
    push("1.1.0");
    await applyRelease(releaseYaml("1.0.0"), {});
    const labels = {
      "keel.sh/policy": "all",
      "keel.sh/trigger": "poll",
      "helm.toolkit.fluxcd.io/name": "web",
      "helm.toolkit.fluxcd.io/namespace": bed.namespace,
    };
    await bed.deploy("web", image("1.0.0"), { labels });
    expect((await bed.untilEvent("UpdateRefused")).message).toContain(
      `the values of HelmRelease "${bed.namespace}/web" do not name`,
    );
  });
});
