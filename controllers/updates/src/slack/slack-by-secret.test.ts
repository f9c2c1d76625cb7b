import { afterAll, beforeAll, expect, it } from "vitest";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { requestApproval, type ApprovalKey } from "@eddy/runtime/approval";
import type { ControllerHandle } from "@eddy/runtime/controller";
import { createUpdatesController } from "../create-updates-controller.ts";
import { startSlackStandIn, type SlackStandIn } from "@eddy/inbox";
import { startUpdatesBed, type UpdatesBed } from "../testing/updates-bed.ts";

let bed: UpdatesBed;
let slack: SlackStandIn;
let approvals: ControllerHandle;
beforeAll(async () => {
  bed = await startUpdatesBed();
  slack = await startSlackStandIn("xapp-1");
  await bed.enterNamespace();
  await bed.kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "flux-system" } });
  approvals = createUpdatesController({ git: {}, runtimeNamespace: "flux-system" }).startApprovals(bed.environment);
});
afterAll(async () => {
  await approvals.stop();
  await slack.stop();
  await bed.stop();
});

it("is set up by the Secret while all runs: the bot asks for votes, and its buttons cast them", async () => {
  const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
  const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "slack:U1" }];
  await bed.kube.create({
    ...rbac,
    kind: "ClusterRoleBinding",
    metadata: { name: "voters" },
    roleRef,
    subjects,
  } as KubeObject);
  await bed.kube.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "eddy-updates", namespace: "flux-system" },
    stringData: {
      "slack-app-token": "xapp-1",
      "slack-bot-token": "xoxb-1\n",
      "slack-approvals-channel": "the-votes",
      "slack-api-url": `${slack.api}/`,
      "slack-url": "http://127.0.0.1:1/not-beside-the-bot",
    },
  } as KubeObject);
  const connection = await slack.connection();
  const { masker } = bed.environment;
  expect(masker.mask("xapp-1 xoxb-1 in the-votes")).toBe("***** ***** in the-votes");
  const subject = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
  const { approval } = await requestApproval(
    { namespace: bed.namespace, subject, from: "web=app:1", to: "web=app:2", votesRequired: 1, deadlineMs: 3_600_000 },
    bed.environment,
  );
  const asked = await slack.said();
  expect(asked).toMatchObject({
    path: "/api/chat.postMessage",
    token: "Bearer xoxb-1",
    body: { channel: "the-votes" },
  });
  expect(asked.body["text"]).toContain(`\napprove deployment/${bed.namespace}/web:2`);
  const action = valueAt(asked.body, "blocks", 1, "elements", 0);
  connection.send({
    type: "interactive",
    envelope_id: "e1",
    payload: { type: "block_actions", user: { id: "U1" }, actions: [action], response_url: slack.responseUrl },
  });
  expect((await slack.said()).body["text"]).toContain("Approved by slack:U1");
  const key = { group: "eddy.sh", kind: "Approval", ...(approval as ApprovalKey) };
  expect(valueAt(await bed.kube.get(key), "status", "phase")).toBe("Approved");
});
