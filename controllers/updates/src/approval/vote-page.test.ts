import type { Approval } from "@eddy/api";
import { describe, expect, it } from "vitest";
import { confirmPage, resultPage } from "./vote-page.ts";

const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;

const approval: Approval = {
  apiVersion: "eddy.sh/v1alpha1",
  kind: "Approval",
  metadata: { name: "web", namespace: hostile },
  spec: {
    subject: { apiVersion: "apps/v1", kind: hostile, name: hostile },
    from: hostile,
    to: hostile,
    digest: hostile,
    votesRequired: 1,
    deadline: hostile,
  },
};
const link = { namespace: "a", name: "web", uid: "u", choice: "approve", voter: hostile, expiresMs: 0 } as const;

describe("pages for votes", () => {
  it.each([
    ["what is voted on", confirmPage(approval, link, hostile)],
    ["what became of it", resultPage(hostile, hostile)],
  ])("show markup in names, images and messages as text: %s", (_, page) => {
    expect(page).not.toContain("<script");
    expect(page).not.toContain("<img");
    expect(page).toContain("&quot;&gt;&lt;script&gt;");
    // Nothing of it ends the attribute that it stands in.
    expect(page.match(/value="[^"]*"/g) ?? []).toHaveLength(page.includes("<form") ? 1 : 0);
  });
});
