import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { fakeClock, type FakeClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { connect } from "../connect.ts";
import {
  answer,
  failure,
  serveDiscovery,
  startServer,
  type SeenRequest,
  type TestServer,
} from "../testing/start-server.ts";
import { reflect } from "./reflect.ts";
import type { Reflection, ReflectOptions } from "./reflection.ts";

const configMap = { group: "", kind: "ConfigMap" };
const object = (name: string, resourceVersion: string, extra: object = {}): object => ({
  metadata: { name, namespace: "n", resourceVersion, ...extra },
});
const event = (type: string, body: object): string => `${JSON.stringify({ type, object: body })}\n`;
const bookmark = (resourceVersion: string, end = false): string =>
  event("BOOKMARK", {
    metadata: { resourceVersion, ...(end ? { annotations: { "k8s.io/initial-events-end": "true" } } : {}) },
  });

/** Each request gets the next answer of the script; the last one stays open. */
type Step = (response: ServerResponse, query: URLSearchParams) => void;
const stream =
  (text: string, end: "open" | "end" | "cut" = "open"): Step =>
  (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(text, () => {
      if (end === "end") response.end();
      if (end === "cut") response.socket?.destroy();
    });
    if (text === "") response.flushHeaders();
  };

interface Scene {
  server: TestServer;
  clock: FakeClock;
  events: string[];
  states: string[];
  reflection: Reflection<KubeObject>;
  queries: () => Record<string, string>[];
}

async function play(steps: Step[], options: ReflectOptions<KubeObject> = {}): Promise<Scene> {
  const clock = fakeClock();
  const asked: SeenRequest[] = [];
  const server = await startServer((request, response) => {
    if (serveDiscovery(request, response)) return;
    asked.push(request);
    steps[asked.length - 1]?.(response, new URL(request.url, "http://x").searchParams);
  });
  const kube = connect(server.config, { clock, timeoutMs: 1_000_000 });
  const [events, states]: [string[], string[]] = [[], []];
  const reflection = reflect(
    kube,
    configMap,
    {
      clock,
      random: () => 0,
      onState: (state) => states.push(state.name === "Waiting" ? state.reason : state.name),
      ...options,
    },
    ({ type, object: { metadata } }) => events.push(`${type} ${metadata.name}@${metadata.resourceVersion}`),
  );
  onTestFinished(() => {
    reflection.stop();
    kube.close();
  });
  const queries = (): Record<string, string>[] =>
    asked.map(({ url }) => Object.fromEntries(new URL(url, "http://x").searchParams));
  return { server, clock, events, states, reflection, queries };
}

/** Lets a wait begin and then pass. */
async function pass(scene: Scene, state: string, byMs: number): Promise<void> {
  await expect.poll(() => scene.reflection.state.name).toBe(state);
  await new Promise((resolve) => setImmediate(resolve));
  scene.clock.advance(byMs);
}

const initial = event("ADDED", object("a", "1")) + event("ADDED", object("b", "2")) + bookmark("5", true);

test("a streamed list, then what follows, and the watch resumes at the last bookmark", async () => {
  const scene = await play([
    stream(initial + event("MODIFIED", object("a", "6")) + event("DELETED", object("b", "7")) + bookmark("9"), "end"),
    stream(event("ADDED", object("c", "10"))),
  ]);
  await scene.reflection.synced;
  await expect.poll(() => scene.events).toEqual(["Added a@1", "Added b@2", "Updated a@6", "Deleted b@7", "Added c@10"]);
  expect(scene.queries()).toMatchObject([
    {
      watch: "true",
      sendInitialEvents: "true",
      resourceVersionMatch: "NotOlderThan",
      allowWatchBookmarks: "true",
      timeoutSeconds: "300",
    },
    { watch: "true", resourceVersion: "9" },
  ]);
  expect([...scene.reflection.store.values()].map(({ metadata }) => metadata.name)).toEqual(["a", "c"]);
  expect(scene.reflection.store.get("n", "a")).toMatchObject({ kind: "ConfigMap", apiVersion: "v1" });
});

test("a server that refuses to stream lists is listed", async () => {
  const scene = await play([
    (response) => answer(response, failure(422, "Invalid"), 422),
    (response) => answer(response, { metadata: { resourceVersion: "5" }, items: [object("a", "1")] }),
    stream(""),
  ]);
  await scene.reflection.synced;
  await expect.poll(() => scene.queries().length).toBe(3);
  expect(scene.queries()[2]).toMatchObject({ watch: "true", resourceVersion: "5" });
  expect(scene.states).toEqual(["Listing", "Listing", "Watching"]);
});

test("410 in the stream reads all again and reports what vanished, and nothing that is as it was", async () => {
  const first = Promise.withResolvers<ServerResponse>();
  const scene = await play([
    (response, query) => {
      stream(initial)(response, query);
      first.resolve(response);
    },
    stream(event("ADDED", object("b", "2")) + event("ADDED", object("c", "11")) + bookmark("12", true)),
  ]);
  await scene.reflection.synced;
  scene.clock.advance(60_000);
  (await first.promise).write(event("ERROR", failure(410, "Expired", "too old resource version: 1 (199)")));
  await expect.poll(() => scene.events).toEqual(["Added a@1", "Added b@2", "Added c@11", "Deleted a@1"]);
  expect(scene.states).toEqual(["Listing", "Watching", "Listing", "Watching"]);
});

test("a watch that is cut resumes after a short wait where it was", async () => {
  const scene = await play([
    stream(initial + event("MODIFIED", object("a", "6")), "cut"),
    stream(event("MODIFIED", object("a", "7"))),
  ]);
  await pass(scene, "Waiting", 200);
  await expect.poll(() => scene.events.at(-1)).toBe("Updated a@7");
  expect(scene.queries()[1]).toMatchObject({ resourceVersion: "6" });
});

test("a watch that goes silent is opened again", async () => {
  const scene = await play([stream(initial), stream(event("ADDED", object("c", "6")))], { idleMs: 10_000 });
  await scene.reflection.synced;
  await pass(scene, "Watching", 10_000);
  await expect.poll(() => scene.events.at(-1)).toBe("Added c@6");
  expect(scene.queries()[1]).toMatchObject({ resourceVersion: "5" });
  expect(scene.states).toEqual(["Listing", "Watching", "Watching"]);
});

test("a refusal is told, waited out, and the store keeps what it had", async () => {
  const scene = await play([
    stream(initial, "end"),
    (response) => answer(response, failure(403, "Forbidden", "configmaps is forbidden"), 403),
    stream(""),
  ]);
  await pass(scene, "Waiting", 1_999);
  expect(scene.reflection.state).toMatchObject({ name: "Waiting", reason: "Forbidden", resourceVersion: "5" });
  expect(scene.reflection.store.size).toBe(2);
  scene.clock.advance(1);
  await expect.poll(() => scene.queries().length).toBe(3);
});

test("indexes and transforms see each change", async () => {
  const labelled = (name: string, version: string, app: string): object => object(name, version, { labels: { app } });
  const scene = await play(
    [
      stream(
        event("ADDED", labelled("a", "1", "x")) +
          event("ADDED", labelled("b", "2", "x")) +
          bookmark("3", true) +
          event("MODIFIED", labelled("a", "4", "y")) +
          event("DELETED", labelled("b", "5", "x")),
      ),
    ],
    {
      indexes: { app: ({ metadata }) => [metadata.labels?.["app"] ?? ""] },
      transform: ({ apiVersion, kind, metadata: { name, labels, resourceVersion } }) => ({
        apiVersion,
        kind,
        metadata: { name, labels: labels ?? {}, resourceVersion: `${resourceVersion}!` },
      }),
    },
  );
  await expect.poll(() => scene.events).toEqual(["Added a@1!", "Added b@2!", "Updated a@4!", "Deleted b@5!"]);
  const { store } = scene.reflection;
  expect(store.by("app", "x")).toEqual([]);
  expect(store.by("app", "y").map(({ metadata }) => metadata.name)).toEqual(["a"]);
  expect(() => store.by("other", "y")).toThrow("no such index");
});

test("stopping ends the stream and tells who waits", async () => {
  const closed = Promise.withResolvers<void>();
  const scene = await play([
    (response, query) => {
      response.once("close", () => closed.resolve());
      stream(event("ADDED", object("a", "1")))(response, query);
    },
  ]);
  await expect.poll(() => scene.events.length).toBe(1);
  scene.reflection.stop();
  await expect(scene.reflection.synced).rejects.toThrow("stopped before its first list");
  expect(scene.reflection.state.name).toBe("Stopped");
  await closed.promise;
});

test("a handler that throws does not stop the rest", async () => {
  const clock = fakeClock();
  const server = await startServer((request, response) => {
    if (!serveDiscovery(request, response)) stream(initial)(response, new URLSearchParams());
  });
  const kube = connect(server.config, { clock });
  const seen: string[] = [];
  const reflection = reflect(kube, configMap, { clock }, ({ object: { metadata } }) => {
    seen.push(metadata.name);
    throw new Error("no");
  });
  await reflection.synced;
  expect(seen).toEqual(["a", "b"]);
  reflection.stop();
  kube.close();
});
