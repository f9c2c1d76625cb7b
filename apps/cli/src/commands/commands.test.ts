import { gitRepositoryKind, kustomizationKind } from "@eddy/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refTo } from "../cluster/objects.ts";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

const commit = "696f056df216eea4f9401adbee0ff744d4df390f";
const revision = `main@sha1:${commit}`;
const time = "2026-01-01T00:00:00Z";
const source = { url: "https://example.com/podinfo", interval: "1m0s", ref: { branch: "main" } };
const app = { interval: "10m0s", path: "./apps", prune: true, sourceRef: { kind: "GitRepository", name: "podinfo" } };

function ready(message: string, status: "True" | "False" = "True", reason: string = "Succeeded"): object {
  return { type: "Ready", status, reason, message, lastTransitionTime: time, observedGeneration: 1 };
}

const stored = {
  observedGeneration: 1,
  conditions: [ready(`stored artifact for revision '${revision}'`)],
  artifact: { path: "p", url: "http://a/p", revision, digest: `sha256:${"0".repeat(64)}`, lastUpdateTime: time },
};
const applied = {
  observedGeneration: 1,
  conditions: [ready(`Applied revision: ${revision}`, "True", "ReconciliationSucceeded")],
  lastAppliedRevision: revision,
};

let bed: CliBed;
beforeAll(async () => {
  bed = await startCliBed();
});
afterAll(() => bed.stop());

describe("get", () => {
  beforeAll(async () => {
    await bed.namespace("get");
    await bed.create(gitRepositoryKind, { name: "podinfo", namespace: "get", labels: { app: "a" } }, source, stored);
    await bed.create(gitRepositoryKind, { name: "new", namespace: "get" }, { ...source, suspend: true });
    await bed.create(kustomizationKind, { name: "podinfo", namespace: "get" }, app, {
      ...applied,
      conditions: [ready("build failed: no such file", "False", "BuildFailed")],
    });
  });

  test("sources git", async () => {
    const { code, stdout } = await bed.run("get", "get sources git");
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "NAME   \tREVISION          \tSUSPENDED\tREADY\tMESSAGE                                           \n",
        "new    \t                  \tTrue     \tFalse\twaiting to be reconciled                         \t\n",
        "podinfo\tmain@sha1:696f056d\tFalse    \tTrue \tstored artifact for revision 'main@sha1:696f056d'\t\n",
      ].join(""),
    );
  });

  test("all, in all namespaces, without header", async () => {
    const { stdout } = await bed.run("elsewhere", "get all -A --no-header");
    expect(stdout).toContain("get\tgitrepository/podinfo\tmain@sha1:696f056d\tFalse\tTrue \t");
    expect(stdout).toContain(
      "get\tkustomization/podinfo\tmain@sha1:696f056d\tFalse\tFalse\tbuild failed: no such file\t\n\n",
    );
  });

  test.each([
    [
      "get ks podinfo --show-source --no-header",
      "podinfo\tGitRepository/get/podinfo\tmain@sha1:696f056d\tFalse\tFalse\tbuild failed: no such file\t\n",
    ],
    ["get kustomizations --status-selector ready=true", "NAME\tREVISION\tSUSPENDED\tREADY\tMESSAGE \n"],
    ["get source git -l app=a --no-header -o name", "gitrepository.source.toolkit.fluxcd.io/podinfo\n"],
  ])("%s", async (words, want) => {
    expect((await bed.run("get", words)).stdout).toBe(want);
  });

  test("-o json of one object and of several", async () => {
    const one = JSON.parse((await bed.run("get", "get sources git podinfo -o json")).stdout) as object;
    expect(one).toMatchObject({ kind: "GitRepository", metadata: { name: "podinfo" }, spec: { timeout: "60s" } });
    const all = JSON.parse((await bed.run("get", "get all -o json")).stdout) as { kind: string; items: object[] };
    expect(all).toMatchObject({ apiVersion: "v1", kind: "List" });
    expect(all.items.length).toBe(3);
  });

  test("-o wide adds the kind's columns and the age", async () => {
    const { stdout } = await bed.run("get", "get ks -o wide");
    expect(stdout).toMatch(/^NAME.*MESSAGE +\tPATH +\tAGE/);
    expect(stdout).toMatch(/\t\.\/apps\t\d+s\s*\t\n$/);
  });

  test.each([
    ["get ks nope", `✗ Kustomization object 'nope' not found in "get" namespace\n`],
    ["get ks -A -l app=none", "✗ no Kustomization objects found in any namespace\n"],
    ["get all --watch", "✗ expected a single resource type, but found all\n"],
    [
      "get ks --status-selector ready",
      "✗ expected status selector in type=status or type!=status format, but found: ready\n",
    ],
  ])("%s fails", async (words, want) => {
    const { code, stderr, stdout } = await bed.run("get", words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(want);
  });

  test("--watch prints the header once, then each change", async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    const watching = bed.run("get", "get ks --watch", {
      signal: stop.signal,
      onStdout(text) {
        lines.push(text);
        if (lines.length === 1)
          void bed.kube.patch(
            { group: kustomizationKind.group, kind: "Kustomization", namespace: "get", name: "podinfo" },
            "merge",
            { spec: { suspend: true } },
          );
        if (lines.length === 2) stop.abort();
      },
    });
    expect((await watching).code).toBe(0);
    expect(lines[0]).toMatch(/^NAME.*\npodinfo.*False/);
    expect(lines[1]).toMatch(/^podinfo\tmain@sha1:696f056d\tTrue\tFalse/);
  });
});

describe("create", () => {
  test("source git waits until it is fetched", async () => {
    await bed.namespace("create");
    const controller = bed.answer(gitRepositoryKind, "create", () => stored);
    const { code, stderr } = await bed.run(
      "create",
      "create source git podinfo --url https://example.com/podinfo --branch main --label team=a",
    );
    controller.stop();
    expect(stderr).toBe(
      "✚ generating GitRepository source\n► applying GitRepository source\n✔ GitRepository source created\n" +
        "◎ waiting for GitRepository source reconciliation\n✔ GitRepository source reconciliation completed\n" +
        `✔ fetched revision: ${revision}\n`,
    );
    expect(code).toBe(0);
    const { metadata, spec } = JSON.parse((await bed.run("create", "get sources git podinfo -o json")).stdout) as {
      metadata: object;
      spec: object;
    };
    expect(metadata).toMatchObject({ labels: { team: "a" } });
    expect(metadata).not.toHaveProperty("managedFields");
    expect(spec).toEqual({ ...source, timeout: "60s" });
    const live = await bed.kube.get(refTo(gitRepositoryKind, "create", "podinfo"));
    expect(live.metadata.managedFields?.map(({ manager }) => manager)).toContain("flux");
  });

  test("again is an update, and a stalled object fails at once with a way on", async () => {
    const controller = bed.answer(gitRepositoryKind, "create", (object) => ({
      observedGeneration: object.metadata.generation,
      conditions: [
        { ...ready("invalid URL", "False", "URLInvalid"), observedGeneration: object.metadata.generation },
        {
          ...ready("invalid URL", "True", "URLInvalid"),
          type: "Stalled",
          observedGeneration: object.metadata.generation,
        },
      ],
    }));
    const { code, stderr } = await bed.run(
      "create",
      "create source git podinfo --url https://example.com/other --branch main",
    );
    controller.stop();
    expect(stderr).toContain("✔ GitRepository source updated\n");
    expect(stderr).toContain("✗ invalid URL\n");
    expect(code).toBe(1);
  });

  test("kustomization", async () => {
    const controller = bed.answer(kustomizationKind, "create", () => applied);
    const { stderr } = await bed.run(
      "create",
      "create kustomization podinfo --source podinfo --path apps --prune --interval 10m --depends-on infra,team/base",
    );
    controller.stop();
    expect(stderr).toBe(
      "✚ generating Kustomization\n► applying Kustomization\n✔ Kustomization created\n" +
        `◎ waiting for Kustomization reconciliation\n✔ Kustomization podinfo is ready\n✔ applied revision ${revision}\n`,
    );
  });

  test("a wait that is too long says what the object says", async () => {
    // Long enough that the object is seen before, on a busy machine too.
    const { code, stderr } = await bed.run("create", "create kustomization slow --source podinfo --prune --timeout 2s");
    expect(stderr).toContain(
      "✗ Kustomization slow is not ready after 2s: waiting to be reconciled\n  see `eddy events --for Kustomization/slow -n create`\n",
    );
    expect(code).toBe(1);
  });
});

describe("reconcile", () => {
  beforeAll(async () => {
    await bed.namespace("reconcile");
    await bed.create(gitRepositoryKind, { name: "podinfo", namespace: "reconcile" }, source, stored);
    await bed.create(kustomizationKind, { name: "podinfo", namespace: "reconcile" }, app, applied);
  });

  test("kustomization --with-source", async () => {
    const controllers = [
      bed.answer(gitRepositoryKind, "reconcile", () => stored),
      bed.answer(kustomizationKind, "reconcile", () => applied),
    ];
    const { code, stderr } = await bed.run("reconcile", "reconcile kustomization podinfo --with-source");
    for (const controller of controllers) controller.stop();
    expect(stderr).toBe(
      "► annotating GitRepository podinfo in reconcile namespace\n✔ GitRepository annotated\n" +
        `◎ waiting for GitRepository reconciliation\n✔ fetched revision ${revision}\n` +
        "► annotating Kustomization podinfo in reconcile namespace\n✔ Kustomization annotated\n" +
        `◎ waiting for Kustomization reconciliation\n✔ applied revision ${revision}\n`,
    );
    expect(code).toBe(0);
  });

  test("a pass that fails is told at once", async () => {
    const controller = bed.answer(kustomizationKind, "reconcile", () => ({
      conditions: [
        ready("no such file", "False", "BuildFailed"),
        { ...ready("no such file", "True", "ProgressingWithRetry"), type: "Reconciling" },
      ],
    }));
    const { code, stderr } = await bed.run("reconcile", "reconcile ks podinfo");
    controller.stop();
    expect(stderr).toContain("✗ Kustomization reconciliation failed: 'no such file'\n");
    expect(code).toBe(1);
  });

  test.each([
    ["reconcile ks", "✗ Kustomization name is required\n"],
    ["reconcile ks nope", `✗ kustomizations.kustomize.toolkit.fluxcd.io "nope" not found\n`],
    ["reconcile canary x", "✗ unknown command 'canary'\n"],
  ])("%s fails", async (words, want) => {
    const { code, stderr } = await bed.run("reconcile", words);
    expect(stderr).toContain(want);
    expect(code).toBe(1);
  });
});

describe("suspend, resume and delete", () => {
  beforeAll(async () => {
    await bed.namespace("toggle");
    await bed.create(kustomizationKind, { name: "one", namespace: "toggle" }, app, applied);
    await bed.create(kustomizationKind, { name: "two", namespace: "toggle" }, app, applied);
  });

  test("suspend goes on after a name that is not there", async () => {
    const { code, stderr } = await bed.run("toggle", "suspend kustomization one nope one two");
    expect(stderr).toBe(
      "► suspending kustomization one in toggle namespace\n✔ kustomization suspended\n" +
        "✗ Kustomization nope not found in toggle namespace\n" +
        "► suspending kustomization two in toggle namespace\n✔ kustomization suspended\n",
    );
    expect(code).toBe(0);
  });

  test.each([
    ["suspend kustomization --all -n default", 1, "✗ no objects found\n"],
    ["resume kustomization nope", 0, "✗ Kustomization object 'nope' not found in toggle namespace\n"],
    ["resume kustomization --all -n default", 0, "✗ no Kustomization objects found in default namespace\n"],
  ])("%s: exit %i", async (words, code, stderr) => {
    expect(await bed.run("toggle", words)).toEqual({ code, stdout: "", stderr });
  });

  test("a suspended object is not asked", async () => {
    const { code, stderr } = await bed.run("toggle", "reconcile kustomization one");
    expect(stderr).toContain("✗ resource is suspended\n");
    expect(code).toBe(1);
  });

  test("resume waits for a single name", async () => {
    const controller = bed.answer(kustomizationKind, "toggle", (object) => ({
      ...applied,
      observedGeneration: object.metadata.generation,
      conditions: [{ ...ready("Applied"), observedGeneration: object.metadata.generation }],
    }));
    const { code, stderr } = await bed.run("toggle", "resume kustomization one");
    controller.stop();
    expect(stderr).toBe(
      "► resuming kustomization one in toggle namespace\n✔ kustomization resumed\n" +
        `◎ waiting for Kustomization reconciliation\n✔ Kustomization one reconciliation completed\n✔ applied revision ${revision}\n`,
    );
    expect(code).toBe(0);
  });

  test("resume --all does not wait", async () => {
    const { code, stderr } = await bed.run("toggle", "resume kustomization --all");
    expect(code).toBe(0);
    expect(stderr).toContain("► resuming kustomization two in toggle namespace\n✔ kustomization resumed\n");
    const { stdout } = await bed.run("toggle", "get ks -o json");
    expect(stdout).not.toContain('"suspend"');
  });

  test("delete asks first", async () => {
    const refused = await bed.run("toggle", "delete kustomization one", { confirm: false });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("✗ aborting\n") as string });
    const unasked = await bed.run("toggle", "delete kustomization one");
    expect(unasked.stderr).toContain("pass --silent to delete without being asked");
    const deleted = await bed.run("toggle", "delete kustomization one --silent");
    expect(deleted).toMatchObject({
      code: 0,
      stderr: "► deleting kustomization one in toggle namespace\n✔ kustomization deleted\n",
    });
    expect((await bed.run("toggle", "get ks one")).code).toBe(1);
  });
});

test("the cluster being away is told with a way on", async () => {
  const { code, stderr } = await bed.run("default", "get ks --server https://127.0.0.1:1");
  expect(code).toBe(1);
  expect(stderr).toContain("✗ ");
  expect(stderr).toContain("check that the cluster is running");
});
