import { approvalKind, crdOf, type Approval } from "@eddy/api";
import { fakeClock, systemClock, type FakeClock } from "@eddy/core/clock";
import { refOf, type KubeObject } from "@eddy/core/object";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { watchUntil } from "../testing/index.ts";
import { castVote, closeApproval, evaluateApproval, readApproval, requestApproval, type ApprovalKey } from "./index.ts";

let plane: ControlPlane;
let kube: KubeClient;
let clock: FakeClock;
let namespace: string;
let sequence = 0;

beforeAll(async () => {
  plane = await startControlPlane();
  kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const crd = crdOf(approvalKind);
  await kube.apply(crd, { fieldManager: "test", force: true });
  await watchUntil(kube, systemClock, refOf(crd), (object) =>
    JSON.stringify(object?.["status"] ?? "").includes("Established"),
  );
  await kube.create({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "approver" },
    rules: [{ apiGroups: ["eddy.sh"], resources: ["approvals"], verbs: ["approve"] }],
  });
});
afterAll(async () => {
  kube.close();
  await plane.stop();
});
beforeEach(async () => {
  clock = fakeClock();
  namespace = `ns-${sequence++}`;
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await allow("ann", "bob", "slack:U1");
});

async function allow(...users: string[]): Promise<void> {
  const binding: KubeObject = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "approvers", namespace },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "approver" },
    subjects: users.map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "User", name })),
  };
  await kube.apply(binding, { fieldManager: "test", force: true });
}
const ports = (): { kube: KubeClient; clock: FakeClock } => ({ kube, clock });
const change = {
  subject: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
  from: "web=app:1",
  to: "web=app:2",
};
const ask = (over: object = {}): ReturnType<typeof requestApproval> =>
  requestApproval(
    { namespace, ...change, digest: "sha256:a", votesRequired: 2, deadlineMs: 3_600_000, ...over },
    ports(),
  );
const vote = (
  key: ApprovalKey | undefined,
  voter: string,
  choice: "approve" | "reject" = "approve",
): ReturnType<typeof castVote> => castVote(key as ApprovalKey, { voter, choice, via: "cli" }, ports());
const stored = async (key: ApprovalKey | undefined): Promise<Approval> => readApproval(kube, key as ApprovalKey);

describe("requestApproval", () => {
  it("lets pass what needs no vote, and makes no object", async () => {
    expect(await ask({ votesRequired: 0 })).toMatchObject({ isApproved: true, approval: undefined });
    expect((await kube.list({ group: "eddy.sh", kind: "Approval" }, { namespace })).items).toEqual([]);
  });

  it("asks once, counts votes, and lets pass what was approved; nothing is kept in between", async () => {
    const first = await ask();
    expect(first).toMatchObject({
      isApproved: false,
      isNew: true,
      message: "0 of 2 votes, until 2026-01-01T01:00:00Z",
    });
    await vote(first.approval, "ann");
    expect(await ask()).toMatchObject({ isApproved: false, isNew: false });
    await vote(first.approval, "ann");
    expect(await ask()).toMatchObject({ isApproved: false });
    await vote(first.approval, "slack:U1");
    expect(await ask()).toMatchObject({
      isApproved: true,
      message: "approved by ann, slack:U1",
      approval: first.approval,
    });
    await closeApproval(first.approval as ApprovalKey, ports());
    expect((await stored(first.approval)).status).toMatchObject({ phase: "Done", message: "made, with 2 of 2 votes" });
    // Whoever wants the same change once more needs votes once more.
    expect(await ask()).toMatchObject({ isApproved: false, isNew: true, approval: first.approval });
    expect((await stored(first.approval)).status).toMatchObject({ phase: "Pending", votesReceived: 0 });
  });

  it("wants new votes for a newer digest, and takes none for the older one", async () => {
    const first = await ask();
    await vote(first.approval, "ann");
    await vote(first.approval, "bob");
    const second = await ask({ digest: "sha256:b" });
    expect(second).toMatchObject({ isApproved: false, isNew: true });
    expect((await stored(first.approval)).status?.phase).toBe("Superseded");
    await expect(vote(first.approval, "bob", "reject")).rejects.toThrow(
      "takes no votes any more: something newer is to be",
    );
  });

  it("expires: a vote after the deadline is refused, and the change is not made", async () => {
    const { approval } = await ask({ votesRequired: 1 });
    clock.advance(3_600_001);
    await expect(vote(approval, "ann")).rejects.toMatchObject({ code: "VOTE_REFUSED" });
    expect(await ask({ votesRequired: 1 })).toMatchObject({
      isApproved: false,
      message: "expired at 2026-01-01T01:00:00Z, with 0 of 1 vote: delete it to ask again",
    });
  });

  it("does not count a voter who left", async () => {
    const { approval } = await ask();
    await vote(approval, "ann");
    await vote(approval, "bob");
    await allow("ann");
    expect(await ask()).toMatchObject({ isApproved: false });
    expect((await stored(approval)).status).toMatchObject({ phase: "Pending", voters: ["ann"], votesReceived: 1 });
  });

  it("refuses a voter whom RBAC does not let approve", async () => {
    const { approval } = await ask();
    await expect(vote(approval, "eve")).rejects.toThrow('"eve" may not vote on');
    expect((await stored(approval)).status?.votes).toBeUndefined();
  });

  it("loses none of the votes that come at once", async () => {
    const { approval } = await ask({ votesRequired: 3 });
    await Promise.all([vote(approval, "ann"), vote(approval, "bob"), vote(approval, "slack:U1")]);
    expect(await ask({ votesRequired: 3 })).toMatchObject({ isApproved: true });
  });

  it("is not fooled by an Approval of the same name that asks for less, or is about something else", async () => {
    const { approval } = await ask({ votesRequired: 1 });
    await vote(approval, "ann");
    expect(await ask({ votesRequired: 2 })).toMatchObject({
      isApproved: false,
      message: "approved by ann, and by now 2 votes are needed",
    });
    const made = await stored(approval);
    await kube.delete({ group: "eddy.sh", kind: "Approval", ...(approval as ApprovalKey) });
    const { namespace: at, name } = made.metadata;
    await kube.create({
      ...made,
      metadata: { namespace: at, name },
      spec: { ...made.spec, to: "web=app:0" },
    } as KubeObject);
    await vote(approval, "ann");
    expect(await ask({ votesRequired: 1 })).toMatchObject({
      isApproved: false,
      message: "the approval of this name is about another change: delete it",
    });
  });

  it("writes nothing when nothing is new", async () => {
    const { approval } = await ask();
    const before = await stored(approval);
    await evaluateApproval(before, ports());
    expect((await stored(approval)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });
});
