import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { messageOf } from "@eddy/core/errors";
import { delay, systemClock } from "@eddy/core/clock";
import { valueAt, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { startSlackStandIn, type SlackSaying, type SlackStandIn } from "@eddy/inbox";
import type { KubeClient } from "@eddy/kube";
import { castOwnVote } from "@eddy/runtime/approval";
import { watchUntil } from "@eddy/runtime/testing";
import { runEddy } from "../end-to-end/eddy-command.ts";
import { pushImage, startImageWorld, type ImageWorld } from "../image-world.ts";
import type { Report } from "../suite.ts";

const namespace = "default";
const deployment = (name: string): ObjectRef => ({ group: "apps", kind: "Deployment", namespace, name });

/** Runs every step in order; a step that fails keeps no later one from being tried. */
export async function run(report: Report): Promise<void> {
  const world = await startImageWorld();
  if (!world) return report.skip("all steps", "the real control plane is not built: npm run upstream");
  try {
    await play(report, world);
  } finally {
    await world.stop();
  }
}

async function play(report: Report, world: ImageWorld): Promise<void> {
  const steps: readonly (readonly [string, (world: ImageWorld) => Promise<void>])[] = [
    ["the example: policy all, trigger poll, 3.4.5 becomes 4.5.6 and its ReplicaSet goes to 0", example],
    ["a webhook at Keel's path updates what is only pushed to", webhook],
    ["an update waits for the vote of eddy approve, and is made then", approval],
    ["Slack without an address of ours: the bot asks, a button votes, and the workload's channel hears of it", slack],
    ["nobody casts a vote in another's name, takes one out, or says what came of them", forgery],
  ];
  for (const [name, step] of steps) {
    try {
      await step(world);
      report.pass(name);
    } catch (error) {
      report.fail(name, messageOf(error));
    }
  }
}

async function example({ kube, registry }: ImageWorld): Promise<void> {
  const image = (tag: string): string => `${registry.host}/hwchiu/netutils:${tag}`;
  pushImage(registry, "hwchiu/netutils", "3.4.5");
  const labels = { "keel.sh/policy": "all", "keel.sh/trigger": "poll" };
  await deploy(kube, "ithome", image("3.4.5"), { labels, annotations: { "keel.sh/pollSchedule": "@every 1s" } });
  await watchUntil(
    kube,
    systemClock,
    deployment("ithome"),
    (object) => valueAt(object, "status", "readyReplicas") === 3,
  );
  pushImage(registry, "hwchiu/netutils", "4.5.6");
  await untilImage(kube, "ithome", image("4.5.6"));
  await watchUntil(kube, systemClock, deployment("ithome"), (object) => isRolledOut(object));
  const rows = await replicaSets(kube);
  deepEqual(rows.header, ["Name", "Desired", "Current", "Ready", "Age", "Containers", "Images", "Selector"]);
  const seen = rows.cells.map(([, desired, current, ready, , container, shown]) => [
    shown,
    desired,
    current,
    ready,
    container,
  ]);
  deepEqual(
    seen.toSorted(([left], [right]) => (String(left) < String(right) ? -1 : 1)),
    [
      [image("3.4.5"), 0, 0, 0, "netutils"],
      [image("4.5.6"), 3, 3, 3, "netutils"],
    ],
  );
  // Events gather for a second before they are written.
  for (let attempt = 0; attempt < 50 && (await updateEvents(kube)) === 0; attempt++) await delay(systemClock, 100);
  equal(await updateEvents(kube), 1);
}

async function updateEvents(kube: KubeClient): Promise<number> {
  const { items } = await kube.list({ group: "", kind: "Event" }, { namespace });
  return items.filter((event) => valueAt(event, "reason") === "UpdateWritten").length;
}

function isRolledOut(object: KubeObject | undefined): boolean {
  const counts = ["updatedReplicas", "replicas", "readyReplicas"].map((field) => valueAt(object, "status", field));
  return (
    valueAt(object, "status", "observedGeneration") === object?.metadata.generation &&
    counts.every((count) => count === 3)
  );
}

/** What `kubectl get rs -o wide` shows. */
async function replicaSets(kube: KubeClient): Promise<{ header: string[]; cells: unknown[][] }> {
  const headers = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
  const { body } = await kube.raw(
    "GET",
    `/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=app%3Dithome`,
    { headers },
  );
  const table = JSON.parse(body) as { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] };
  return { header: table.columnDefinitions.map(({ name }) => name), cells: table.rows.map(({ cells }) => cells) };
}

async function webhook({ kube, registry, updatesUrl }: ImageWorld): Promise<void> {
  const image = (tag: string): string => `${registry.host}/team/pushed:${tag}`;
  pushImage(registry, "team/pushed", "1.0.0");
  await deploy(kube, "pushed", image("1.0.0"), { labels: { "keel.sh/policy": "minor" } });
  pushImage(registry, "team/pushed", "1.1.0");
  const call = async (tag: string): Promise<number> => {
    const body = JSON.stringify({ name: `${registry.host}/team/pushed`, tag });
    return (await fetch(`${updatesUrl}/v1/webhooks/native`, { method: "POST", body })).status;
  };
  equal(await call("9.9.9"), 200);
  // A workload that has just been made may not be known yet; a registry would call again as little as it does here.
  for (let attempt = 0; attempt < 50 && (await imageOf(kube, "pushed")) !== image("1.1.0"); attempt++) {
    equal(await call("1.1.0"), 200);
    await delay(systemClock, 200);
  }
  equal(await imageOf(kube, "pushed"), image("1.1.0"));
}

async function approval({ kube, registry, kubeconfig }: ImageWorld): Promise<void> {
  const image = (tag: string): string => `${registry.host}/team/voted:${tag}`;
  pushImage(registry, "team/voted", "1.0.0");
  pushImage(registry, "team/voted", "1.1.0");
  const labels = { "keel.sh/policy": "all", "keel.sh/trigger": "poll", "keel.sh/approvals": "1" };
  await deploy(kube, "voted", image("1.0.0"), { labels, annotations: { "keel.sh/pollSchedule": "@every 1s" } });
  for (
    let attempt = 0;
    attempt < 100 && (await kube.list({ group: "eddy.sh", kind: "Approval" }, { namespace })).items.length === 0;
    attempt++
  )
    await delay(systemClock, 100);
  equal(await imageOf(kube, "voted"), image("1.0.0"));
  const listed = await runEddy(["get", "approvals", "--kubeconfig", kubeconfig, "-n", namespace]);
  match(listed.stdout, /deployment\/voted/);
  const voted = await runEddy(["approve", "deployment/voted", "--kubeconfig", kubeconfig, "-n", namespace]);
  equal(voted.code, 0, voted.stderr);
  match(voted.stderr, /approved by /);
  await untilImage(kube, "voted", image("1.1.0"));
}

async function slack({ kube, registry }: ImageWorld): Promise<void> {
  const standIn = await startSlackStandIn("xapp-1-secret");
  try {
    await kube.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "eddy-updates", namespace: "flux-system" },
      stringData: {
        "slack-app-token": "xapp-1-secret",
        "slack-bot-token": "xoxb-2-secret",
        "slack-approvals-channel": "the-votes",
        "slack-api-url": standIn.api,
      },
    } as KubeObject);
    const connection = await soon("Slack is connected to", standIn.connection());
    connection.send({ type: "hello" });
    const image = (tag: string): string => `${registry.host}/team/chatted:${tag}`;
    for (const tag of ["1.0.0", "1.1.0"]) pushImage(registry, "team/chatted", tag);
    const labels = { "keel.sh/policy": "all", "keel.sh/trigger": "poll", "keel.sh/approvals": "1" };
    const annotations = { "keel.sh/pollSchedule": "@every 1s", "keel.sh/notify": "team-a" };
    await deploy(kube, "chatted", image("1.0.0"), { labels, annotations });
    const asked = await saidOf(standIn, ({ body }) => body["channel"] === "the-votes");
    const press = (id: string, user: string): void =>
      connection.send({
        type: "interactive",
        envelope_id: id,
        payload: {
          type: "block_actions",
          user: { id: user },
          actions: [valueAt(asked.body, "blocks", 1, "elements", 0)],
          response_url: standIn.responseUrl,
        },
      });
    press("e1", "U1");
    match(String((await saidOf(standIn, ({ path }) => path === "/answer")).body["text"]), /"slack:U1" may not vote/);
    equal(await imageOf(kube, "chatted"), image("1.0.0"));
    await allowVotes(kube, "chat-voters", "slack:U1");
    press("e2", "U1");
    match(String((await saidOf(standIn, ({ path }) => path === "/answer")).body["text"]), /Approved by slack:U1/);
    await untilImage(kube, "chatted", image("1.1.0"));
    const told = await saidOf(standIn, ({ body }) => body["channel"] === "team-a");
    match(JSON.stringify(told.body), /automated update, version 1\.0\.0 -> 1\.1\.0/);
    for (const id of ["e1", "e2"]) equal(await soon("an envelope is acknowledged", connection.acknowledged()), id);
  } finally {
    await kube.delete({ group: "", kind: "Secret", namespace: "flux-system", name: "eddy-updates" });
    await standIn.stop();
  }
}

/** The next thing that is said and accepted; what else is said is somebody else's. */
async function saidOf(standIn: SlackStandIn, accept: (saying: SlackSaying) => boolean): Promise<SlackSaying> {
  for (;;) {
    const saying = await soon("Slack is told something", standIn.said());
    if (accept(saying)) return saying;
  }
}

function soon<R>(what: string, result: Promise<R>): Promise<R> {
  const late = delay(systemClock, 30_000).then(() => {
    throw new Error(`waited 30 s until ${what}`);
  });
  return Promise.race([result, late]);
}

async function allowVotes(kube: KubeClient, name: string, user: string): Promise<void> {
  const rbac = "rbac.authorization.k8s.io";
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "eddy-approve-flux-system" };
  const subjects = [{ apiGroup: rbac, kind: "User", name: user }];
  await kube.create({
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata: { name, namespace },
    roleRef,
    subjects,
  } as KubeObject);
}

async function forgery({ kube, alice: voter }: ImageWorld): Promise<void> {
  await allowVotes(kube, "voters", "alice");
  const spec = {
    subject: { apiVersion: "apps/v1", kind: "Deployment", name: "x" },
    from: "1",
    to: "2",
    votesRequired: 2,
    deadline: "2999-01-01T00:00:00Z",
  };
  await kube.create({
    apiVersion: "eddy.sh/v1alpha1",
    kind: "Approval",
    metadata: { name: "x", namespace },
    spec,
  } as KubeObject);
  const key = { group: "eddy.sh", kind: "Approval", namespace, name: "x" };
  const ports = { kube: voter, clock: systemClock };
  equal((await castOwnVote(key, "approve", ports)).voter, "alice");
  // Nobody else writes to it from here on.
  const isTold = (object: KubeObject | undefined): boolean =>
    object?.metadata.annotations?.["eddy.sh/told-at"] !== undefined;
  await watchUntil(
    kube,
    systemClock,
    key,
    (object) => valueAt(object, "status", "votesReceived") === 1 && isTold(object),
  );
  const found = await kube.get(key);
  const status = found["status"] as { votes: object[] };
  const write = (next: object): Promise<unknown> =>
    voter.replace({ ...found, status: { ...status, ...next } }, { subresource: "status" });
  const vote = { voter: "somebody", choice: "approve", time: "2026-01-01T00:00:00Z" };
  await rejects(write({ votes: [...status.votes, vote] }), /a vote is cast in one's own name/);
  await rejects(
    write({ votes: [...status.votes, { ...vote, voter: "alice", groups: ["system:masters"] }] }),
    /one's own groups/,
  );
  await rejects(write({ votes: [] }), /votes stay/);
  await rejects(write({ phase: "Approved" }), /what came of the votes is Eddy's to say/);
}

async function deploy(kube: KubeClient, name: string, image: string, metadata: object): Promise<void> {
  const labels = { app: name };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: image.split("/").at(-1)?.split(":")[0] ?? name, image }] },
  };
  const spec = { replicas: 3, selector: { matchLabels: labels }, template };
  await kube.create({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, ...metadata },
    spec,
  } as KubeObject);
}

async function imageOf(kube: KubeClient, name: string): Promise<unknown> {
  return valueAt(await kube.get(deployment(name)), "spec", "template", "spec", "containers", 0, "image");
}

async function untilImage(kube: KubeClient, name: string, image: string): Promise<void> {
  await watchUntil(
    kube,
    systemClock,
    deployment(name),
    (object) => valueAt(object, "spec", "template", "spec", "containers", 0, "image") === image,
  );
}
