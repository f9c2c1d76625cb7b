import { expect, test } from "vitest";
import { runWords } from "./testing/cli-bed.ts";

test("a flag that does nothing any more is taken, and what is said of it stays out of the YAML", async () => {
  const words = "create kustomization app --source GitRepository/repo --validation client --export".split(" ");
  const { code, stdout, stderr } = await runWords(words);
  expect(stderr).toBe(
    "Flag --validation has been deprecated, this arg is no longer used, all resources are validated using server-side apply dry-run\n",
  );
  expect([code, stdout.split("\n")[0]]).toEqual([0, "---"]);
  expect((await runWords(["create", "kustomization", "--help"])).stdout).not.toContain("--validation");
});

test.each(["bootstrap git --url=x", "uninstall --silent", "plugin list"])(
  "%s is said not to be there",
  async (words) => {
    const { code, stderr } = await runWords(words.split(" "));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^✗ flux's command "\w+" is not in eddy yet\n  [a-z].*\n$/);
  },
);

test("a chart takes the flag of all sources that it has no field for", async () => {
  const words = "create source chart app --source HelmRepository/repo --chart app --fetch-timeout 2m --export";
  expect(await runWords(words.split(" "))).toMatchObject({ code: 0, stderr: "" });
});
