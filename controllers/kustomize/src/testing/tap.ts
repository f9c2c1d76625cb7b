import type { KubeClient } from "@eddy/kube";

/** A client that tells what is written through it, and can be cut. */
export interface Tap {
  kube: KubeClient;
  /** `verb Kind name`, in order; dry-runs too. */
  writes: string[];
  /** The next `count` writes fail with this error. */
  failNext(count: number, error: Error): void;
  /** After this many more writes nothing reaches the server, and nothing is answered. */
  killAfter(count: number): void;
  /** Resolves when the first write was swallowed. */
  killed(): Promise<void>;
  /** Whether a request was swallowed. */
  isCut(): boolean;
  /** Lets everything through again. */
  revive(): void;
}

/** A tap on a client. */
export function createTap(client: KubeClient): Tap {
  const writes: string[] = [];
  let left = Number.POSITIVE_INFINITY;
  let failing: { count: number; error: Error } | undefined;
  let dead = Promise.withResolvers<void>();
  const pass = <R>(isWrite: boolean, send: () => Promise<R>): Promise<R> => {
    if (isWrite && failing && failing.count-- > 0) return Promise.reject(failing.error);
    if (isWrite) left--;
    if (left >= 0) return send();
    dead.resolve();
    return new Promise<R>(() => undefined);
  };
  const tapped = (kube: KubeClient): KubeClient => {
    const write = <R>(
      verb: string,
      { kind, name = "" }: { kind: string; name?: string },
      send: () => Promise<R>,
    ): Promise<R> =>
      pass(verb !== "dry-run", () => {
        writes.push(`${verb} ${kind} ${name}`);
        return send();
      });
    const nameOf = (object: { kind: string; metadata: { name: string } }): { kind: string; name: string } => ({
      kind: object.kind,
      name: object.metadata.name,
    });
    return {
      server: kube.server,
      get: (key, options) => pass(false, () => kube.get(key, options)),
      list: (kind, options) => pass(false, () => kube.list(kind, options)),
      create: (object, options) => write("create", nameOf(object), () => kube.create(object, options)),
      replace: (object, options) => write("replace", nameOf(object), () => kube.replace(object, options)),
      apply: (object, options) =>
        write(options.dryRun ? "dry-run" : "apply", nameOf(object), () => kube.apply(object, options)),
      patch: (key, type, body, options) =>
        write(options?.subresource ?? "patch", key, () => kube.patch(key, type, body, options)),
      delete: (key, options) => write("delete", key, () => kube.delete(key, options)),
      watch: (kind, options) => kube.watch(kind, options),
      resourceFor: (kind, options) => kube.resourceFor(kind, options),
      resources: () => kube.resources(),
      version: () => kube.version(),
      raw: (method, path, options) => kube.raw(method, path, options),
      impersonate: (whom) => tapped(kube.impersonate(whom)),
      close: () => kube.close(),
    };
  };
  return {
    kube: tapped(client),
    writes,
    failNext: (count, error) => void (failing = { count, error }),
    killAfter(count) {
      left = count;
      dead = Promise.withResolvers<void>();
    },
    killed: () => dead.promise,
    isCut: () => left < 0,
    revive() {
      left = Number.POSITIVE_INFINITY;
    },
  };
}
