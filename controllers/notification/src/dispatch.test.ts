import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startNotificationBed, type NotificationBed } from "./testing/notification-bed.ts";

const token = "xoxb-very-secret-token";
let bed: NotificationBed;

beforeAll(async () => {
  bed = await startNotificationBed({
    // A service that repeats the credentials that it refuses.
    answer: ({ path, headers }) =>
      path.startsWith("/refuse") ? { status: 403, body: `no entry with ${headers.authorization}` } : undefined,
  });
});
afterAll(() => bed.stop());
beforeEach(async () => void (await bed.enterNamespace()));

function event(change: object = {}): object {
  return {
    involvedObject: {
      kind: "GitRepository",
      namespace: bed.namespace,
      name: "app",
      uid: "u1",
      apiVersion: "source.toolkit.fluxcd.io/v1",
      resourceVersion: "1",
    },
    severity: "info",
    timestamp: "2026-11-21T12:00:00Z",
    message: "stored artifact",
    reason: "NewArtifact",
    metadata: { "source.toolkit.fluxcd.io/revision": "main@sha1:abc", "source.toolkit.fluxcd.io/token": "7" },
    reportingController: "source-controller",
    ...change,
  };
}

async function alertOf(path: string, spec: object = {}, alert: object = {}): Promise<void> {
  await bed.createProvider("chat", { type: "generic", address: `${bed.inbox.url}${path}`, ...spec });
  await bed.createAlert("all", {
    providerRef: { name: "chat" },
    eventSources: [{ kind: "GitRepository", name: "*" }],
    ...alert,
  });
}

const warnings = (): string[] => bed.warnings.map(({ reason, message }) => `${reason}: ${message}`);

describe("an event that is posted", () => {
  it("becomes a message, without what is internal", async () => {
    await alertOf("/hook");
    expect(await bed.post(event())).toBe(202);
    const [message] = await bed.inbox.received(1);
    expect(JSON.parse(message?.body ?? "")).toEqual({ ...event(), metadata: { revision: "main@sha1:abc" } });
    expect(message?.headers["gotk-component"]).toBe("source-controller");
  });

  it("is sent once in five minutes, and again when it is other news", async () => {
    await alertOf("/hook");
    const statuses = [];
    for (const message of ["a", "a", "b"]) statuses.push(await bed.post(event({ message })));
    await bed.idle();
    expect([statuses, bed.inbox.messages().length]).toEqual([[202, 429, 202], 2]);
  });

  it("is taken also when nobody wants it", async () => {
    expect(await bed.post(event())).toBe(202);
    await bed.idle();
    expect(bed.inbox.messages()).toEqual([]);
  });

  it.each([
    ["no JSON", "{", 400],
    ["an array", "[]", 400],
    ["beyond 3 MiB", `{"message":"${"x".repeat(3 * 1024 * 1024)}"}`, 413],
  ])("is refused when it is %s", async (_name, body, status) => {
    expect(await bed.post(body)).toBe(status);
  });
});

describe("an event of this process", () => {
  it("goes the same way", async () => {
    await alertOf("/hook", { type: "slack" });
    bed.publish({
      involvedObject: {
        group: "source.toolkit.fluxcd.io",
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "GitRepository",
        namespace: bed.namespace,
        name: "app",
      },
      severity: "error",
      timestamp: "2026-11-21T12:00:00.123Z",
      reason: "GitOperationFailed",
      message: "failed to checkout",
      metadata: {},
      reportingController: "source-controller",
      reportingInstance: "",
    });
    const [message] = await bed.inbox.received(1);
    expect(JSON.parse(message?.body ?? "")).toMatchObject({
      attachments: [{ color: "danger", text: "failed to checkout" }],
    });
  });

  it("a trace is nobody's news", async () => {
    await alertOf("/hook");
    const { involvedObject, ...rest } = event() as { involvedObject: object };
    bed.publish({
      involvedObject: { ...involvedObject, group: "source.toolkit.fluxcd.io" },
      ...rest,
      severity: "trace",
    } as never);
    await bed.idle();
    expect(bed.inbox.messages()).toEqual([]);
  });
});

describe("what cannot be sent is a warning on the alert", () => {
  const subject = (): string => `GitRepository/${bed.namespace}/app`;

  it("when the service refuses; the token is masked", async () => {
    await bed.createSecret("chat", { token });
    await alertOf("/refuse", { type: "slack", secretRef: { name: "chat" } });
    await bed.post(event());
    await bed.idle();
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain(`NotificationDispatchFailed: failed to send notification for ${subject()}: `);
    expect(warnings()[0]).toContain("request failed with status code 403: no entry with Bearer ");
    expect(warnings()[0]).not.toContain(token);
    expect(bed.inbox.messages()[0]?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it("when there is no such provider", async () => {
    await bed.createAlert("all", {
      providerRef: { name: "gone" },
      eventSources: [{ kind: "GitRepository", name: "*" }],
    });
    await bed.post(event());
    await bed.idle();
    expect(warnings()).toEqual([
      `NotificationDispatchFailed: failed to dispatch notification for ${subject()}: failed to read provider: Provider.notification.toolkit.fluxcd.io "gone" not found`,
    ]);
  });

  it("when a Secret is not there", async () => {
    await alertOf("/hook", { secretRef: { name: "gone" } });
    await bed.post(event());
    await bed.idle();
    expect(warnings()).toEqual([
      `NotificationDispatchFailed: failed to dispatch notification for ${subject()}: failed to get secret '${bed.namespace}/gone': secrets "gone" not found`,
    ]);
  });

  it("when the timeout is over", async () => {
    await alertOf("/slow", { address: "http://127.0.0.1:1/", timeout: "20ms" });
    await bed.post(event());
    await bed.idle();
    expect(warnings()).toEqual([
      `NotificationDispatchFailed: failed to send notification for ${subject()}: context deadline exceeded`,
    ]);
  });

  it("when a ServiceAccount is named and the gate is off", async () => {
    await alertOf("/hook", { serviceAccountName: "robot" });
    await bed.post(event());
    await bed.idle();
    expect(warnings()[0]).toContain("please enable the ObjectLevelWorkloadIdentity feature gate in the controller");
  });

  it("when an expression is none, and when metadata are set twice", async () => {
    await alertOf("/hook", {}, { exclusionList: ["("], eventMetadata: { revision: "mine" } });
    await bed.post(event());
    await bed.idle();
    expect(warnings()).toEqual([
      "InvalidConfig: failed to compile exclusion regex: (",
      "MetadataAppendFailed: metadata key conflicts detected (please refer to the Alert API docs and Flux RFC 0008 for more information)",
    ]);
    expect(bed.warnings[1]?.metadata).toEqual({
      revision: "Alert object .spec.eventMetadata, involved object controller metadata",
    });
    expect(JSON.parse(bed.inbox.messages()[0]?.body ?? "")).toMatchObject({ metadata: { revision: "main@sha1:abc" } });
  });
});

describe("labels", () => {
  it("are those of the object as it is", async () => {
    await bed.createRepository("app", { team: "a" });
    await alertOf("/a", {}, { eventSources: [{ kind: "GitRepository", name: "*", matchLabels: { team: "a" } }] });
    await bed.createAlert("other", {
      providerRef: { name: "chat" },
      eventSources: [{ kind: "GitRepository", name: "*", matchLabels: { team: "b" } }],
    });
    await bed.post(event());
    await bed.idle();
    expect(bed.inbox.messages().map(({ path }) => path)).toEqual(["/a"]);
  });
});
