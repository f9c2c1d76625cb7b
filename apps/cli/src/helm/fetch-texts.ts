import { EddyError } from "@eddy/core/errors";
import { createHttpClient, type HttpClient } from "@eddy/http";
import type { CommandContext } from "../command/context.ts";

/** What of a command fetching needs. */
export type FetchTextContext = Pick<CommandContext, "clock" | "flags" | "signal">;

/** As large as values may be; a release with more of them fits into no Secret. */
const maxBytes = 5 * 1024 * 1024;

/** Whether Helm fetches it; what has another scheme is the name of a file to it. */
export function isRemote(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/**
 * The texts behind URLs, one after the other.
 * @throws EddyError VALUES_UNREACHABLE (terminal) in Helm's words; what HTTP throws.
 */
export async function fetchTexts(
  urls: readonly string[],
  { clock, flags, signal }: FetchTextContext,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  if (urls.length === 0) return texts;
  const client = createHttpClient({ clock, ...(flags.insecureSkipTlsVerify ? { insecureSkipVerify: true } : {}) });
  try {
    for (const url of new Set(urls)) texts.set(url, await fetchText(client, url, { signal, timeoutMs: flags.timeout }));
  } finally {
    client.close();
  }
  return texts;
}

async function fetchText(
  client: HttpClient,
  url: string,
  call: { signal: AbortSignal; timeoutMs: number },
): Promise<string> {
  const response = await client.request(url, { ...call, maxBytes });
  if (response.status === 200) return Buffer.from(await response.bytes()).toString("utf8");
  response.discard();
  const { origin, pathname } = new URL(url);
  throw new EddyError("VALUES_UNREACHABLE", `failed to fetch ${origin}${pathname} : ${response.status}`, {
    class: "terminal",
  });
}
