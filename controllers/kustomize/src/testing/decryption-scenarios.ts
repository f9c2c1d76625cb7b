import assert from "node:assert/strict";
import type { KubeObject } from "@eddy/core/object";
import { createAgeKeys, encryptFile, formatOfPath, type CreationRule, type EncryptionRules } from "@eddy/sops";
import { configMap, deployment, eventsOf, messageOf, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

// A key pair of no other use.
const identity = "AGE-SECRET-KEY-1VKAN0PYRPS98QF3HMJVP24PTQPGW7YZ5N7ZAGV6N79N6TQ6M20USFX4828";
const otherIdentity = "AGE-SECRET-KEY-1KA4AE76UJ9DDS3AYE9V9HCAYFDYX749HQP6PESSR888VYLE96AGS34X6JC";
const recipient = "age1fwrgd8f823cc7wmt9ddd3znkvnhx759rew9pddhq3k82ku8wpyjskh72kf";

async function encrypt(path: string, text: string, rules: EncryptionRules = {}): Promise<string> {
  const rule: CreationRule = {
    keyGroups: [[{ type: "age", recipient, enc: "" }]],
    shamirThreshold: 0,
    rules,
    macOnlyEncrypted: false,
  };
  const options = { rule, services: { age: createAgeKeys([]) }, now: new Date("2026-01-02T03:04:05Z") };
  return Buffer.from(await encryptFile(Buffer.from(text), formatOfPath(path), options)).toString();
}

const onlyData: EncryptionRules = { encryptedRegex: "^(data|stringData)$" };
const password = "correct horse battery staple";

function secret(world: World, name: string, value: string, annotations = ""): string {
  const extra = annotations === "" ? "" : `\n  annotations: { ${annotations} }`;
  return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\n  namespace: ${world.namespace}${extra}\nstringData:\n  password: ${value}\n`;
}

async function createKeys(world: World, name: string, key = identity): Promise<void> {
  const data = { "app.agekey": Buffer.from(`# a key\n${key}\n`).toString("base64") };
  await world.kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: world.namespace }, data });
}

const decryption = { provider: "sops", secretRef: { name: "sops-keys" } } as const;

function dataOf(object: KubeObject | undefined): Record<string, string> {
  const data = (object?.["data"] ?? {}) as Record<string, string>;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

async function pushTwoSecrets(world: World): Promise<string> {
  const both = [
    await encrypt("a.yaml", secret(world, "first", password), onlyData),
    configMap(world, "plain", "1"),
    await encrypt("a.yaml", secret(world, "second", `${password} too`), onlyData),
  ];
  const kustomization = `resources: [all.yaml]
generatorOptions: { disableNameSuffixHash: true }
secretGenerator:
- { name: env, namespace: ${world.namespace}, envs: [app.env] }
- { name: files, namespace: ${world.namespace}, files: [token, config.json] }
patches:
- path: patch.yaml
`;
  return await world.push({
    "all.yaml": both.join("---\n"),
    "app.env": await encrypt("app.env", "USER=admin\nTOKEN=abcdef-012345\n"),
    token: await encrypt("token", "a token\nof two lines"),
    "config.json": await encrypt("config.json", '{"key": "in json"}'),
    "patch.yaml": await encrypt("patch.yaml", secret(world, "second", "patched in secret"), onlyData),
    "kustomization.yaml": kustomization,
  });
}

/** What is encrypted in Git, and what becomes of it. */
export const decryptionScenarios: readonly Scenario[] = [
  {
    name: "whole objects, generators' files and patches are decrypted, and nothing else sees them",
    async run(world) {
      await createKeys(world, "sops-keys");
      const revision = await pushTwoSecrets(world);
      await world.create("app", { decryption });
      await world.ready("app", revision);
      assert.deepEqual(dataOf(await world.get("Secret", "first")), { password });
      assert.deepEqual(dataOf(await world.get("Secret", "second")), { password: "patched in secret" });
      assert.deepEqual(dataOf(await world.get("Secret", "env")), { USER: "admin", TOKEN: "abcdef-012345" });
      assert.deepEqual(dataOf(await world.get("Secret", "files")), {
        token: "a token\nof two lines",
        "config.json": '{\n\t"key": "in json"\n}\n',
      });
      const first = await world.get("Secret", "first");
      assert.equal(first?.["sops"], undefined);
    },
  },
  {
    name: "a Secret's value that is an encrypted document itself is decrypted in place",
    async run(world) {
      await createKeys(world, "sops-keys");
      const inner = Buffer.from(await encrypt("inner.yaml", "user: admin\n")).toString("base64");
      const revision = await world.push({
        "a.yaml": `apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: ${world.namespace} }\ndata: { inner.yaml: ${inner} }\n`,
      });
      await world.create("app", { decryption });
      await world.ready("app", revision);
      assert.deepEqual(dataOf(await world.get("Secret", "a")), { "inner.yaml": "user: admin\n" });
    },
  },
  {
    name: "JSON in a file of YAML is decrypted before anything is added to it",
    async run(world) {
      await createKeys(world, "sops-keys");
      const object = (name: string): string => {
        const metadata = { name, namespace: world.namespace };
        return JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata, stringData: { password } });
      };
      const revision = await world.push({
        "a.yaml": await encrypt("a.json", object("first"), onlyData),
        "b.yaml": [configMap(world, "plain", "1"), await encrypt("a.json", object("second"), onlyData)].join("---\n"),
        "kustomization.yaml": "resources: [a.yaml, b.yaml]\ncommonLabels: { app: web }\n",
      });
      await world.create("app", { decryption });
      await world.ready("app", revision);
      for (const name of ["first", "second"]) assert.deepEqual(dataOf(await world.get("Secret", name)), { password });
      assert.equal((await world.get("Secret", "first"))?.metadata.labels?.["app"], "web");
    },
  },
  {
    name: "what was changed without the key is refused, and nothing of it is written",
    async run(world) {
      await createKeys(world, "sops-keys");
      const text = await encrypt("a.yaml", secret(world, "first", password), onlyData);
      await world.push({ "a.yaml": text.replace("name: first", "name: moved") });
      await world.create("app", { decryption });
      const object = await world.failed("app", "BuildFailed");
      assert.equal(
        messageOf(object),
        "failed to decrypt 'a.yaml': MAC mismatch: the values are not those that were encrypted",
      );
      assert.equal(await world.get("Secret", "moved"), undefined);
    },
  },
  {
    name: "a key that does not fit is named, and the right one is picked up when it comes",
    async run(world) {
      await createKeys(world, "sops-keys", otherIdentity);
      const revision = await world.push({
        "a.yaml": await encrypt("a.yaml", secret(world, "first", password), onlyData),
      });
      await world.create("app", { decryption, retryInterval: "1h" });
      const object = await world.failed("app", "BuildFailed");
      assert.match(
        messageOf(object),
        new RegExp(`^failed to decrypt 'a\\.yaml': cannot get sops data key: .*${recipient}`),
      );
      const ref = { group: "", version: "v1", kind: "Secret", namespace: world.namespace, name: "sops-keys" };
      const data = { "app.agekey": Buffer.from(identity).toString("base64") };
      await world.kube.patch(ref, "merge", { data });
      await world.ready("app", revision);
      assert.deepEqual(dataOf(await world.get("Secret", "first")), { password });
    },
  },
  {
    name: "a Secret with keys that is not there, or holds none, is named",
    async run(world) {
      await world.push({ "a.yaml": await encrypt("a.yaml", secret(world, "first", password), onlyData) });
      await world.create("app", { decryption, retryInterval: "1h" });
      const missing = await world.failed("app", "BuildFailed");
      assert.equal(
        messageOf(missing),
        `cannot get sops decryption Secret '${world.namespace}/sops-keys': secrets "sops-keys" not found`,
      );
      await createKeys(world, "sops-keys", "no key at all");
      const bad = await world.until("app", (object) => messageOf(object).startsWith("failed to import"));
      assert.match(messageOf(bad), /read age identities: line 2 is no age identity$/);
    },
  },
  {
    name: "an encrypted Secret without decryption, and one that has opted out, are not taken for plain ones",
    async run(world) {
      const optOut = 'kustomize.toolkit.fluxcd.io/decrypt: "disabled"';
      await createKeys(world, "sops-keys");
      await world.push({ "a.yaml": await encrypt("a.yaml", secret(world, "first", password), onlyData) });
      await world.create("app", { retryInterval: "1h" });
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(object), /first is SOPS encrypted, configuring decryption is required/);
      const sealed = await encrypt("a.yaml", secret(world, "first", password, optOut), onlyData);
      await world.push({ "a.yaml": sealed });
      await world.change("app", { decryption });
      const kept = await world.until("app", (each) => !messageOf(each).includes("configuring decryption"));
      assert.ok(!messageOf(kept).includes(password));
    },
  },
  {
    name: "a decrypted value is masked wherever the server quotes it",
    async run(world) {
      await createKeys(world, "sops-keys");
      const text = deployment(world, "a").replace("replicas: 1", "replicas: -7654321");
      await world.push({ "a.yaml": await encrypt("a.yaml", text, { encryptedRegex: "^replicas$" }) });
      await world.create("app", { decryption, retryInterval: "1h" });
      const failed = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(failed), /replicas: Invalid value: \*\*\*\*\*/);
      assert.ok(!JSON.stringify([failed, await eventsOf(world, "app")]).includes("7654321"));
    },
  },
];
