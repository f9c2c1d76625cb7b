import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { isMetadataAddress, lookupElsewhere } from "@eddy/http";
import { NatsError } from "./nats-error.ts";

/** Trust and identity, PEM. */
export interface NatsTls {
  caCert?: string;
  identity?: { cert: string; key: string };
  insecureSkipVerify?: boolean;
}

/** Lines of a server, and what is sent to it. */
export interface NatsConnection {
  send(text: string | Uint8Array): void;
  /** The next line without its end. @throws NatsError when the connection ends or fails, or the line is too long */
  line(): Promise<string>;
  /** Goes on under TLS. */
  secure(tls: NatsTls): Promise<void>;
  close(): void;
}

const maxLineBytes = 1024 * 1024;

/** Connects to a host that is no metadata service. @throws NatsError (retry) */
export async function openConnection(host: string, port: number, signal: AbortSignal): Promise<NatsConnection> {
  const plainHost = host.replace(/^\[|\]$/g, "");
  if (isMetadataAddress(plainHost))
    throw new NatsError(`connect ${host}: addresses of metadata services are out of reach`);
  let socket: Socket = connectPlain({ host: plainHost, port, lookup: lookupElsewhere });
  let text = "";
  let failure: Error | undefined;
  let wake = (): void => undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };
  const listen = (): void => {
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.length > maxLineBytes) fail(new NatsError("the server sent more than 1 MiB without a pause"));
      wake();
    });
    socket.on("error", (cause) => fail(new NatsError(`connect ${host}:${port}: ${cause.message}`, { cause })));
    socket.on("close", () => fail(new NatsError(`${host}:${port} ended the connection`)));
  };
  const onAbort = (): void => fail(signal.reason instanceof Error ? signal.reason : new NatsError("aborted"));
  signal.addEventListener("abort", onAbort, { once: true });
  listen();
  return {
    send: (data) => void socket.write(data),
    async line() {
      for (;;) {
        const end = text.indexOf("\r\n");
        if (end >= 0) {
          const line = text.slice(0, end);
          text = text.slice(end + 2);
          return line;
        }
        if (signal.aborted) onAbort();
        if (failure) throw failure;
        await new Promise<void>((resolve) => void (wake = resolve));
      }
    },
    async secure({ caCert, identity, insecureSkipVerify }) {
      socket.removeAllListeners();
      const options: ConnectionOptions = {
        socket,
        // Whom the certificate must name, where that is an address and no name to ask for.
        host: plainHost,
        ...(isIP(plainHost) === 0 ? { servername: plainHost } : {}),
        ...(caCert === undefined ? {} : { ca: caCert }),
        ...(identity === undefined ? {} : identity),
        rejectUnauthorized: insecureSkipVerify !== true,
      };
      const secured = connectTls(options);
      socket = secured;
      listen();
      await new Promise<void>((resolve) => {
        wake = resolve;
        secured.once("secureConnect", () => resolve());
      });
      if (failure) throw failure;
    },
    close() {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
    },
  };
}
