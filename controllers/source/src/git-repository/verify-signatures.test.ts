import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gitRepositoryKind, type GitRepository } from "@eddy/api";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { conditionsOf, isStalled, settled, startSourceBed, type SourceBed } from "../testing/source-bed.ts";

const run = promisify(execFile);
let bed: SourceBed<GitRepository>;
let git: GitServer;
let namespace: string;
/** Path of a private key; the public one stands beside it. */
const keys = { own: "", stranger: "" };

beforeAll(async () => {
  bed = await startSourceBed<GitRepository>(gitRepositoryKind);
  git = await startGitServer({ dir: join(bed.folder, "git") });
  for (const name of ["own", "stranger"] as const) {
    keys[name] = join(bed.folder, name);
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", keys[name]]);
  }
});
afterAll(async () => {
  await bed.stop();
  await git.stop();
});
beforeEach(async () => {
  namespace = await bed.enterNamespace();
});

/** A clone beside the served repository, whose commits and tags are signed with a key. */
async function signedClone(path: string): Promise<(key: string | undefined, ...words: string[]) => Promise<string>> {
  const folder = join(bed.folder, `${namespace}-clone`);
  await run("git", ["clone", "-q", path, folder]);
  return async (key, ...words) => {
    const identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "gpg.format=ssh"];
    const signing =
      key === undefined ? [] : ["-c", `user.signingkey=${key}`, "-c", "commit.gpgsign=true", "-c", "tag.gpgsign=true"];
    return (await run("git", ["-C", folder, ...identity, ...signing, ...words], { encoding: "utf8" })).stdout.trim();
  };
}

async function createKeys(name: string): Promise<void> {
  const data = { "team.sshpub": Buffer.from(readFileSync(`${keys.own}.pub`)).toString("base64") };
  await bed.kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, data });
}

const conditionOf = (object: GitRepository, type: string): string | undefined =>
  conditionsOf(object).find((text) => text.startsWith(`${type}=`));

describe("spec.verify", () => {
  it("takes signed commits and tags, and leaves the artifact where it was for others", async () => {
    const { url, path } = await git.createRepository(`${namespace}-a`, { "a.yaml": "a: 1\n" });
    const clone = await signedClone(path);
    await clone(keys.own, "commit", "-q", "--allow-empty", "-m", "signed");
    await clone(keys.own, "tag", "-m", "one", "v1.0.0");
    await clone(undefined, "push", "-q", "--tags", "origin", "HEAD:main");
    const [sha, tag] = [await clone(undefined, "rev-parse", "HEAD"), await clone(undefined, "rev-parse", "v1.0.0")];
    const [, fingerprint = ""] = (await run("ssh-keygen", ["-l", "-f", keys.own])).stdout.split(" ");
    await createKeys("keys");

    const verify = { mode: "TagAndHEAD", secretRef: { name: "keys" } } as const;
    await bed.create("app", { interval: "1h", url, ref: { semver: "1.x" }, verify });
    const verified = await bed.untilObject("app", settled("True"));
    expect(conditionOf(verified, "SourceVerified")).toBe(
      `SourceVerified=True/Succeeded: verified signature of\n\t- tag 'v1.0.0@sha1:${tag}' with key '${fingerprint}'\n\t- commit '${sha}' with key '${fingerprint}'`,
    );
    expect(verified.status?.sourceVerificationMode).toBe("TagAndHEAD");

    await clone(keys.stranger, "commit", "-q", "--allow-empty", "-m", "of a stranger");
    await clone(keys.own, "tag", "-m", "two", "v1.1.0");
    await clone(undefined, "push", "-q", "--tags", "origin", "HEAD:main");
    const other = await clone(undefined, "rev-parse", "HEAD");
    const refused = await bed.request("app");
    expect(conditionOf(refused, "Ready")).toMatch(
      new RegExp(
        `^Ready=False/InvalidCommitSignature: signature verification of commit '${other}' failed: the key SHA256:`,
      ),
    );
    expect(conditionOf(refused, "SourceVerified")).toMatch(/^SourceVerified=False\/InvalidCommitSignature/);
    expect(refused.status?.artifact?.revision).toBe(verified.status?.artifact?.revision);

    await clone(undefined, "tag", "-a", "-m", "three", "v1.2.0", "v1.0.0^{}");
    await clone(undefined, "push", "-q", "--tags", "origin");
    const unsigned = await bed.request("app");
    expect(conditionOf(unsigned, "Ready")).toMatch(
      /^Ready=False\/InvalidGitObject: cannot verify signature of tag 'v1.2.0@sha1:[0-9a-f]{40}' since it is not signed/,
    );
  });

  it("verifies the stored commit too once it is asked for, and forgets when it is not any more", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, { "a.yaml": "a: 1\n" });
    await bed.create("app", { interval: "1h", url, ref: { branch: "main" } });
    await bed.untilObject("app", settled("True"));
    await createKeys("keys");
    await bed.kube.patch(bed.ref("app"), "merge", { spec: { verify: { secretRef: { name: "keys" } } } });
    const refused = await bed.untilObject("app", (object) => conditionOf(object, "SourceVerified") !== undefined);
    expect(conditionOf(refused, "Ready")).toMatch(/^Ready=False\/InvalidCommitSignature: .* failed: it is not signed$/);
    await bed.kube.patch(bed.ref("app"), "merge", { spec: { verify: null } });
    const plain = await bed.untilObject("app", settled("True"));
    expect(conditionOf(plain, "SourceVerified")).toBeUndefined();
  });

  it("stalls where a tag cannot be verified, and names a Secret that is not there", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, { "a.yaml": "a: 1\n" });
    const verify = { mode: "Tag", secretRef: { name: "keys" } } as const;
    await bed.create("app", { interval: "1h", url, ref: { branch: "main" }, verify });
    const missing = await bed.untilObject("app", (object) => conditionOf(object, "SourceVerified") !== undefined);
    expect(conditionOf(missing, "Ready")).toMatch(
      /^Ready=False\/VerificationError: public keys secret error: .*not found/,
    );
    await createKeys("keys");
    const stalled = await bed.untilObject("app", isStalled);
    expect(conditionOf(stalled, "Ready")).toBe(
      "Ready=False/InvalidVerificationMode: cannot verify tag object's signature if a tag reference is not specified",
    );
  });
});
