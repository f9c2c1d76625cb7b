import { EddyError } from "@eddy/core/errors";

/** Where to listen; without a host, on every address. */
export interface ListenAddress {
  host: string | undefined;
  port: number;
}

/**
 * Parses `:9090`, `127.0.0.1:0` or `[::1]:8080`, as Go's listeners take it.
 * @throws EddyError INVALID_ADDRESS (terminal).
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new EddyError(
      "INVALID_ADDRESS",
      `parse the address ${JSON.stringify(text)}: want "<host>:<port>" or ":<port>"`,
      { class: "terminal" },
    );
  }
  return { host: (match[1] ?? match[2]) || undefined, port };
}

/** A base URL under which this machine reaches what listens there. */
export function loopbackUrl({ host }: ListenAddress, port: number): string {
  const name = host === undefined || host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
