import { imageUpdateAutomationKind } from "@eddy/api";
import { load } from "@eddy/goyaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

const full =
  "create image update auto --git-repo-ref=fleet --checkout-branch=main --author-name=flux --author-email=flux@example.org --interval=5m";
const spec = {
  interval: "5m0s",
  sourceRef: { kind: "GitRepository", name: "fleet" },
  git: { checkout: { ref: { branch: "main" } }, commit: { author: { name: "flux", email: "flux@example.org" } } },
};
let bed: CliBed;

beforeAll(async () => {
  bed = await startCliBed();
});
afterAll(() => bed.stop());

describe("create image update", () => {
  test("makes what is asked for, and waits for the first run", async () => {
    const namespace = await bed.namespace("made");
    const time = "2026-01-01T00:00:00Z";
    const condition = { type: "Ready", status: "True", reason: "Succeeded", message: "repository up-to-date" };
    const controller = bed.answer(imageUpdateAutomationKind, namespace, ({ metadata }) => ({
      lastAutomationRunTime: time,
      conditions: [{ ...condition, observedGeneration: metadata.generation ?? 0, lastTransitionTime: time }],
    }));
    const made = await bed.run(namespace, full);
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining(`✔ last run ${time}`)]);
    const ref = { group: "image.toolkit.fluxcd.io", kind: "ImageUpdateAutomation", namespace, name: "auto" };
    expect((await bed.kube.get(ref))["spec"]).toMatchObject(spec);
    const listed = await bed.run(namespace, "get image update");
    expect(listed.stdout).toMatch(/^NAME\s+LAST RUN\s+SUSPENDED\s+READY\s+MESSAGE\s*\n/);
    expect(listed.stdout).toMatch(/^auto\s+2026-01-01T00:00:00Z\s+False\s+True\s+repository up-to-date\s*$/m);
    const asked = await bed.run(namespace, "reconcile image update auto");
    expect([asked.code, asked.stderr]).toEqual([0, expect.stringContaining("✔ repository up-to-date")]);
    controller.stop();
  });

  test.each<[words: string, want: object]>([
    [
      " --push-branch=auto --git-repo-path=./apps",
      { git: { push: { branch: "auto" } }, update: { path: "./apps", strategy: "Setters" } },
    ],
    [" --git-repo-namespace=flux-system", { sourceRef: { namespace: "flux-system" } }],
    [
      " --signing-key-secret=key --signing-key-type=ssh",
      { git: { commit: { signingKey: { secretRef: { name: "key" }, type: "ssh" } } } },
    ],
  ])("%s", async (words, want) => {
    const { stdout } = await bed.run("default", `${full}${words} --export`);
    expect(load(stdout.replace(/^---\n/, ""))).toMatchObject({ spec: want });
  });

  test.each([
    [full.replace("--git-repo-ref=fleet ", ""), "a reference to a GitRepository is required (--git-repo-ref)"],
    [full.replace("--checkout-branch=main ", ""), "the Git repository branch is required (--checkout-branch)"],
    [full.replace("--author-name=flux ", ""), "the author name is required (--author-name)"],
    [full.replace("--author-email=flux@example.org ", ""), "the author email is required (--author-email)"],
    [`${full} --signing-key-type=ssh`, "--signing-key-type requires --signing-key-secret"],
    [`${full} --signing-key-secret=key --signing-key-type=x509`, "--signing-key-type must be one of: gpg, ssh"],
  ])("%s is refused", async (words, why) => {
    const { code, stderr } = await bed.run("default", words);
    expect([code, stderr]).toEqual([1, expect.stringContaining(why)]);
  });
});
