import { approvalKind } from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { reflect } from "@eddy/kube";
import { evaluateApproval, requestApproval } from "@eddy/runtime/approval";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

let bed: CliBed;
let counting: { stop(): void };
beforeAll(async () => {
  bed = await startCliBed();
  // As the controller does it, without the rest of it.
  counting = reflect<KubeObject>(bed.kube, { group: "eddy.sh", kind: "Approval" }, {}, ({ type, object }) => {
    if (type === "Deleted" || !valueAt(object, "status", "votes")) return;
    evaluateApproval(approvalKind.decode(object), { kube: bed.kube, clock: systemClock }).catch(() => undefined);
  });
});
afterAll(async () => {
  counting.stop();
  await bed.stop();
});

async function ask(namespace: string, votesRequired = 1): Promise<string> {
  const change = {
    subject: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    from: "web=app:1",
    to: "web=app:2",
  };
  const { approval } = await requestApproval(
    { namespace, ...change, votesRequired, deadlineMs: 3_600_000 },
    { kube: bed.kube, clock: systemClock },
  );
  return approval?.name ?? "";
}
describe("approve and reject", () => {
  it("vote as who one is, and tell what became of it", async () => {
    const namespace = await bed.namespace("votes");
    const name = await ask(namespace);
    expect((await bed.run(namespace, "get approvals")).stdout).toContain("web=app:1 -> web=app:2");
    const { code, stderr } = await bed.run(namespace, "approve deployment/web");
    expect(stderr).toContain(`approving deployment/${namespace}/web:2`);
    expect(stderr).toMatch(/voted as (\S+)\n.*approved by \1\n/);
    expect(code).toBe(0);
    const approval = await bed.kube.get({ group: "eddy.sh", kind: "Approval", namespace, name });
    expect(valueAt(approval, "status", "votes", 0)).toMatchObject({ choice: "approve", via: "cli" });
    await bed.run(namespace, `reject deployment/${namespace}/web:2`);
    const rejected = await bed.kube.get({ group: "eddy.sh", kind: "Approval", namespace, name });
    expect(valueAt(rejected, "status", "votes", 1)).toMatchObject({ choice: "reject" });
  });

  it("refuse what there is not, and go on with the rest", async () => {
    const namespace = await bed.namespace("missing");
    await ask(namespace);
    const { code, stderr } = await bed.run(namespace, "approve deployment/nobody deployment/web");
    expect(code).toBe(1);
    expect(stderr).toContain('there is no approval "deployment/nobody"');
    expect(stderr).toContain("voted as ");
    expect((await bed.run(namespace, "approve")).code).toBe(1);
  });
});
