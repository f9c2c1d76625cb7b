import type { KubeClient } from "@eddy/kube";

/** A client that counts what it changes, and can be made to fail. */
export interface Tap {
  kube: KubeClient;
  /** Requests that changed something or asked by dry-run, as `verb Kind name`, in order. */
  readonly writes: string[];
  /** Requests that read, in the same form. */
  readonly reads: string[];
  /** Every write from now on that this accepts fails; undefined: none does. */
  refuse(which: ((write: string) => Error | undefined) | undefined): void;
  /** The next `count` writes get through; those after it, and everything else, never end, as if the process were killed. */
  killAfter(count: number): void;
  /** Resolves when the process is killed: it wanted to write once more. */
  untilCut(): Promise<void>;
  /** Whether the process is killed, or will be at its next write too many. */
  isCut(): boolean;
  revive(): void;
}

/** A tap on a client. */
export function createTap(client: KubeClient): Tap {
  const writes: string[] = [];
  const reads: string[] = [];
  let left = Number.POSITIVE_INFINITY;
  let cut = Promise.withResolvers<void>();
  let refusal: ((write: string) => Error | undefined) | undefined;
  const pass = <R>(isWrite: boolean, what: string, send: () => Promise<R>): Promise<R> => {
    const error = isWrite ? refusal?.(what) : undefined;
    if (error) return Promise.reject(error);
    if (isWrite) left--;
    if (left < 0) {
      cut.resolve();
      return new Promise<R>(() => undefined);
    }
    (isWrite ? writes : reads).push(what);
    return send();
  };
  const tapped = (kube: KubeClient): KubeClient => {
    const write = <R>(
      verb: string,
      { kind, name }: { kind: string; name: string },
      send: () => Promise<R>,
    ): Promise<R> => pass(true, `${verb} ${kind} ${name}`, send);
    const named = (object: { kind: string; metadata: { name: string } }): { kind: string; name: string } => ({
      kind: object.kind,
      name: object.metadata.name,
    });
    return {
      server: kube.server,
      get: (key, options) => pass(false, `get ${key.kind} ${key.name}`, () => kube.get(key, options)),
      list: (kind, options) => pass(false, `list ${kind.kind}`, () => kube.list(kind, options)),
      create: (object, options) => write("create", named(object), () => kube.create(object, options)),
      replace: (object, options) => write("replace", named(object), () => kube.replace(object, options)),
      apply: (object, options) =>
        write(options.dryRun ? "dry-run" : "apply", named(object), () => kube.apply(object, options)),
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
    reads,
    refuse: (which) => void (refusal = which),
    killAfter(count) {
      left = count;
      cut = Promise.withResolvers();
    },
    untilCut: () => cut.promise,
    isCut: () => Number.isFinite(left),
    revive: () => void (left = Number.POSITIVE_INFINITY),
  };
}
