import { fakeClock } from "@eddy/core/clock";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Release } from "../record/release.ts";
import { startReleaseBed, type ReleaseBed } from "../testing/release-bed.ts";
import { createReleaseStorage } from "./create-release-storage.ts";
import { createWithLimit } from "./limit-history.ts";
import { observeStorage, type ReleaseStorage, type StorageWrite } from "./release-storage.ts";

let bed: ReleaseBed;
beforeAll(async () => {
  bed = await startReleaseBed();
});
afterAll(() => bed.stop());

const release = (version: number, changes: Partial<Release> = {}): Release => ({
  name: "web",
  namespace: "ns",
  version,
  info: { status: "deployed" },
  chart: { metadata: null, lock: null, templates: null, values: null, schema: null, schemamodtime: "", files: null },
  labels: { team: "a" },
  ...changes,
});
const open = async (namespace: string, driver: "secret" | "configmap" = "secret"): Promise<ReleaseStorage> => {
  await bed.kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  return createReleaseStorage(bed.kube, { namespace, driver, clock: fakeClock() });
};

test.each(["secret", "configmap"] as const)("%s: what was stored comes back", async (driver) => {
  const storage = await open(driver, driver);
  await storage.create(release(1, { info: { status: "superseded" } }));
  await storage.create(release(2, { info: { status: "pending-upgrade" } }));
  await storage.update(release(2));
  expect(await storage.get("web", 1)).toMatchObject({ version: 1, labels: { team: "a" } });
  expect(await storage.get("web", 3)).toBeUndefined();
  expect(await storage.last("web")).toEqual(release(2));
  expect((await storage.deployed("web"))?.version).toBe(2);
  expect((await storage.history("web")).map(({ version }) => version)).toEqual([1, 2]);
  expect(await storage.list({ labelSelector: "team=b" })).toEqual([]);
  await expect(storage.create(release(2))).rejects.toMatchObject({ code: "RELEASE_EXISTS" });
  await expect(storage.update(release(9))).rejects.toMatchObject({ code: "RELEASE_NOT_FOUND" });
  await expect(storage.delete("web", 9)).rejects.toMatchObject({ code: "RELEASE_NOT_FOUND" });
  await storage.delete("web", 1);
  expect((await storage.revisions("web")).map(({ version, status }) => `${version} ${status}`)).toEqual(["2 deployed"]);
});

test("the storage object is Helm's", async () => {
  const storage = await open("form");
  await storage.create(release(1));
  const secret = await bed.find("Secret", "form", "sh.helm.release.v1.web.v1");
  expect(secret?.["type"]).toBe("helm.sh/release.v1");
  expect(secret?.metadata).toMatchObject({
    labels: { team: "a", name: "web", owner: "helm", status: "deployed", version: "1", createdAt: "1767225600" },
    managedFields: [{ manager: "Helm", operation: "Update" }],
  });
});

test("a record that cannot be read hides no other", async () => {
  const storage = await open("broken");
  await storage.create(release(1));
  const labels = { name: "web", owner: "helm", status: "deployed", version: "2" };
  const metadata = { name: "sh.helm.release.v1.web.v2", namespace: "broken", labels };
  await bed.kube.create({ apiVersion: "v1", kind: "Secret", metadata, stringData: { release: "rubbish" } });
  expect((await storage.last("web"))?.version).toBe(1);
  expect((await storage.history("web")).length).toBe(1);
  expect((await storage.list()).length).toBe(1);
  await expect(storage.get("web", 2)).rejects.toMatchObject({ code: "RELEASE_RECORD_INVALID" });
});

test("every write is told of, and room is made for a new one", async () => {
  const writes: StorageWrite[] = [];
  const storage = observeStorage(await open("told"), (write) => writes.push(write));
  for (const version of [1, 2, 3]) await createWithLimit(storage, release(version), 2);
  expect(writes.map(({ verb, release: { version } }) => `${verb} ${version}`)).toEqual([
    "create 1",
    "create 2",
    "delete 1",
    "create 3",
  ]);
});

test("a namespace that is not there is the server's error", async () => {
  const storage = createReleaseStorage(bed.kube, { namespace: "nowhere", clock: fakeClock() });
  await expect(storage.create(release(1))).rejects.toThrow('create: failed to create: namespaces "nowhere" not found');
  expect(await storage.last("web")).toBeUndefined();
});
