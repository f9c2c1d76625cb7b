import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { KubeConfig, UserConfig } from "./kube-config.ts";
import { loadInClusterConfig } from "./load-in-cluster-config.ts";
import { loadKubeconfig } from "./load-kubeconfig.ts";
import { parseKubeconfig } from "./parse-kubeconfig.ts";
import { mergeKubeconfigs, resolveContext } from "./resolve-context.ts";
import { restrictKubeConfig } from "./restrict-kube-config.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const minimal = (user: string, cluster = ""): string => `
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: k, user: u}}]
clusters: [{name: k, cluster: {server: "https://example.org:6443/"${cluster}}}]
users: [{name: u, user: ${user}}]
`;
const resolve = (text: string): KubeConfig =>
  resolveContext(parseKubeconfig(text, { file: "f", directory: "/home/me/.kube" }));

const exec = {
  apiVersion: "client.authentication.k8s.io/v1",
  args: ["get-token"],
  env: [{ name: "A", value: "b" }],
  provideClusterInfo: true,
  interactiveMode: "Never" as const,
};
const users: [name: string, text: string, want: UserConfig][] = [
  ["token", "{token: abc}", { token: "abc" }],
  ["token file", "{tokenFile: ../token}", { tokenFile: "/home/me/token" }],
  ["basic", "{username: me, password: pw}", { username: "me", password: "pw" }],
  [
    "inline certificate",
    `{client-certificate-data: ${base64("CERT")}, client-key-data: ${base64("KEY")}}`,
    { clientCertificateData: "CERT", clientKeyData: "KEY" },
  ],
  [
    "certificate files",
    "{client-certificate: /etc/c.crt, client-key: c.key}",
    { clientCertificateFile: "/etc/c.crt", clientKeyFile: "/home/me/.kube/c.key" },
  ],
  [
    "impersonation",
    "{as: alice, as-uid: '7', as-groups: [devs], as-user-extra: {scopes: [a]}}",
    { impersonate: { user: "alice", uid: "7", groups: ["devs"], extra: { scopes: ["a"] } } },
  ],
  [
    "exec by path",
    `{exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/plugin, args: [get-token], env: [{name: A, value: b}], provideClusterInfo: true, interactiveMode: Never}}`,
    { exec: { ...exec, command: "/home/me/.kube/bin/plugin" } },
  ],
  [
    "exec by name",
    `{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: plugin, installHint: get it}}`,
    {
      exec: {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: "plugin",
        args: [],
        env: [],
        provideClusterInfo: false,
        interactiveMode: "IfAvailable",
        installHint: "get it",
      },
    },
  ],
  ["nothing", "{}", {}],
];
test.for(users)("a user with %s", ([, text, want]) => expect(resolve(minimal(text)).user).toEqual(want));

test("a cluster with everything", () => {
  const cluster = `, certificate-authority: ca.crt, certificate-authority-data: ${base64("CA")}, insecure-skip-tls-verify: true, tls-server-name: k8s, proxy-url: "http://p:1", extensions: [{name: client.authentication.k8s.io/exec, extension: {a: 1}}]`;
  expect(resolve(minimal("{}", cluster)).cluster).toEqual({
    server: "https://example.org:6443",
    caData: "CA",
    caFile: "/home/me/.kube/ca.crt",
    insecureSkipTlsVerify: true,
    tlsServerName: "k8s",
    proxyUrl: "http://p:1",
    execExtension: { a: 1 },
  });
});

const wrong: [name: string, text: string, message: string][] = [
  ["another kind", "kind: Secret", `kind is "Secret", want "Config"`],
  ["a list", "[]", "want a mapping"],
  ["what is not YAML", "a: b\ntoken: *secret", "it is not YAML"],
  ["a name that comes twice", "users: [{name: a}, {name: a}]", `name "a" comes twice`],
  ["a cluster without a name", "clusters: [{cluster: {}}]", "want a mapping with a name"],
  ["a token that is a number", minimal("{token: 1}"), "want text, not number"],
  ["data that is not base64", minimal("{client-key-data: '***'}"), "read client-key-data: want base64"],
  ["a removed auth provider", minimal("{auth-provider: {name: gcp}}"), "auth-provider plugins were removed"],
  [
    "an unknown interactive mode",
    minimal("{exec: {command: a, interactiveMode: Maybe}}"),
    `interactiveMode is "Maybe"`,
  ],
  ["no context", "kind: Config", "no current-context is set, known are none"],
  ["an unknown context", "current-context: x\ncontexts: [{name: a, context: {}}]", `find context "x": known are "a"`],
  [
    "a context without its cluster",
    "current-context: a\ncontexts: [{name: a, context: {cluster: k}}]",
    `find cluster "k" of context "a"`,
  ],
  [
    "a context without its user",
    "current-context: a\ncontexts: [{name: a, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {server: a}}]",
    `find user "u" of context "a"`,
  ],
];
test.for(wrong)("%s is refused", ([, text, message]) => expect(() => resolve(text)).toThrow(message));

test("what is wrong with a kubeconfig is said without its secrets", () => {
  for (const text of ["users: [{name: a, user: {token: *hunter2}}]", "token: 'hunter2", "hunter2: {"]) {
    expect(() => parseKubeconfig(text)).toThrow(/^read the kubeconfig: it is not YAML(?: \(line \d+\))?$/);
  }
});

test("of several files the first that names a thing wins", () => {
  const first = parseKubeconfig(`current-context: a\nusers: [{name: u, user: {token: first}}]`);
  const second = parseKubeconfig(
    `current-context: b\nusers: [{name: u, user: {token: second}}, {name: v, user: {token: v}}]`,
  );
  const merged = mergeKubeconfigs([parseKubeconfig(""), first, second]);
  expect(merged.currentContext).toBe("a");
  expect([...merged.users].map(([name, { token }]) => `${name}=${token}`).sort()).toEqual(["u=first", "v=v"]);
});

describe("loadKubeconfig", () => {
  const folder = (): string => {
    const home = mkdtempSync(join(tmpdir(), "eddy-kubeconfig-"));
    onTestFinished(() => rmSync(home, { recursive: true }));
    mkdirSync(join(home, ".kube"));
    return home;
  };
  const write = (path: string, token: string): void => writeFileSync(path, minimal(`{token: ${token}}`));
  test("a path goes before KUBECONFIG, that before the home directory, that before the pod", async () => {
    const home = folder();
    const env = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" };
    await expect(loadKubeconfig({ home, env })).rejects.toMatchObject({ code: "NOT_IN_CLUSTER" });
    await expect(loadKubeconfig({ home, env: {} })).rejects.toMatchObject({
      code: "KUBECONFIG_NOT_FOUND",
      class: "terminal",
    });
    write(join(home, ".kube/config"), "home");
    expect((await loadKubeconfig({ home, env })).user.token).toBe("home");
    write(join(home, "listed"), "listed");
    const listed = { ...env, KUBECONFIG: `${join(home, "missing")}:${join(home, "listed")}` };
    expect((await loadKubeconfig({ home, env: listed })).user.token).toBe("listed");
    write(join(home, "explicit"), "explicit");
    expect((await loadKubeconfig({ path: join(home, "explicit"), env: listed })).user.token).toBe("explicit");
    await expect(loadKubeconfig({ path: join(home, "missing"), env: listed })).rejects.toMatchObject({
      code: "KUBECONFIG_NOT_FOUND",
    });
  });
  test("a pod's service account", async () => {
    const directory = folder();
    for (const [name, text] of Object.entries({ token: "t\n", namespace: "apps", "ca.crt": "CA" }))
      writeFileSync(join(directory, name), text);
    expect(
      await loadInClusterConfig({
        directory,
        env: { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" },
      }),
    ).toEqual({
      context: "in-cluster",
      namespace: "apps",
      cluster: { server: "https://[fd00::1]:443", caFile: join(directory, "ca.crt") },
      user: { tokenFile: join(directory, "token") },
    });
  });
});

describe("restrictKubeConfig", () => {
  const risky: KubeConfig = {
    context: "c",
    namespace: "default",
    cluster: { server: "https://x", caFile: "/ca", insecureSkipTlsVerify: true },
    user: { token: "t", tokenFile: "/t", clientKeyFile: "/k", exec: { ...exec, command: "sh" } },
  };
  test("strips what is not allowed and leaves the rest", () => {
    expect(restrictKubeConfig(risky, { exec: "strip", insecureTls: "strip", files: "strip" })).toEqual({
      context: "c",
      namespace: "default",
      cluster: { server: "https://x" },
      user: { token: "t" },
    });
    expect(restrictKubeConfig(risky, {})).toEqual(risky);
  });
  test.for([
    ["exec", "exec credential plugins"],
    ["insecureTls", "insecure-skip-tls-verify"],
    ["files", "paths of files"],
  ] as const)("refuses %s", ([field, what]) => {
    expect(() => restrictKubeConfig(risky, { [field]: "refuse" })).toThrow(`${what} are not allowed`);
  });
});
