import { fakeClock, type FakeClock } from "@eddy/core/clock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startControlPlane, type ControlPlane } from "../index.ts";

let clock: FakeClock;
let server: ControlPlane;
beforeEach(async () => {
  clock = fakeClock();
  server = await startControlPlane({ clock, historyLimit: 10 });
});
afterEach(() => server.stop());

const maps = "/api/v1/namespaces/default/configmaps";
const resource = { group: "", version: "v1", resource: "configmaps" };
const turns = async (): Promise<void> => {
  for (let count = 0; count < 6; count++) await new Promise((resolve) => setImmediate(resolve));
};

/** Starts a watch, runs the script, lets the watch end, and gives `TYPE name` of each event. */
async function watched(query: string, script: () => void): Promise<string[]> {
  const answer = server.request({ method: "GET", path: `${maps}?watch=true&timeoutSeconds=2&${query}` });
  await turns();
  script();
  await turns();
  clock.advance(2_000);
  const { body } = await answer;
  return body
    .split("\n")
    .filter((line) => line !== "")
    .map(
      (line) =>
        JSON.parse(line) as {
          type: string;
          object: { metadata: { name?: string; annotations?: object; resourceVersion: string } };
        },
    )
    .map(({ type, object }) => `${type} ${object.metadata.name ?? Object.keys(object.metadata.annotations ?? {})}`);
}

const create = (name: string, labels: Record<string, string> = {}): void =>
  void server.objects.create(resource, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default", labels },
  });
const relabel = (name: string, labels: Record<string, string>): void =>
  void server.objects.update(resource, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default", labels },
  });
const version = (): string =>
  JSON.parse(
    JSON.stringify(
      server.objects
        .list(resource)
        .map((each) => Number(each.metadata.resourceVersion))
        .sort((a, b) => b - a),
    ),
  )[0].toString() as string;

test("objects enter and leave a selector", async () => {
  create("a", { x: "1" });
  const events = await watched("labelSelector=x%3D1", () => {
    create("b");
    relabel("b", { x: "1" });
    relabel("b", { x: "1", y: "2" });
    relabel("a", {});
    server.objects.delete(resource, "default", "b");
  });
  expect(events).toEqual(["ADDED a", "ADDED b", "MODIFIED b", "DELETED a", "DELETED b"]);
});

test("a watch resumes after the version it names, or is told that it is gone", async () => {
  create("a");
  const from = version();
  create("b");
  expect(await watched(`resourceVersion=${from}`, () => create("c"))).toEqual(["ADDED b", "ADDED c"]);
  for (let index = 0; index < 40; index++) relabel("a", { n: String(index) });
  const { body, status } = await server.request({ method: "GET", path: `${maps}?watch=true&resourceVersion=${from}` });
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({
    type: "ERROR",
    object: { code: 410, message: expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/) as string },
  });
});

test("a streamed list ends with its bookmark, also when nothing matches", async () => {
  create("a", { x: "1" });
  const stream = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  expect(await watched(`${stream}&labelSelector=x%3D1`, () => {})).toEqual([
    "ADDED a",
    "BOOKMARK k8s.io/initial-events-end",
  ]);
  expect(await watched(`${stream}&labelSelector=none`, () => {})).toEqual(["BOOKMARK k8s.io/initial-events-end"]);
});

test("bookmarks come once a minute when asked for", async () => {
  const answer = server.request({
    method: "GET",
    path: `${maps}?watch=true&timeoutSeconds=130&allowWatchBookmarks=true&labelSelector=none`,
  });
  await turns();
  for (let minute = 0; minute < 2; minute++) {
    clock.advance(60_000);
    await turns();
  }
  clock.advance(10_000);
  const types = (await answer).body
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toEqual(["BOOKMARK", "BOOKMARK", "BOOKMARK"].slice(0, types.length));
  expect(types.length).toBeGreaterThanOrEqual(2);
});

test("pages are of one moment", async () => {
  for (const name of ["a", "b", "c", "d"]) create(name);
  const list = async (
    query: string,
  ): Promise<{
    metadata: { continue?: string; remainingItemCount?: number; resourceVersion: string };
    items: { metadata: { name: string } }[];
  }> => JSON.parse((await server.request({ method: "GET", path: `${maps}?${query}` })).body);
  const first = await list("limit=2");
  create("aa");
  server.objects.delete(resource, "default", "d");
  const second = await list(`limit=10&continue=${first.metadata.continue}`);
  expect([...first.items, ...second.items].map((item) => item.metadata.name)).toEqual([
    "a",
    "b",
    "c",
    "d",
    "kube-root-ca.crt",
  ]);
  expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  expect(first.metadata.remainingItemCount).toBe(3);
  clock.advance(600_000);
  const gone = JSON.parse(
    (await server.request({ method: "GET", path: `${maps}?limit=2&continue=${first.metadata.continue}` })).body,
  );
  expect(gone).toMatchObject({ code: 410, reason: "Expired" });
  const rest = await list(`continue=${gone.metadata.continue}`);
  expect(rest.items.map((item) => item.metadata.name)).toEqual(["c", "kube-root-ca.crt"]);
});
