import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startNotificationBed, type NotificationBed } from "./testing/notification-bed.ts";

// What a tenant may try who may make Alerts, Providers and Receivers in one namespace, under lockdown.
const stolen = "the-other-tenants-token";
let bed: NotificationBed;
let other = "";

beforeAll(async () => {
  bed = await startNotificationBed({ noCrossNamespaceRefs: true });
});
afterAll(() => bed.stop());
beforeEach(async () => {
  other = await bed.enterNamespace();
  await bed.createSecret("token", { token: stolen, address: `${bed.inbox.url}/other` });
  await bed.createRepository("app");
  await bed.enterNamespace();
  await bed.createSecret("token", { token: "0123456789abcdef" });
  await bed.createRepository("app");
});

const requestedIn = async (namespace: string): Promise<string | undefined> => {
  const ref = { group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace, name: "app" };
  return (await bed.kube.get(ref)).metadata.annotations?.["reconcile.fluxcd.io/requestedAt"];
};

function event(namespace: string): object {
  const apiVersion = "source.toolkit.fluxcd.io/v1";
  return {
    involvedObject: { kind: "GitRepository", namespace, name: "app", uid: "u", apiVersion, resourceVersion: "1" },
    severity: "info",
    timestamp: "2026-11-21T12:00:00Z",
    message: "stored artifact",
    reason: "NewArtifact",
    reportingController: "source-controller",
  };
}

it("a webhook asks nothing of another namespace, whether it is there or not", async () => {
  const statuses: number[] = [];
  for (const name of ["app", "gone"]) {
    const resources = [
      { kind: "GitRepository" as const, name, namespace: other },
      { kind: "GitRepository" as const, name: "app" },
    ];
    const receiver = await bed.createReceiver(`hook-${name}`, {
      type: "generic",
      secretRef: { name: "token" },
      resources,
    });
    const url = `${bed.webhooksUrl}${receiver.status?.webhookPath}`;
    statuses.push((await fetch(url, { method: "POST" })).status);
  }
  expect(statuses).toEqual([500, 500]);
  expect(await requestedIn(other)).toBeUndefined();
  // What is the tenant's own is asked all the same.
  expect(await requestedIn(bed.namespace)).toBeDefined();
});

it("an alert hears nothing of another namespace", async () => {
  await bed.createProvider("chat", { type: "generic", address: `${bed.inbox.url}/mine` });
  const eventSources = [{ kind: "GitRepository" as const, name: "*", namespace: other }];
  await bed.createAlert("all", { providerRef: { name: "chat" }, eventSources });
  expect(await bed.post(event(other))).toBe(202);
  await bed.idle();
  expect(bed.inbox.messages()).toEqual([]);
});

it.each(["../../OTHER/secrets/token", "OTHER/token", "..%2f..%2fOTHER%2fsecrets%2ftoken", "."])(
  "a Secret that is called %j is none of another namespace",
  async (name) => {
    const secretRef = { name: name.replaceAll("OTHER", other) };
    await bed.createProvider("chat", { type: "generic", address: `${bed.inbox.url}/mine`, secretRef });
    const eventSources = [{ kind: "GitRepository" as const, name: "*" }];
    await bed.createAlert("all", { providerRef: { name: "chat" }, eventSources });
    await bed.post(event(bed.namespace));
    await bed.idle();
    expect(bed.inbox.messages()).toEqual([]);
    // Receivers of other cases go on failing beside it.
    const ofAlert = bed.warnings.filter(({ involvedObject }) => involvedObject.kind === "Alert");
    expect(ofAlert.map(({ message }) => message)).toEqual([expect.stringContaining("cannot be a path segment")]);
    expect(JSON.stringify(bed.warnings)).not.toContain(stolen);
    const receiver = await bed.createReceiver("hook", {
      type: "generic",
      secretRef,
      resources: [{ kind: "GitRepository", name: "app" }],
    });
    expect(receiver.status?.webhookPath).toBeUndefined();
    expect(JSON.stringify(receiver.status)).not.toContain(stolen);
  },
);
