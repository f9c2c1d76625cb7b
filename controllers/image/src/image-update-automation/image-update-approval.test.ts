import { systemClock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import { castVote } from "@eddy/runtime/approval";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startUpdateBed, type UpdateBed } from "../testing/update-bed.ts";

let bed: UpdateBed;
beforeAll(async () => {
  bed = await startUpdateBed();
});
afterAll(() => bed.stop());

it("a commit waits for the votes that eddy.sh/approvals asks for; another image needs new ones", async () => {
  await bed.enter({ "app.yaml": `image: ghcr.io/org/app:1.0.0 # {"$imagepolicy": "ns-0:app"}\n` });
  await bed.choose("app", { name: "ghcr.io/org/app", tag: "1.0.0" });
  await bed.create("auto", { update: { path: "./", strategy: "Setters" } });
  const ref = {
    group: "image.toolkit.fluxcd.io",
    kind: "ImageUpdateAutomation",
    namespace: bed.namespace,
    name: "auto",
  };
  await bed.until("auto", ({ status }) => findCondition(status?.conditions, "Ready")?.status === "True");
  await bed.kube.patch(ref, "merge", { metadata: { annotations: { "eddy.sh/approvals": "1" } } });
  await bed.choose("app", { name: "ghcr.io/org/app", tag: "1.1.0" });
  const asked = async (image: string): Promise<string> => {
    await bed.until("auto", ({ status }) => findCondition(status?.conditions, "Ready")?.reason === "ApprovalRequired");
    const { items } = await bed.kube.list({ group: "eddy.sh", kind: "Approval" }, { namespace: bed.namespace });
    return items.find(({ spec }) => JSON.stringify(spec).includes(image))?.metadata.name ?? "";
  };
  const first = await asked("1.1.0");
  expect(bed.fileAt("main", "app.yaml")).toContain("1.0.0");
  await bed.choose("app", { name: "ghcr.io/org/app", tag: "1.2.0" });
  await bed.request("auto");
  const second = await asked("1.2.0");
  expect([first, second, first === second]).toEqual([
    expect.stringMatching(/^imageupdateautomation-auto-/),
    expect.stringMatching(/^imageupdateautomation-auto-/),
    false,
  ]);
  const ports = { kube: bed.kube, clock: systemClock };
  const ballot = { voter: "jane", groups: ["system:masters"], choice: "approve" as const, via: "test" };
  await expect(castVote({ namespace: bed.namespace, name: first }, ballot, ports)).rejects.toMatchObject({
    code: "VOTE_REFUSED",
  });
  await castVote({ namespace: bed.namespace, name: second }, ballot, ports);
  await bed.request("auto");
  expect(bed.fileAt("main", "app.yaml")).toContain("1.2.0");
});
