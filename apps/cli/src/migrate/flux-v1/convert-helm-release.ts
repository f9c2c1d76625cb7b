import type { JsonObject } from "@eddy/core/json";
import { isObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";

/** What became of a HelmRelease of the Helm operator. */
export interface ConvertedHelmRelease {
  /** The HelmRelease, and the source that its chart is from, which comes first. */
  readonly objects: readonly KubeObject[];
  /** What has no counterpart, and what to do about it. */
  readonly warnings: readonly string[];
}

const interval = "5m0s";

/** Whether this is a HelmRelease of the Helm operator. */
export function isOperatorRelease({ apiVersion, kind }: Pick<KubeObject, "apiVersion" | "kind">): boolean {
  return (
    (apiVersion === "helm.fluxcd.io/v1" && kind === "HelmRelease") ||
    (apiVersion === "flux.weave.works/v1beta1" && kind === "HelmRelease")
  );
}

/**
 * A `helm.fluxcd.io/v1` HelmRelease as a v2 one: chart to source, valuesFrom, rollback to remediation, test to test; the release keeps its
 * name and place, so that it is upgraded and not installed a second time. Pure. Source: spec/flux1-keel-flagger.md 1H.1.
 */
export function convertHelmRelease(old: KubeObject): ConvertedHelmRelease {
  const spec = objectAt(old, "spec");
  const warnings: string[] = [];
  const namespace = old.metadata.namespace ?? "default";
  const target = textAt(spec, "targetNamespace");
  const { source, chart } = chartOf(old, spec, warnings);
  if (textAt(spec, "helmVersion") === "v2")
    warnings.push("spec.helmVersion is v2: move the release to Helm 3 first, with the plugin helm-2to3");
  const made = present({
    interval,
    chart: chart && { spec: chart },
    releaseName: textAt(spec, "releaseName") ?? releaseNameOf(old.metadata.name, namespace, target),
    targetNamespace: target,
    storageNamespace: target === undefined || target === namespace ? undefined : target,
    maxHistory: numberAt(spec, "maxHistory") ?? 10,
    timeout: secondsAt(spec, "timeout") ?? interval,
    install: installOf(spec),
    upgrade: upgradeOf(spec),
    rollback: rollbackOf(spec),
    test: testOf(spec),
    valuesFrom: valuesFromOf(spec, namespace, warnings),
    values: spec["values"],
  });
  const { status: _, ...rest } = old;
  const release = { ...rest, apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", spec: made };
  return { objects: [...(source ? [source] : []), release], warnings };
}

/** As the Helm operator names what has no name. */
function releaseNameOf(name: string, namespace: string, target: string | undefined): string {
  return target === undefined || target === namespace ? `${namespace}-${name}` : `${namespace}-${target}-${name}`;
}

function chartOf(
  { metadata }: KubeObject,
  spec: JsonObject,
  warnings: string[],
): { source: KubeObject | undefined; chart: JsonObject | undefined } {
  const chart = objectAt(spec, "chart");
  const namespace = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
  const files = chartFiles(spec);
  const valuesFiles = files.length === 0 ? {} : { valuesFiles: files };
  const git = textAt(chart, "git");
  if (git !== undefined) {
    const secret = textAt(objectAt(chart, "secretRef"), "name");
    const url = gitUrl(git);
    if (secret !== undefined)
      warnings.push(
        `Secret ${JSON.stringify(secret)}: GitRepositories want \`identity\` and \`known_hosts\`, or \`username\` and \`password\``,
      );
    const name = `${metadata.name}-chart`;
    const sourceSpec = present({
      interval,
      url,
      ref: { branch: textAt(chart, "ref") ?? "master" },
      secretRef: secret === undefined ? undefined : { name: secret },
    });
    const source = {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: { name, ...namespace },
      spec: sourceSpec,
    };
    const path = `./${(textAt(chart, "path") ?? "").replace(/^\.?\/+/, "")}`;
    return {
      source,
      chart: { chart: path, sourceRef: { kind: "GitRepository", name }, reconcileStrategy: "Revision", ...valuesFiles },
    };
  }
  const repository = textAt(chart, "repository");
  if (repository === undefined) {
    warnings.push("spec.chart names neither a Git repository nor a chart repository");
    return { source: undefined, chart: undefined };
  }
  if (chart["chartPullSecret"] !== undefined)
    warnings.push(
      "spec.chart.chartPullSecret never had an effect: put the login into a Secret, and spec.secretRef of the HelmRepository",
    );
  const name = repositoryName(repository);
  const isOci = repository.startsWith("oci://");
  const source = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "HelmRepository",
    metadata: { name, ...namespace },
    spec: present({ type: isOci ? "oci" : undefined, interval, url: repository }),
  };
  const own = present({
    chart: textAt(chart, "name"),
    version: textAt(chart, "version"),
    sourceRef: { kind: "HelmRepository", name },
  });
  return { source, chart: { ...own, ...valuesFiles } };
}

/** `git@host:path` is written as a URL. */
function gitUrl(url: string): string {
  const [, user, host, path] = /^([^@/:]+)@([^:/]+):(.*)$/.exec(url) ?? [];
  return host === undefined ? url : `ssh://${user ?? "git"}@${host}/${(path ?? "").replace(/^\/+/, "")}`;
}

function repositoryName(url: string): string {
  const plain = url
    .replace(/^[a-z+]+:\/\//, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return plain.slice(0, 50).replaceAll(/^-+|-+$/g, "") || "charts";
}

function chartFiles(spec: JsonObject): string[] {
  return listAt(spec, "valuesFrom").flatMap((one) => textAt(objectAt(one, "chartFileRef"), "path") ?? []);
}

/** The operator waited only where it was told to, or had to. */
function waits(spec: JsonObject): boolean {
  return (
    spec["wait"] === true || objectAt(spec, "rollback")["enable"] === true || objectAt(spec, "test")["enable"] === true
  );
}

function common(spec: JsonObject): JsonObject {
  return present({
    disableWait: waits(spec) ? undefined : true,
    disableOpenAPIValidation: spec["disableOpenAPIValidation"] === true ? true : undefined,
    crds: spec["skipCRDs"] === true ? "Skip" : undefined,
  });
}

/** A failed install was undone and tried again, without end. */
function installOf(spec: JsonObject): JsonObject {
  return { ...common(spec), remediation: { retries: -1 } };
}

function upgradeOf(spec: JsonObject): JsonObject {
  const rollback = objectAt(spec, "rollback");
  const isEnabled = rollback["enable"] === true;
  const most = numberAt(rollback, "maxRetries") ?? 5;
  const retries = rollback["retry"] === true ? (most === 0 ? -1 : most) : 0;
  return present({
    ...common(spec),
    force: spec["forceUpgrade"] === true ? true : undefined,
    preserveValues: spec["resetValues"] === false ? true : undefined,
    remediation: isEnabled ? { retries, remediateLastFailure: true, strategy: "rollback" } : undefined,
  });
}

function rollbackOf(spec: JsonObject): JsonObject | undefined {
  const rollback = objectAt(spec, "rollback");
  if (rollback["enable"] !== true) return undefined;
  return present({
    timeout: secondsAt(rollback, "timeout"),
    disableWait: rollback["wait"] === true ? undefined : true,
    disableHooks: rollback["disableHooks"] === true ? true : undefined,
    recreate: rollback["recreate"] === true ? true : undefined,
    force: rollback["force"] === true ? true : undefined,
  });
}

function testOf(spec: JsonObject): JsonObject | undefined {
  const test = objectAt(spec, "test");
  if (test["enable"] !== true) return undefined;
  return present({
    enable: true,
    ignoreFailures: test["ignoreFailures"] === true ? true : undefined,
    timeout: secondsAt(test, "timeout"),
  });
}

function valuesFromOf(spec: JsonObject, namespace: string, warnings: string[]): JsonObject[] | undefined {
  const secrets = listAt(spec, "valueFileSecrets").flatMap((one) => textAt(one, "name") ?? []);
  const from = [
    ...secrets.map((name): JsonObject => ({ kind: "Secret", name })),
    ...listAt(spec, "valuesFrom").flatMap((one) => reference(one, namespace, warnings)),
  ];
  return from.length === 0 ? undefined : from;
}

function reference(one: JsonObject, namespace: string, warnings: string[]): JsonObject[] {
  const external = textAt(objectAt(one, "externalSourceRef"), "url");
  if (external !== undefined) {
    warnings.push(`values of ${external} are not fetched: put them into a ConfigMap, and name that in spec.valuesFrom`);
    return [];
  }
  for (const [key, kind] of [
    ["configMapKeyRef", "ConfigMap"],
    ["secretKeyRef", "Secret"],
  ] as const) {
    const ref = objectAt(one, key);
    const name = textAt(ref, "name");
    if (name === undefined) continue;
    const own = textAt(ref, "namespace");
    if (own !== undefined && own !== namespace)
      warnings.push(`${kind} ${own}/${name} is in another namespace: copy it to ${namespace}`);
    return [
      present({ kind, name, valuesKey: textAt(ref, "key"), optional: ref["optional"] === true ? true : undefined }),
    ];
  }
  return [];
}

function present(fields: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}

function objectAt(value: Readonly<Record<string, unknown>>, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? (found as JsonObject) : {};
}

function listAt(value: JsonObject, key: string): JsonObject[] {
  const found = value[key];
  return Array.isArray(found) ? found.filter((one): one is JsonObject => isObject(one)) : [];
}

function textAt(value: JsonObject, key: string): string | undefined {
  const found = value[key];
  return typeof found === "string" && found !== "" ? found : undefined;
}

function numberAt(value: JsonObject, key: string): number | undefined {
  const found = value[key];
  return typeof found === "number" ? found : undefined;
}

function secondsAt(value: JsonObject, key: string): string | undefined {
  const seconds = numberAt(value, key);
  return seconds === undefined ? undefined : `${seconds}s`;
}
