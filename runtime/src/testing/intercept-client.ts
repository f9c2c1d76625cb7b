import type { KubeClient } from "@eddy/kube";

/** One request of a client: what it does to what. */
export interface InterceptedRequest {
  /** `get`, `list`, `create`, `replace`, `apply`, `dry-run`, `patch`, a subresource, or `delete`. */
  readonly verb: string;
  readonly kind: string;
  /** Absent for a list. */
  readonly name?: string;
}

/** Decides what becomes of a request: it is sent, refused, or never answered. */
export type Intercept = <R>(request: InterceptedRequest, send: () => Promise<R>) => Promise<R>;

/** A client of which every request but watches and questions about the server itself goes through `intercept`, whoever it speaks for. */
export function interceptClient(client: KubeClient, intercept: Intercept): KubeClient {
  const named = ({ kind, metadata }: { kind: string; metadata: { name: string } }): { kind: string; name: string } => ({
    kind,
    name: metadata.name,
  });
  const keyed = ({ kind, name = "" }: { kind: string; name?: string }): { kind: string; name: string } => ({
    kind,
    name,
  });
  const wrap = (kube: KubeClient): KubeClient => ({
    server: kube.server,
    get: (key, options) => intercept({ verb: "get", ...keyed(key) }, () => kube.get(key, options)),
    list: (kind, options) => intercept({ verb: "list", kind: kind.kind }, () => kube.list(kind, options)),
    create: (object, options) => intercept({ verb: "create", ...named(object) }, () => kube.create(object, options)),
    replace: (object, options) => intercept({ verb: "replace", ...named(object) }, () => kube.replace(object, options)),
    apply: (object, options) =>
      intercept({ verb: options.dryRun ? "dry-run" : "apply", ...named(object) }, () => kube.apply(object, options)),
    patch: (key, type, body, options) =>
      intercept({ verb: options?.subresource ?? "patch", ...keyed(key) }, () => kube.patch(key, type, body, options)),
    delete: (key, options) => intercept({ verb: "delete", ...keyed(key) }, () => kube.delete(key, options)),
    watch: (kind, options) => kube.watch(kind, options),
    resourceFor: (kind, options) => kube.resourceFor(kind, options),
    resources: () => kube.resources(),
    version: () => kube.version(),
    raw: (method, path, options) => kube.raw(method, path, options),
    impersonate: (whom) => wrap(kube.impersonate(whom)),
    close: () => kube.close(),
  });
  return wrap(client);
}
