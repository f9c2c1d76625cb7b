import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { globalFlagSpecs } from "../command/global-flags.ts";
import { readFlags } from "../command/read-flags.ts";
import { loadClusterConfig } from "./load-cluster-config.ts";

const kubeconfig = `apiVersion: v1
kind: Config
current-context: one
contexts:
- {name: one, context: {cluster: east, user: ann, namespace: team}}
- {name: two, context: {cluster: west, user: bob}}
clusters:
- {name: east, cluster: {server: "https://east:6443"}}
- {name: west, cluster: {server: "https://west:6443"}}
users:
- {name: ann, user: {token: ann-token}}
- {name: bob, user: {username: bob, password: secret}}
`;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "eddy-config-"));
  writeFileSync(join(dir, "config"), kubeconfig);
});
afterAll(() => rmSync(dir, { recursive: true }));

function load(
  texts: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = { KUBECONFIG: join(dir, "config") },
) {
  return loadClusterConfig(readFlags(globalFlagSpecs, texts), env);
}

describe("the connection that flags choose", () => {
  test.each([
    {
      texts: {},
      want: {
        context: "one",
        namespace: "team",
        cluster: { server: "https://east:6443" },
        user: { token: "ann-token" },
      },
    },
    {
      texts: { context: "two" },
      want: { namespace: "default", cluster: { server: "https://west:6443" }, user: { username: "bob" } },
    },
    {
      texts: { cluster: "west" },
      want: { namespace: "team", cluster: { server: "https://west:6443" }, user: { token: "ann-token" } },
    },
    { texts: { user: "bob" }, want: { cluster: { server: "https://east:6443" }, user: { username: "bob" } } },
    {
      texts: { server: "https://other/" },
      want: { cluster: { server: "https://other" }, user: { token: "ann-token" } },
    },
    {
      texts: { insecureSkipTlsVerify: "true", tlsServerName: "n" },
      want: { cluster: { insecureSkipTlsVerify: true, tlsServerName: "n" } },
    },
    { texts: { certificateAuthority: "ca.crt" }, want: { cluster: { caFile: resolve("ca.crt") } } },
    {
      texts: { clientCertificate: "c.crt", clientKey: "c.key" },
      want: { user: { clientCertificateFile: resolve("c.crt"), clientKeyFile: resolve("c.key") } },
    },
    {
      texts: { as: "eve", asGroup: "devs,ops", asUid: "7", asUserExtra: "scope=a,scope=b" },
      want: {
        user: {
          token: "ann-token",
          impersonate: { user: "eve", groups: ["devs", "ops"], uid: "7", extra: { scope: ["a", "b"] } },
        },
      },
    },
  ])("$texts", async ({ texts, want }) => {
    expect(await load(texts)).toMatchObject(want);
  });

  test("a token is the whole identity", async () => {
    expect((await load({ context: "two", token: "t" })).user).toEqual({ token: "t" });
  });

  test("--kubeconfig wins over the environment", async () => {
    expect(await load({ kubeconfig: join(dir, "config") }, { KUBECONFIG: "/nowhere" })).toMatchObject({
      context: "one",
    });
  });

  test("with --server no kubeconfig is needed", async () => {
    const config = await load({ server: "https://api:6443", token: "t" }, { KUBECONFIG: join(dir, "missing") });
    expect(config).toMatchObject({ cluster: { server: "https://api:6443" }, user: { token: "t" } });
  });

  test.each([
    { texts: { context: "three" }, want: 'find context "three"' },
    { texts: { cluster: "north" }, want: 'find cluster "north"' },
    { texts: { asGroup: "devs" }, want: "--as-group, --as-uid and --as-user-extra need --as" },
    { texts: { as: "eve", asUserExtra: "x" }, want: '--as-user-extra takes key=value, not "x"' },
    { texts: { kubeconfig: "/nowhere/config" }, want: 'read the kubeconfig "/nowhere/config"' },
  ])("$texts is refused", async ({ texts, want }) => {
    await expect(load(texts)).rejects.toThrow(want);
  });
});
