import assert from "node:assert/strict";
import { chartOf, conditionsOf, dataOf, eventsOf, messageOf, refusedTemplate, type Scenario } from "./scenario.ts";

/** What fails, what is put right, and how a release comes back. */
export const failureScenarios: readonly Scenario[] = [
  {
    name: "without retries one failed install stalls; a new chart lets it try again",
    async run(world) {
      await world.push(chartOf("1.0.0", { "refused.yaml": refusedTemplate }));
      await world.create("web");
      const object = await world.stalled("web", "RetriesExceeded");
      await world.idle();
      assert.deepEqual(conditionsOf(object), [
        "Stalled=True RetriesExceeded",
        "Ready=False InstallFailed",
        "Released=False InstallFailed",
      ]);
      assert.equal(messageOf(object, "Stalled"), "Failed to install after 1 attempt(s)");
      assert.match(
        messageOf(object),
        new RegExp(`^Helm install failed for release ${world.namespace}/web with chart app@1\\.0\\.0: .*web-refused`),
      );
      assert.equal(object.status?.observedGeneration, object.metadata.generation);
      assert.deepEqual([object.status?.failures, object.status?.installFailures], [1, 1]);
      assert.equal(object.status?.history?.[0]?.status, "failed");
      const [event] = await eventsOf(world, "web");
      assert.match(event ?? "", /^error InstallFailed Helm install failed for release web with chart app@1\.0\.0: /);
      await world.push(chartOf("1.0.1"));
      const healed = await world.ready("web", "1.0.1");
      assert.deepEqual([healed.status?.installFailures, healed.status?.failures], [undefined, undefined]);
    },
  },
  {
    name: "a failed install is uninstalled and tried again as often as it may",
    async run(world) {
      await world.push(chartOf("1.0.0", { "refused.yaml": refusedTemplate }));
      await world.create("web", { install: { remediation: { retries: 1, remediateLastFailure: true } } });
      const object = await world.stalled("web", "RetriesExceeded");
      assert.deepEqual(conditionsOf(object), [
        "Stalled=True RetriesExceeded",
        "Ready=False UninstallSucceeded",
        "Released=False InstallFailed",
        "Remediated=True UninstallSucceeded",
      ]);
      assert.equal(messageOf(object, "Stalled"), "Failed to install after 2 attempt(s)");
      assert.equal(object.status?.installFailures, 2);
      assert.equal(await world.storage.last("web"), undefined);
      assert.equal(await world.get("ConfigMap", "web-config"), undefined);
    },
  },
  {
    name: "a failed upgrade is rolled back to the last good revision",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web", { upgrade: { remediation: { retries: 1 } } });
      await world.ready("web", "1.0.0");
      await world.push(chartOf("2.0.0", { "refused.yaml": refusedTemplate }));
      const object = await world.stalled("web", "RetriesExceeded");
      const rolledBack = `Helm rollback to previous release ${world.namespace}/web.v3 with chart app@1.0.0 succeeded`;
      assert.deepEqual(conditionsOf(object).slice(0, 2), [
        "Stalled=True RetriesExceeded",
        "Ready=False RollbackSucceeded",
      ]);
      assert.equal(messageOf(object), rolledBack);
      assert.equal(messageOf(object, "Stalled"), "Failed to upgrade after 2 attempt(s)");
      assert.equal(dataOf(await world.get("ConfigMap", "web-config"), "version"), "1.0.0");
      assert.equal((await world.storage.last("web"))?.info.status, "deployed");
      const reasons = (await eventsOf(world, "web")).map((event) => event.split(" ")[1]);
      assert.deepEqual(reasons, [
        "InstallSucceeded",
        "UpgradeFailed",
        "RollbackSucceeded",
        "UpgradeFailed",
        "RollbackSucceeded",
      ]);
      await world.push(chartOf("2.0.1"));
      const healed = await world.ready("web", "2.0.1");
      assert.deepEqual(conditionsOf(healed), ["Ready=True UpgradeSucceeded", "Released=True UpgradeSucceeded"]);
    },
  },
  {
    name: "a rollback that leads to what is wanted again is a success",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web", { upgrade: { remediation: { retries: 1 } } });
      await world.ready("web", "1.0.0");
      await world.push(chartOf("2.0.0", { "refused.yaml": refusedTemplate }));
      await world.stalled("web", "RetriesExceeded");
      await world.push(chartOf("1.0.0"));
      const healed = await world.ready("web", "1.0.0");
      assert.deepEqual(conditionsOf(healed), ["Ready=True UpgradeSucceeded", "Released=True UpgradeSucceeded"]);
      assert.equal((await world.storage.last("web"))?.version, healed.status?.history?.[0]?.version);
    },
  },
  {
    name: "a failed upgrade whose remediation is uninstalling is installed anew",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      const remediation = { retries: 1, strategy: "uninstall" as const };
      await world.create("web", { upgrade: { remediation } });
      await world.ready("web", "1.0.0");
      await world.push(chartOf("2.0.0", { "refused.yaml": refusedTemplate }));
      await world.stalled("web", "RetriesExceeded");
      await world.idle();
      const reasons = (await eventsOf(world, "web")).map((event) => event.split(" ")[1]);
      assert.deepEqual(reasons.slice(0, 4), [
        "InstallSucceeded",
        "UpgradeFailed",
        "UninstallSucceeded",
        "InstallFailed",
      ]);
    },
  },
  {
    name: "with RetryOnFailure a failed install is upgraded again after an interval, and nothing is undone",
    async run(world) {
      await world.push(chartOf("1.0.0", { "refused.yaml": refusedTemplate }));
      const strategy = { name: "RetryOnFailure" as const, retryInterval: "300ms" };
      await world.create("web", { install: { strategy }, upgrade: { strategy } });
      const object = await world.until("web", ({ status }) => (status?.upgradeFailures ?? 0) >= 2);
      assert.deepEqual(conditionsOf(object).slice(0, 2), [
        "Reconciling=True ProgressingWithRetry",
        "Ready=False UpgradeFailed",
      ]);
      assert.equal(messageOf(object, "Reconciling"), "retrying after 300ms");
      assert.equal(object.status?.observedGeneration, object.metadata.generation);
      assert.equal(dataOf(await world.get("ConfigMap", "web-config")), "default");
      await world.push(chartOf("1.0.1"));
      const healed = await world.ready("web", "1.0.1");
      assert.equal(healed.status?.failures, undefined);
    },
  },
  {
    name: "force and reset let a release without attempts left try again, once",
    async run(world) {
      await world.push(chartOf("1.0.0", { "refused.yaml": refusedTemplate }));
      await world.create("web");
      await world.stalled("web", "RetriesExceeded");
      const plain = await world.request("web");
      assert.equal(plain.status?.history?.[0]?.version, 1);
      const forced = await world.request("web", "force");
      assert.equal(forced.status?.history?.[0]?.version, 2);
      assert.equal(forced.status?.lastHandledForceAt, forced.metadata.annotations?.["reconcile.fluxcd.io/forceAt"]);
      const again = await world.request("web");
      assert.equal(again.status?.history?.[0]?.version, 2);
      const reset = await world.request("web", "reset");
      assert.equal(reset.status?.history?.[0]?.version, 3);
      assert.equal(reset.status?.upgradeFailures, 1);
    },
  },
  {
    name: "force upgrades a release that is in step",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web");
      const { status } = await world.request("web", "force");
      assert.deepEqual(
        status?.history?.map(({ version, action }) => [version, action]),
        [
          [2, "upgrade"],
          [1, undefined],
        ],
      );
    },
  },
  {
    name: "a release that another's hand left pending is unlocked and upgraded",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web");
      await world.idle();
      const stored = await world.storage.last("web");
      assert.ok(stored);
      await world.storage.update({ ...stored, info: { ...stored.info, status: "pending-upgrade" } });
      await world.push(chartOf("1.1.0"));
      await world.ready("web", "1.1.0");
      const events = await eventsOf(world, "web");
      assert.ok(
        events.includes(
          "info PendingRelease Unlocked Helm release web.v1 with chart app@1.0.0 in pending-upgrade state",
        ),
        events.join("\n"),
      );
    },
  },
  {
    name: "a release that somebody rolled back by hand is brought back at once",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web");
      await world.idle();
      const stored = await world.storage.last("web");
      assert.ok(stored);
      await world.storage.update({ ...stored, info: { ...stored.info, description: "by hand" } });
      const object = await world.request("web");
      assert.equal(object.status?.history?.[0]?.version, 2);
      assert.equal(object.status?.history?.length, 1);
    },
  },
  {
    name: "releases without attempts left are tried again when the controller is told so",
    async run(world) {
      await world.restart({ retryExhausted: true });
      await world.push(chartOf("1.0.0", { "refused.yaml": refusedTemplate }));
      await world.create("web");
      const object = await world.until("web", ({ status }) => (status?.failures ?? 0) > 0);
      assert.deepEqual(conditionsOf(object).slice(0, 2), [
        "Reconciling=True ProgressingWithRetry",
        "Ready=False InstallFailed",
      ]);
      assert.match(
        messageOf(object, "Reconciling"),
        /^Failed to install after 1 attempt\(s\): retrying in (30|2\d(\.\d+)?)s$/,
      );
    },
  },
];
