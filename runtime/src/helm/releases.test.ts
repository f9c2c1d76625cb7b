import { type Clock, systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { valueAt } from "@eddy/core/object";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  installRelease,
  rollbackRelease,
  testRelease,
  uninstallRelease,
  unlockRelease,
  upgradeRelease,
} from "./index.ts";
import { markOwned } from "./objects/ownership.ts";
import type { ReleasePorts } from "./ports.ts";
import { withStatus, type Release } from "./record/release.ts";
import { ReleaseError } from "./release-error.ts";
import { demoChart, extraConfig, hookJob, testPod } from "./testing/demo-charts.ts";
import { startReleaseBed, type ReleaseBed } from "./testing/release-bed.ts";

let bed: ReleaseBed;
beforeAll(async () => {
  bed = await startReleaseBed();
});
afterAll(() => bed.stop());

const failureOf = async (running: Promise<unknown>): Promise<ReleaseError> => {
  const error = await running.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ReleaseError) return error;
  throw new Error(`want a ReleaseError, got ${messageOf(error)}`);
};
const brief = ({ version, info }: Release): string => `${version} ${info.status}: ${info.description}`;
const textOf = async (namespace: string, name: string): Promise<unknown> =>
  valueAt(await bed.find("ConfigMap", namespace, name), "data", "text");

/** A clock on which one wait of this length ends soon, and the others, of a roll back, when what they wait for is there. */
function impatientClock(timeoutMs: number): { clock: Clock; endNextWait(): void } {
  let isNextShort = false;
  return {
    clock: {
      ...systemClock,
      after(delayMs, task) {
        const isShort = isNextShort && delayMs === timeoutMs;
        if (isShort) isNextShort = false;
        return systemClock.after(isShort ? 100 : delayMs, task);
      },
    },
    endNextWait: () => void (isNextShort = true),
  };
}

describe("install, upgrade, rollback, uninstall", () => {
  test("leave the revisions, objects and records that Helm leaves", async () => {
    const ports = await bed.ports("life");
    const base = { name: "web", wait: "watcher", timeoutMs: 10_000 } as const;
    const first = await installRelease({ ...base, namespace: "life", chart: demoChart(), values: {} }, ports);
    expect(brief(first)).toBe("1 deployed: Install complete");
    expect(first).toMatchObject({
      apply_method: "ssa",
      info: { notes: "Thanks for web\n" },
      chart: { values: { text: "hello" } },
    });
    expect(first.config).toBeUndefined();
    const live = await bed.find("ConfigMap", "life", "web-config");
    expect(live?.metadata).toMatchObject({
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: { "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "life" },
    });
    expect(live?.metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual([
      "helm Apply",
    ]);

    await upgradeRelease({ ...base, chart: demoChart({ version: "1.1.0" }), values: { text: "bye" } }, ports);
    expect(await textOf("life", "web-config")).toBe("bye");
    await upgradeRelease(
      {
        ...base,
        chart: demoChart({ extra: { "templates/extra.yaml": extraConfig("extra") } }),
        values: { text: "again" },
      },
      ports,
    );
    await rollbackRelease({ ...base, version: 1 }, ports);
    expect(await textOf("life", "web-config")).toBe("hello");
    expect(await bed.find("ConfigMap", "life", "web-extra")).toBeUndefined();
    const history = await ports.storage.history("web");
    expect(history.map(brief)).toEqual([
      "1 superseded: Install complete",
      "2 superseded: Upgrade complete",
      "3 superseded: Upgrade complete",
      "4 deployed: Rollback to 1",
    ]);
    expect(history[3]?.info).toMatchObject({ rollback_revision: 1, first_deployed: history[0]?.info.first_deployed });

    const { release, info } = await uninstallRelease({ name: "web", wait: "watcher", keepHistory: true }, ports);
    expect([release && brief(release), info]).toEqual(["4 uninstalled: Uninstallation complete", ""]);
    expect(await bed.find("Deployment", "life", "web", "apps")).toBeUndefined();
    await uninstallRelease({ name: "web" }, ports);
    expect(await ports.storage.revisions("web")).toEqual([]);
  });

  test("a release that did not become ready has failed, and is upgraded from the last that did", async () => {
    const ports = await bed.ports("failing");
    const base = { name: "web", wait: "watcher", timeoutMs: 10_000 } as const;
    await installRelease({ ...base, namespace: "failing", chart: demoChart(), values: {} }, ports);
    const values = { image: "example.org/app:never-ready" };
    const error = await failureOf(upgradeRelease({ ...base, timeoutMs: 300, chart: demoChart(), values }, ports));
    expect(error.code).toBe("RELEASE_WAIT_FAILED");
    expect(error.message).toMatch(
      /^resource Deployment\/failing\/web not ready\. status: InProgress, message: .*\ncontext deadline exceeded$/,
    );
    expect(error.release && brief(error.release)).toBe(`2 failed: Upgrade "web" failed: ${error.message}`);
    const third = await upgradeRelease({ ...base, chart: demoChart(), values: {} }, ports);
    expect(third.config).toBeUndefined();
    expect((await ports.storage.history("web")).map(({ info }) => info.status)).toEqual([
      "superseded",
      "failed",
      "deployed",
    ]);
  });

  test("what failed is rolled back, or uninstalled, if that was asked for", async () => {
    const { clock, endNextWait } = impatientClock(10_000);
    const ports = await bed.ports("atomic", { clock });
    const bad = { image: "example.org/app:never-ready", text: "bad" };
    const base = { name: "web", chart: demoChart(), rollbackOnFailure: true, timeoutMs: 10_000 } as const;
    endNextWait();
    const failed = await failureOf(installRelease({ ...base, namespace: "atomic", values: bad }, ports));
    expect(failed.message).toContain(
      "release web failed, and has been uninstalled due to rollback-on-failure being set: ",
    );
    expect(await ports.storage.revisions("web")).toEqual([]);
    await installRelease({ ...base, namespace: "atomic", values: {} }, ports);
    endNextWait();
    const error = await failureOf(upgradeRelease({ ...base, values: bad }, ports));
    expect(error.message).toContain(
      "release web failed, and has been rolled back due to rollback-on-failure being set: ",
    );
    expect(await textOf("atomic", "web-config")).toBe("hello");
    expect((await ports.storage.history("web")).map(({ info }) => info.status)).toEqual([
      "superseded",
      "failed",
      "deployed",
    ]);
  });
});

describe("names, locks and ownership", () => {
  test("are refused in Helm's words", async () => {
    const ports = await bed.ports("refused");
    const install = (name: string): Promise<unknown> =>
      installRelease({ name, namespace: "refused", chart: demoChart(), values: {} }, ports);
    const upgrade = (name: string): Promise<unknown> => upgradeRelease({ name, chart: demoChart(), values: {} }, ports);
    expect((await failureOf(install("Web"))).message).toBe(
      'release name check failed: release name "Web": invalid release name, must match regex ' +
        "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53",
    );
    expect(await failureOf(upgrade("web"))).toMatchObject({
      code: "RELEASE_NOT_DEPLOYED",
      message: '"web" has no deployed releases',
    });
    await install("web");
    expect((await failureOf(install("web"))).message).toBe(
      "release name check failed: cannot reuse a name that is still in use",
    );
    const stored = (await ports.storage.last("web")) as Release;
    await ports.storage.update(withStatus(stored, "pending-upgrade"));
    expect(await failureOf(upgrade("web"))).toMatchObject({
      code: "RELEASE_LOCKED",
      class: "waiting",
      message: "another operation (install/upgrade/rollback) is in progress",
    });
    expect(brief(await unlockRelease("web", ports))).toBe(
      "1 failed: Release unlocked from stale 'pending-upgrade' state",
    );
    await upgrade("web");
    expect((await failureOf(rollbackRelease({ name: "web", version: 7 }, ports))).message).toBe(
      "release has no 7 version",
    );
    expect((await failureOf(uninstallRelease({ name: "none" }, ports))).message).toBe(
      "uninstall: Release not loaded: none: release: not found",
    );
  });

  describe("what a revision left that never came to its end", () => {
    const chart = (extra: string): ReturnType<typeof demoChart> =>
      demoChart({ extra: { "templates/extra.yaml": extraConfig(extra) } });
    /** Stored as pending, its objects in the cluster: a process died there. */
    const dieUpgrading = async (ports: ReleasePorts, extra: string): Promise<void> => {
      const release = await upgradeRelease({ name: "web", chart: chart(extra), values: {} }, ports);
      const before = await ports.storage.history("web");
      await ports.storage.update(withStatus(release, "pending-upgrade"));
      const good = before.find(({ info }) => info.status === "superseded");
      if (good) await ports.storage.update(withStatus(good, "deployed"));
      await unlockRelease("web", ports);
    };

    test("goes with the next upgrade, unless another release has taken it", async () => {
      const ports = await bed.ports("left");
      await installRelease({ name: "web", namespace: "left", chart: chart("one"), values: {} }, ports);
      await dieUpgrading(ports, "two");
      await dieUpgrading(ports, "taken");
      const taken = { group: "", kind: "ConfigMap", namespace: "left", name: "web-taken" };
      const annotations = { "meta.helm.sh/release-name": "other" };
      await bed.kube.patch(taken, "merge", { metadata: { annotations } });
      await upgradeRelease({ name: "web", chart: chart("three"), values: {} }, ports);
      const [two, other, three] = await Promise.all(
        ["two", "taken", "three"].map((suffix) => bed.find("ConfigMap", "left", `web-${suffix}`)),
      );
      expect([two, other?.metadata.name, three?.metadata.name]).toEqual([undefined, "web-taken", "web-three"]);
    });

    test("goes with the release", async () => {
      const ports = await bed.ports("left-last");
      await installRelease({ name: "web", namespace: "left-last", chart: chart("one"), values: {} }, ports);
      await dieUpgrading(ports, "two");
      // It died before it deleted what the first revision has.
      const lost = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web-one", namespace: "left-last" } };
      const owner = { name: "web", namespace: "left-last" };
      await bed.kube.create(markOwned(lost, owner), { fieldManager: "helm" });
      await uninstallRelease({ name: "web" }, ports);
      expect(await bed.find("ConfigMap", "left-last", "web-one")).toBeUndefined();
      expect(await bed.find("ConfigMap", "left-last", "web-two")).toBeUndefined();
    });
  });

  test("an object of somebody else is adopted only when that is asked for", async () => {
    const ports = await bed.ports("owned");
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web-config", namespace: "owned" } };
    await bed.kube.create({ ...object, data: { mine: "1" } }, { fieldManager: "somebody" });
    const request = { name: "web", namespace: "owned", chart: demoChart(), values: {} };
    const error = await failureOf(installRelease(request, ports));
    expect([error.code, error.release]).toEqual(["RELEASE_OWNERSHIP", undefined]);
    expect(error.message).toBe(
      'unable to continue with install: ConfigMap "web-config" in namespace "owned" exists and cannot be imported into the ' +
        'current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": ' +
        'must be set to "Helm"; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "web"; ' +
        'annotation validation error: missing key "meta.helm.sh/release-namespace": must be set to "owned"',
    );
    await installRelease({ ...request, takeOwnership: true }, ports);
    expect((await bed.find("ConfigMap", "owned", "web-config"))?.["data"]).toEqual({ mine: "1", text: "hello" });
  });

  test("a conflict with another manager is one unless it is forced", async () => {
    const ports = await bed.ports("conflict");
    const request = { name: "web", chart: demoChart(), values: {} };
    await installRelease({ ...request, namespace: "conflict" }, ports);
    const mine = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web-config", namespace: "conflict" },
      data: { text: "mine" },
    };
    await bed.kube.apply(mine, { fieldManager: "somebody", force: true });
    const error = await failureOf(upgradeRelease({ ...request, values: { text: "new" } }, ports));
    expect(error.message).toMatch(
      /^conflict occurred while applying object conflict\/web-config \/v1, Kind=ConfigMap: Apply failed with 1 conflict: conflict with "somebody": \.data\.text$/,
    );
    await upgradeRelease({ ...request, values: { text: "new" }, forceConflicts: true }, ports);
    expect(await textOf("conflict", "web-config")).toBe("new");
  });
});

describe("hooks", () => {
  test("run by weight, are recorded, and deleted as their policies say", async () => {
    const lines: string[] = [];
    const ports = await bed.ports("hooks", { onLog: (line) => lines.push(line) });
    const chart = demoChart({
      extra: {
        "templates/z.yaml": hookJob("late", "pre-install", { weight: 5 }),
        "templates/a.yaml": hookJob("early", "pre-install,post-install", { weight: -5, policy: "hook-succeeded" }),
      },
    });
    const release = await installRelease(
      { name: "web", namespace: "hooks", chart, values: {}, timeoutMs: 10_000 },
      ports,
    );
    const ran = (release.hooks ?? []).toSorted((left, right) =>
      (left.last_run.started_at ?? "") < (right.last_run.started_at ?? "") ? -1 : 1,
    );
    expect(ran.map(({ name, last_run, delete_policies }) => [name, last_run.phase, delete_policies])).toEqual([
      ["web-late", "Succeeded", ["before-hook-creation"]],
      ["web-early", "Succeeded", ["hook-succeeded"]],
    ]);
    expect(await bed.find("Job", "hooks", "web-early", "batch")).toBeUndefined();
    expect(await bed.find("Job", "hooks", "web-late", "batch")).toBeDefined();
    expect(lines).toEqual([]);
  });

  test("that fail end the action before anything else is written", async () => {
    const ports = await bed.ports("badhook");
    const job = hookJob("pre", "pre-install", { image: "example.org/job:crash", policy: "hook-failed" });
    const chart = demoChart({ extra: { "templates/hook.yaml": job } });
    const error = await failureOf(
      installRelease({ name: "web", namespace: "badhook", chart, values: {}, timeoutMs: 10_000 }, ports),
    );
    expect(error.code).toBe("RELEASE_HOOK_FAILED");
    expect(error.message).toMatch(
      /^failed pre-install: resource Job\/badhook\/web-pre not ready\. status: Failed, message: Job Failed\. failed: 1\/1$/,
    );
    const stored = await ports.storage.last("web");
    expect(stored && brief(stored)).toBe(`1 failed: Release "web" failed: ${error.message}`);
    expect(stored?.hooks?.[0]?.last_run.phase).toBe("Failed");
    expect(await bed.find("ConfigMap", "badhook", "web-config")).toBeUndefined();
    expect(await bed.find("Job", "badhook", "web-pre", "batch")).toBeUndefined();
  });

  test("that are tests run when asked, those that filters choose", async () => {
    const ports = await bed.ports("tests");
    const extra = { "templates/tests.yaml": [testPod("good"), testPod("bad", "example.org/test:crash")].join("---\n") };
    await installRelease({ name: "web", namespace: "tests", chart: demoChart({ extra }), values: {} }, ports);
    const phases = ({ hooks = [] }: Release): string[] =>
      hooks.map(({ name, last_run }) => `${name} ${last_run.phase}`);
    const tested = await testRelease({ name: "web", filters: [{ name: "web-good" }] }, ports);
    expect(phases(tested)).toEqual(["web-bad ", "web-good Succeeded"]);
    const error = await failureOf(testRelease({ name: "web", timeoutMs: 10_000 }, ports));
    expect(error.message).toBe("resource Pod/tests/web-bad not ready. status: Failed, message: pod web-bad failed");
    expect(phases((await ports.storage.last("web")) as Release)).toEqual(["web-bad Failed", "web-good Succeeded"]);
  });
});

test("what hooks and tests printed is handed over before they are deleted", async () => {
  const said: string[] = [];
  const ports = await bed.ports("logs", { onHookOutput: ({ pod }, text) => said.push(`${pod.slice(0, 7)}: ${text}`) });
  const output = (job: string, policy: string): string =>
    job.replace("helm.sh/hook-weight", `helm.sh/hook-output-log-policy: "${policy}"\n    helm.sh/hook-weight`);
  const extra = {
    "templates/good.yaml": output(hookJob("pre", "pre-install", { policy: "hook-succeeded" }), "hook-succeeded"),
    "templates/quiet.yaml": output(hookJob("quiet", "pre-install"), "hook-failed"),
    "templates/test.yaml": testPod("test").replace(
      "hook: test",
      "hook: test, helm.sh/hook-delete-policy: hook-succeeded",
    ),
  };
  const request = { name: "web", namespace: "logs", chart: demoChart({ extra }), values: {}, timeoutMs: 10_000 };
  await installRelease(request, ports);
  expect(said).toEqual([expect.stringMatching(/^web-pre: web-pre-\w+\/job says so\n$/)]);
  said.length = 0;
  const onPodLog = ({ pod, container }: { pod: string; container: string }, text: string): void =>
    void said.push(`${pod} ${container} ${text}`);
  await testRelease({ name: "web", timeoutMs: 10_000, onPodLog }, ports);
  expect(said).toEqual(["web-test test web-test/test says so\n"]);
  expect(await bed.find("Pod", "logs", "web-test")).toBeUndefined();
});

describe("client-side patches", () => {
  test("keep what others added, take back what the chart had, and turn into server-side apply", async () => {
    const ports = await bed.ports("patches");
    const base = { name: "web", timeoutMs: 10_000 } as const;
    const first = demoChart({
      extra: { "templates/extra.yaml": extraConfig("extra", '{"helm.sh/resource-policy": "keep"}') },
    });
    const values = { text: "one" };
    await installRelease({ ...base, namespace: "patches", chart: first, values, serverSideApply: false }, ports);
    const key = { group: "apps", kind: "Deployment", namespace: "patches", name: "web" };
    const container = { name: "side", image: "example.org/side:1" };
    await bed.kube.patch(key, "strategic", { spec: { template: { spec: { containers: [container] } } } });
    const release = await upgradeRelease(
      { ...base, chart: demoChart(), values: { image: "example.org/app:2" } },
      ports,
    );
    expect(release.apply_method).toBe("csa");
    const live = await bed.find("Deployment", "patches", "web", "apps");
    const images = valueAt(live, "spec", "template", "spec", "containers") as { image: string }[];
    expect(images.map(({ image }) => image).toSorted()).toEqual(["example.org/app:2", "example.org/side:1"]);
    expect(await bed.find("ConfigMap", "patches", "web-extra")).toBeDefined();

    await upgradeRelease({ ...base, chart: demoChart(), values: {}, serverSideApply: "true" }, ports);
    const entries = (await bed.find("ConfigMap", "patches", "web-config"))?.metadata.managedFields ?? [];
    expect(entries.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual(["helm Apply"]);
  });
});

describe("values", () => {
  test.each([
    ["given none: the last ones", undefined, {}, { text: "one" }],
    ["given some: those alone", undefined, { image: "example.org/app:9" }, { image: "example.org/app:9" }],
    ["reset", "reset", {}, undefined],
    ["reuse", "reuse", { replicas: 0 }, { text: "one", replicas: 0 }],
    ["reset-then-reuse", "reset-then-reuse", { replicas: 0 }, { text: "one", replicas: 0 }],
  ] as const)("%s", async (name, reuse, values, want) => {
    const namespace = `values-${name.replaceAll(/[^a-z]/g, "")}`;
    const ports = await bed.ports(namespace);
    await installRelease({ name: "web", namespace, chart: demoChart(), values: { text: "one" } }, ports);
    const chart = demoChart();
    const changed = { ...chart, values: { ...chart.values, text: "new default" } };
    const release = await upgradeRelease({ name: "web", chart: changed, values, ...(reuse ? { reuse } : {}) }, ports);
    expect(release.config).toEqual(want);
    expect(await textOf(namespace, "web-config")).toBe(want && "text" in want ? "one" : "new default");
  });
});

test("history is limited, and the deployed revision stays", async () => {
  const ports = await bed.ports("history");
  const base = { name: "web", chart: demoChart(), maxHistory: 2 } as const;
  await installRelease({ ...base, namespace: "history", values: {} }, ports);
  for (const text of ["a", "b", "c"]) await upgradeRelease({ ...base, values: { text } }, ports);
  const revisions = await ports.storage.revisions("web");
  expect(revisions.map(({ version, status }) => `${version} ${status}`)).toEqual(["3 superseded", "4 deployed"]);
});

test("a dry-run writes nothing", async () => {
  const ports = await bed.ports("dry");
  const request = { name: "web", namespace: "dry", chart: demoChart(), values: {} };
  const release = await installRelease({ ...request, dryRun: "server" }, ports);
  expect(brief(release)).toBe("1 pending-install: Dry run complete");
  expect(await ports.storage.revisions("web")).toEqual([]);
  expect(await bed.find("ConfigMap", "dry", "web-config")).toBeUndefined();
});

test("an action that is cancelled while it waits is recorded as failed", async () => {
  const abort = new AbortController();
  const ports = await bed.ports("cancelled", { signal: abort.signal });
  const values = { image: "example.org/app:never-ready" };
  const request = { name: "web", namespace: "cancelled", chart: demoChart(), values, wait: "watcher" } as const;
  const running = failureOf(installRelease(request, ports));
  await expect.poll(() => bed.find("Deployment", "cancelled", "web", "apps")).toBeDefined();
  abort.abort(new Error("context canceled"));
  expect(await running).toMatchObject({ code: "RELEASE_CANCELLED", message: "context canceled" });
  const stored = await ports.storage.last("web");
  expect(stored && brief(stored)).toBe('1 failed: Release "web" failed: context canceled');
});

test("definitions come before the objects of their kinds, and are left alone by Create", async () => {
  const ports = await bed.ports("crds");
  const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: foos.demo.example }
spec:
  group: demo.example
  names: { kind: Foo, plural: foos }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;
  const foo =
    "apiVersion: demo.example/v1\nkind: Foo\nmetadata:\n  name: '{{name}}'\nspec: { text: '{{values.text}}' }\n";
  const chart = demoChart({ extra: { "crds/foo.yaml": definition, "templates/foo.yaml": foo } });
  const crdLabels = { owner: "web" };
  await installRelease({ name: "web", namespace: "crds", chart, values: {}, crdLabels }, ports);
  const labels = async (): Promise<unknown> =>
    (await bed.find("CustomResourceDefinition", "", "foos.demo.example", "apiextensions.k8s.io"))?.metadata.labels;
  expect(await labels()).toEqual({ owner: "web" });
  const upgrade = { name: "web", chart, values: {}, crdLabels: { owner: "other" } };
  await upgradeRelease({ ...upgrade, crds: "Create" }, ports);
  expect(await labels()).toEqual({ owner: "web" });
  await upgradeRelease({ ...upgrade, crds: "CreateReplace" }, ports);
  expect(await labels()).toEqual({ owner: "other" });
  expect(valueAt(await bed.find("Foo", "crds", "web", "demo.example"), "spec", "text")).toBe("hello");
});
