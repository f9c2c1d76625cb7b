import { equal, match, notEqual } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "@eddy/core/object";
import { reflect, type KubeClient, type KindRef } from "@eddy/kube";
import { run, runEddy } from "./eddy-command.ts";

/** Where the scenario plays: a cluster with Eddy at work, following the sample repository as `flux-system`. */
export interface SyncWorld {
  client: KubeClient;
  /** File. */
  kubeconfig: string;
  repositoryUrl: string;
  /** An empty folder to clone into. */
  dir: string;
  /** Nobody tells Eddy of a push: the scenario asks for a reconcile, as a person would. */
  asks: boolean;
}

/** One thing a person does and sees. */
export interface ScenarioStep {
  name: string;
  run(world: SyncWorld): Promise<void>;
}

const timeoutMs = 60_000;
const configMaps: KindRef = { group: "", kind: "ConfigMap", version: "v1" };
const kustomizations: KindRef = { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization" };
const helmReleases: KindRef = { group: "helm.toolkit.fluxcd.io", kind: "HelmRelease" };
const applied = ["flux-system", "harbour", "infrastructure", "production", "releases", "staging"];

/** The README's first minute: the sample becomes ready, an edit is pushed and applied, a force push rolls it back. */
export const syncScenario: readonly ScenarioStep[] = [
  {
    name: "every Kustomization of the sample becomes Ready",
    async run(world) {
      await until(world.client, kustomizations, "the sample is ready", (objects) =>
        applied.every((name) => objects.some((object) => object.metadata.name === name && isReady(object))),
      );
      equal(await greeting(world.client, "staging"), "<h1>Hello from Eddy</h1>\n");
    },
  },
  {
    name: "the charts of the sample are released, one from a chart repository and one from a registry",
    async run(world) {
      await until(world.client, helmReleases, "both are released", (objects) => objects.filter(isReady).length === 2);
    },
  },
  {
    name: "get kustomizations lists them in upstream's columns",
    async run(world) {
      const listed = await runEddy(["get", "kustomizations", "--kubeconfig", world.kubeconfig]);
      equal(listed.code, 0, listed.stderr);
      const rows = listed.stdout.trimEnd().split("\n");
      match(rows[0] ?? "", /^NAME\s+REVISION\s+SUSPENDED\s+READY\s+MESSAGE\s*$/);
      const names = rows.slice(1).map((row) => row.split(/\s+/)[0] ?? "");
      equal(names.toSorted().join(), applied.join());
      for (const row of rows.slice(1))
        match(row, /main@sha1:[0-9a-f]{8}\s+False\s+True\s+Applied revision: main@sha1:[0-9a-f]{8}/);
    },
  },
  {
    name: "an edit that is pushed is applied, and what it replaced is pruned",
    async run(world) {
      const clone = join(world.dir, "sample");
      await git(world.dir, "clone", "--quiet", world.repositoryUrl, clone);
      const page = join(clone, "apps/web/base/index.html");
      writeFileSync(page, readFileSync(page, "utf8").replace("Hello", "Welcome"));
      const before = await contentNames(world.client, "staging");
      await git(clone, "commit", "--quiet", "-am", "Greet differently");
      await git(clone, "push", "--quiet");
      await ask(world);
      await untilGreeting(world.client, "Welcome", before);
      notEqual((await contentNames(world.client, "staging")).join(), before.join());
    },
  },
  {
    name: "reconcile --with-source finds nothing to do and says which revision is applied",
    async run(world) {
      const words = ["reconcile", "kustomization", "staging", "--with-source", "--kubeconfig", world.kubeconfig];
      const reconciled = await runEddy(words);
      equal(reconciled.code, 0, reconciled.stderr);
      const head = (await git(join(world.dir, "sample"), "rev-parse", "HEAD")).trim();
      match(reconciled.stderr, /► annotating GitRepository flux-system in flux-system namespace/);
      match(reconciled.stderr, new RegExp(`✔ applied revision main@sha1:${head}`));
    },
  },
  {
    name: "a branch that is moved back by a force push rolls the cluster back",
    async run(world) {
      const clone = join(world.dir, "sample");
      const before = await contentNames(world.client, "staging");
      await git(clone, "reset", "--quiet", "--hard", "HEAD~1");
      await git(clone, "push", "--quiet", "--force");
      await ask(world);
      await untilGreeting(world.client, "Hello", before);
      const head = (await git(clone, "rev-parse", "HEAD")).trim();
      await until(world.client, kustomizations, "all have the old revision again", (objects) =>
        objects.every((object) => isReady(object) && revisionOf(object) === `main@sha1:${head}`),
      );
    },
  },
  {
    name: "an object edited by hand is put back",
    async run(world) {
      const [name = ""] = await contentNames(world.client, "staging");
      const key = { ...configMaps, namespace: "staging", name };
      await world.client.patch(
        key,
        "merge",
        { data: { "index.html": "edited by hand" } },
        { fieldManager: "kubectl-edit" },
      );
      await until(world.client, configMaps, "the page is put back", (objects) =>
        objects.some(
          (object) =>
            isContent(object) && object.metadata.namespace === "staging" && pageOf(object)?.includes("Hello") === true,
        ),
      );
    },
  },
];

async function ask(world: SyncWorld): Promise<void> {
  if (!world.asks) return;
  const asked = await runEddy(["reconcile", "source", "git", "flux-system", "--kubeconfig", world.kubeconfig]);
  equal(asked.code, 0, asked.stderr);
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  const result = await run("git", args, { cwd });
  equal(result.code, 0, `git ${args.join(" ")}: ${result.stderr}`);
  return result.stdout;
}

/** Both environments show the word, and none of the ConfigMaps that stood before is left in staging. */
function untilGreeting(client: KubeClient, word: string, gone: readonly string[]): Promise<void> {
  return until(client, configMaps, `the page says ${word}`, (objects) => {
    const content = objects.filter(isContent);
    const says = (namespace: string): boolean =>
      content.some((object) => object.metadata.namespace === namespace && pageOf(object)?.includes(word) === true);
    const replaced = content.every(
      (object) => object.metadata.namespace !== "staging" || !gone.includes(object.metadata.name),
    );
    return says("staging") && says("production") && replaced;
  });
}

async function greeting(client: KubeClient, namespace: string): Promise<string | undefined> {
  const { items } = await client.list(configMaps, { namespace });
  return pageOf(items.find(isContent));
}

async function contentNames(client: KubeClient, namespace: string): Promise<string[]> {
  const { items } = await client.list(configMaps, { namespace });
  return items
    .filter(isContent)
    .map((object) => object.metadata.name)
    .toSorted();
}

function isContent(object: KubeObject): boolean {
  return object.metadata.name.startsWith("web-content-");
}

function pageOf(object: KubeObject | undefined): string | undefined {
  return (object?.["data"] as Record<string, string> | undefined)?.["index.html"];
}

function isReady(object: KubeObject): boolean {
  const status = object["status"] as { conditions?: { type: string; status: string }[] } | undefined;
  return status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false;
}

function revisionOf(object: KubeObject): string | undefined {
  return (object["status"] as { lastAppliedRevision?: string } | undefined)?.lastAppliedRevision;
}

/** Resolves once `test` holds for all objects of the kind, as the watch shows them; rejects after a minute. */
/** Resolves once the objects of a kind pass the test; rejects when they do not in time. */
export function until(
  client: KubeClient,
  kind: KindRef,
  what: string,
  test: (objects: readonly KubeObject[]) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      reflection.stop();
      if (error) reject(error);
      else resolve();
    };
    const look = (): void => {
      if (reflection.isSynced && test([...reflection.store.values()])) finish();
    };
    const timer = setTimeout(() => finish(new Error(`not within ${timeoutMs} ms: ${what}`)), timeoutMs);
    const reflection = reflect<KubeObject>(client, kind, {}, () => look());
    reflection.synced.then(look, () => undefined);
  });
}
