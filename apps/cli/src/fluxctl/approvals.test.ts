import { releaseKind, type Approval, type Release } from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import type { ObjectRef } from "@eddy/core/object";
import { reflect } from "@eddy/kube";
import { castVote as vote } from "@eddy/runtime/approval";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kindRefOf } from "../cluster/objects.ts";
import { deploymentText, startReleaseBed, type ReleaseBed } from "../testing/release-bed.ts";

let bed: ReleaseBed;
beforeAll(async () => {
  bed = await startReleaseBed();
  for (const tag of ["1.0.0", "1.1.0", "2.0.0"]) bed.pushImage("org/web", tag);
});
afterAll(() => bed.stop());

const image = (tag: string): string => `${bed.registry.host}/org/web:${tag}`;
const text = (tag: string, annotations: Record<string, string> = {}): string =>
  deploymentText("web", { web: image(tag) }, annotations);
const refOf = (namespace: string, name: string): ObjectRef => ({ group: "eddy.sh", kind: "Release", namespace, name });
const votes = { "eddy.sh/approvals": "1" };

async function submit(
  { namespace, name }: { namespace: string; name: string },
  spec: Release["spec"],
  annotations: Record<string, string> = {},
): Promise<void> {
  const metadata = { name, namespace, annotations };
  await bed.kube.create({ apiVersion: "eddy.sh/v1alpha1", kind: "Release", metadata, spec: { ...spec } });
}

/** Resolves when it waits for votes on an Approval that is none of these, with that one. */
async function asked(namespace: string, name: string, besides: readonly string[] = []): Promise<Approval> {
  const waiting = await bed.until<Release>(refOf(namespace, name), ({ status }) => {
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    return ready?.reason === "ApprovalRequired" && !besides.some((old) => ready.message.includes(old));
  });
  const message = waiting.status?.conditions?.find(({ type }) => type === "Ready")?.message ?? "";
  expect(waiting.status?.phase).toBe("AwaitingApproval");
  return approvalNamed(namespace, /approval\/([a-z0-9-]+)/.exec(message)?.[1] ?? "");
}

const approvalNamed = (namespace: string, name: string): Promise<Approval> =>
  bed.kube.get<Approval>({ group: "eddy.sh", kind: "Approval", namespace, name });

async function say(verb: "approve" | "reject", { metadata }: Approval): Promise<void> {
  const { code, stderr } = await bed.run(`${verb} ${metadata.name} -n ${metadata.namespace ?? ""}`);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

async function ended(namespace: string, name: string): Promise<NonNullable<Release["status"]>> {
  const isOver = ({ status }: Release): boolean => status?.phase === "Succeeded" || status?.phase === "Failed";
  return (await bed.until<Release>(refOf(namespace, name), isOver)).status ?? {};
}

describe("a command that follows a release", () => {
  it("says once what it waits for, and how to vote", async () => {
    await bed.enter("told", { "web.yaml": text("1.0.0", { "eddy.sh/approvals": "2" }) });
    const command = bed.run(`release --workload=told:deployment/web --update-image=${image("1.1.0")} -n told`);
    const [made] = await listed("told");
    const approval = await asked("told", made?.metadata.name ?? "");
    for (const voter of ["jane", "joe"]) await castVote(approval, voter);
    const { code, stderr } = await command;
    const line = `Waiting for votes: 0 of 2 votes, until ${approval.spec.deadline}; vote with \`eddy approve ${approval.metadata.name} -n told\`\n`;
    expect([code, stderr]).toEqual([0, expect.stringContaining(`Submitting release ...\n${line}Commit pushed:`)]);
    expect(stderr.split("Waiting for votes")).toHaveLength(2);
  });

  /** Resolves with the namespace's Releases once there is one. */
  async function listed(namespace: string): Promise<readonly Release[]> {
    const found = Promise.withResolvers<readonly Release[]>();
    const reflection = reflect<Release>(bed.kube, kindRefOf(releaseKind), { namespace }, ({ object }) =>
      found.resolve([object]),
    );
    return found.promise.finally(() => reflection.stop());
  }

  async function castVote({ metadata }: Approval, voter: string): Promise<void> {
    const key = { namespace: metadata.namespace ?? "", name: metadata.name };
    const ballot = { voter, groups: ["system:masters"], choice: "approve" as const, via: "test" };
    await vote(key, ballot, { kube: bed.kube, clock: systemClock });
  }
});

describe("a release that needs votes", () => {
  it("asks when it is annotated, commits once it has them, and people's time is not its own", async () => {
    await bed.enter("own", { "web.yaml": text("1.0.0") });
    const before = await bed.head("own");
    await submit({ namespace: "own", name: "next" }, { all: true, image: image("1.1.0") }, votes);
    const approval = await asked("own", "next");
    expect(approval.spec).toMatchObject({
      subject: { apiVersion: "eddy.sh/v1alpha1", kind: "Release", name: "next" },
      from: `own:deployment/web web=${image("1.0.0")}`,
      to: `own:deployment/web web=${image("1.1.0")}`,
      votesRequired: 1,
    });
    const longAgo = { status: { startTime: "2020-01-01T00:00:00Z" } };
    await bed.kube.patch(refOf("own", "next"), "merge", longAgo, { subresource: "status" });
    await bed.until<Release>(refOf("own", "next"), ({ status }) => status?.startTime === longAgo.status.startTime);
    expect((await bed.head("own")).sha).toBe(before.sha);
    await say("approve", approval);
    const { phase, result, startTime } = await ended("own", "next");
    expect([phase, result]).toEqual(["Succeeded", expect.stringMatching(/^changed 1 workload by main@/)]);
    expect(startTime).not.toBe(longAgo.status.startTime);
    expect(await bed.file("own", "web.yaml")).toBe(text("1.1.0"));
    expect((await approvalNamed("own", approval.metadata.name)).status?.phase).toBe("Done");
  });

  it("asks when a workload is annotated, and ends when somebody says no; a lock waits for nobody", async () => {
    await bed.enter("theirs", { "web.yaml": text("1.0.0", votes) });
    const before = await bed.head("theirs");
    await submit({ namespace: "theirs", name: "next" }, { all: true, image: image("1.1.0") });
    const approval = await asked("theirs", "next");
    await say("reject", approval);
    const { phase, result } = await ended("theirs", "next");
    expect([phase, result]).toEqual([
      "Failed",
      expect.stringContaining(`approval/${approval.metadata.name}: rejected by`),
    ]);
    expect((await bed.head("theirs")).sha).toBe(before.sha);
    const locked = await bed.release("theirs", { all: true, policies: { set: { locked: "true" } } });
    expect(locked.status?.phase).toBe("Succeeded");
  });

  it("needs new votes when the tag has moved while people voted", async () => {
    await bed.enter("moved", { "web.yaml": text("1.0.0", votes) });
    await submit({ namespace: "moved", name: "next" }, { all: true, image: image("2.0.0") });
    const first = await asked("moved", "next");
    bed.pushImage("org/web", "2.0.0", "2022-02-02T02:02:02Z");
    await say("approve", first);
    const second = await asked("moved", "next", [first.metadata.name]);
    expect(second.spec.digest).not.toBe(first.spec.digest);
    expect((await approvalNamed("moved", first.metadata.name)).status?.phase).toBe("Superseded");
    await say("approve", second);
    expect((await ended("moved", "next")).phase).toBe("Succeeded");
    expect(await bed.file("moved", "web.yaml")).toBe(text("2.0.0", votes));
  });

  it("is asked for by automation once: what people refuse, it does not ask for again", async () => {
    await bed.enter("auto", {
      "web.yaml": text("1.0.0", { ...votes, "fluxcd.io/automated": "true", "fluxcd.io/tag.web": "semver:~1" }),
    });
    const list = async (): Promise<Release[]> =>
      (await bed.kube.list<Release>(refOf("auto", ""), { namespace: "auto" })).items;
    await bed.automate("auto");
    const [made] = await list();
    const name = made?.metadata.name ?? "";
    await say("reject", await asked("auto", name));
    await ended("auto", name);
    const completionTime = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+/, "");
    await bed.kube.patch(refOf("auto", name), "merge", { status: { completionTime } }, { subresource: "status" });
    await bed.automate("auto");
    expect((await list()).map(({ metadata }) => metadata.uid)).toEqual([made?.metadata.uid]);
  });

  it("plans without them when only a plan is asked for; an annotation that is no number, or not for it, stops it", async () => {
    await bed.enter("plan", { "web.yaml": text("1.0.0", votes) });
    const planned = await bed.release("plan", { all: true, image: image("1.1.0"), dryRun: true });
    expect(planned.status?.result).toBe("would change 1 workload");
    await submit(
      { namespace: "plan", name: "odd" },
      { all: true, image: image("1.1.0") },
      { "eddy.sh/approvals": "two" },
    );
    const { phase, result } = await ended("plan", "odd");
    expect([phase, result]).toEqual(["Failed", 'plan failed: eddy.sh/approvals is "two": want a number up to 100']);
    await submit(
      { namespace: "plan", name: "reviewed" },
      { all: true, image: image("1.1.0") },
      { "eddy.sh/pull-requests": "grouped" },
    );
    expect((await ended("plan", "reviewed")).result).toMatch(
      /^plan failed: eddy\.sh\/pull-requests is for ImageUpdateAutomations: /,
    );
    await submit({ namespace: "plan", name: "later" }, { all: true, image: image("1.1.0") });
    await asked("plan", "later");
    const annotations = { "eddy.sh/approvals": "two", "reconcile.fluxcd.io/requestedAt": "now" };
    await bed.kube.patch(refOf("plan", "later"), "merge", { metadata: { annotations } });
    expect((await ended("plan", "later")).result).toBe('eddy.sh/approvals is "two": want a number up to 100');
  });
});
