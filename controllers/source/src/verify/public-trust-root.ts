import type { Clock } from "@eddy/core/clock";
import { createHttpClient, expectSuccess } from "@eddy/http";
import type { TufState } from "@eddy/signature";

/** The trust root of sigstore's public instance: `trusted_root.json`. */
export interface PublicTrustRoot {
  /** @throws EddyError TRUST_ROOT_UNAVAILABLE (retry); a failure is kept for a minute, so that not every object asks again. */
  get(): Promise<string>;
}

/** Options of {@link createPublicTrustRoot}. */
export interface PublicTrustRootOptions {
  readonly clock: Clock;
  /** Default the public instance's. */
  readonly mirror?: string;
  /** The root that everything begins with. Default the public instance's. */
  readonly root?: string;
}

const publicMirror = "https://tuf-repo-cdn.sigstore.dev";
const freshMs = 24 * 3_600_000;
const retryMs = 60_000;
const timeoutMs = 20_000;

/** Fetched when it is first wanted, and again after a day. Source: source-controller `CosignVerifierFactory`; TUF specification. */
export function createPublicTrustRoot({ clock, mirror = publicMirror, root }: PublicTrustRootOptions): PublicTrustRoot {
  let state: TufState | undefined;
  let known: { readonly at: number; readonly result: Promise<string>; failed: boolean } | undefined;
  const fetchRoot = async (): Promise<string> => {
    const http = createHttpClient({ clock });
    try {
      const { fetchTufTarget, sigstoreRoot } = await import("@eddy/signature");
      state ??= { root: root ?? sigstoreRoot, versions: {} };
      const found = await fetchTufTarget("trusted_root.json", state, {
        now: () => clock.now(),
        async fetch(path, maxBytes) {
          const response = await http.request(`${mirror}/${path}`, { maxBytes, timeoutMs });
          if (response.status === 404 || response.status === 403) return void response.discard();
          return (await expectSuccess(response, `fetch ${path} of the trust root`)).bytes();
        },
      });
      state = found.state;
      return Buffer.from(found.target).toString("utf8");
    } finally {
      http.close();
    }
  };
  return {
    get() {
      const keepMs = known?.failed ? retryMs : freshMs;
      if (known && clock.now() - known.at < keepMs) return known.result;
      const attempt = { at: clock.now(), result: fetchRoot(), failed: false };
      attempt.result.catch(() => {
        attempt.failed = true;
      });
      known = attempt;
      return attempt.result;
    },
  };
}
