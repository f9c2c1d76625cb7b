import type { Clock } from "@eddy/core/clock";
import type { KubeClient } from "@eddy/kube";

const keepMs = 60_000;

/** The client, asking for the server's version once a minute: every render wants it, and it hardly changes. Shared by whoever it impersonates. */
export function withVersionMemory(kube: KubeClient, clock: Clock): KubeClient {
  let known: { version: ReturnType<KubeClient["version"]>; untilMs: number } | undefined;
  const wrap = (client: KubeClient): KubeClient => ({
    ...client,
    version() {
      if (known && clock.now() < known.untilMs) return known.version;
      const version = client.version();
      known = { version, untilMs: clock.now() + keepMs };
      version.catch(() => (known = undefined));
      return version;
    },
    impersonate: (whom) => wrap(client.impersonate(whom)),
  });
  return wrap(kube);
}
