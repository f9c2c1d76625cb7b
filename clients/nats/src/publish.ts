import { openConnection, type NatsConnection, type NatsTls } from "./connection.ts";
import { NatsError } from "./nats-error.ts";
import { readCredentials, readSeed } from "./nkey.ts";

/** How to log in; the first that is given counts, in this order: `credentials`, `nkey`, a user, a token. */
export interface NatsLogin {
  /** Text of a `.creds` file. */
  credentials?: string;
  /** A seed, `SU…`. */
  nkey?: string;
  username?: string;
  password?: string;
  token?: string;
}

/** Options of {@link publish}. */
export interface PublishOptions {
  /** `nats://host[:4222]` or `tls://…`, or several with commas between: the first that answers is taken. User info logs in. */
  address: string;
  subject: string;
  payload: string | Uint8Array;
  login?: NatsLogin;
  tls?: NatsTls;
  /** The name of this client, as the server shows it. */
  name?: string;
  signal: AbortSignal;
}

/** What a server says of itself. Source: NATS client protocol, INFO. */
interface ServerInfo {
  nonce?: string;
  tls_required?: boolean;
  tls_available?: boolean;
  max_payload?: number;
}

/**
 * Publishes a message and resolves when the server has taken it.
 * @throws NatsError (terminal for settings that cannot work, else retry); the signal's reason. Source: NATS client protocol.
 */
export async function publish(options: PublishOptions): Promise<void> {
  const { subject, address } = options;
  if (!/^[^\s\u0000-\u001f*>]+$/.test(subject))
    throw new NatsError(`publish: subject ${JSON.stringify(subject)} is not valid`, { class: "terminal" });
  const servers = address.split(",").map((each) => parseServer(each.trim()));
  let failure: unknown;
  for (const server of servers) {
    try {
      return await publishTo(server, options);
    } catch (error) {
      if (options.signal.aborted) throw error;
      failure = error;
    }
  }
  throw failure;
}

interface Server {
  host: string;
  port: number;
  isTls: boolean;
  login: NatsLogin;
}

function parseServer(text: string): Server {
  const full = text.includes("://") ? text : `nats://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (!url || url.hostname === "" || !["nats:", "tls:"].includes(url.protocol))
    throw new NatsError('publish: the address must be "nats://host" or "tls://host"', { class: "terminal" });
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const login = username === "" ? {} : password === "" ? { token: username } : { username, password };
  return { host: url.hostname, port: Number(url.port || 4_222), isTls: url.protocol === "tls:", login };
}

async function publishTo(server: Server, options: PublishOptions): Promise<void> {
  const connection = await openConnection(server.host, server.port, options.signal);
  try {
    const info = await greet(connection);
    const payload = Buffer.from(options.payload);
    if (info.max_payload !== undefined && payload.length > info.max_payload)
      throw new NatsError(`publish: ${payload.length} bytes, and the server takes ${info.max_payload}`, {
        class: "terminal",
      });
    const isTls = server.isTls || info.tls_required === true || options.tls !== undefined;
    if (isTls) await connection.secure(options.tls ?? {});
    const login = { ...server.login, ...options.login };
    const hello = {
      verbose: false,
      pedantic: false,
      tls_required: isTls,
      lang: "eddy",
      version: "0.1.0",
      protocol: 1,
      ...(options.name === undefined ? {} : { name: options.name }),
      ...authentication(login, info.nonce ?? ""),
    };
    connection.send(`CONNECT ${JSON.stringify(hello)}\r\nPING\r\n`);
    await awaitPong(connection);
    connection.send(
      Buffer.concat([
        Buffer.from(`PUB ${options.subject} ${payload.length}\r\n`),
        payload,
        Buffer.from("\r\nPING\r\n"),
      ]),
    );
    await awaitPong(connection);
  } finally {
    connection.close();
  }
}

async function greet(connection: NatsConnection): Promise<ServerInfo> {
  const line = await connection.line();
  const text = /^INFO (\{.*\})\s*$/.exec(line)?.[1];
  try {
    if (text !== undefined) return JSON.parse(text) as ServerInfo;
  } catch {
    // Told below.
  }
  throw new NatsError("publish: the server does not speak NATS");
}

function authentication(
  { credentials, nkey, username, password, token }: NatsLogin,
  nonce: string,
): Readonly<Record<string, string>> {
  if (credentials) {
    const { jwt, seed } = readCredentials(credentials);
    return { jwt, sig: readSeed(seed).sign(nonce) };
  }
  if (nkey) {
    const key = readSeed(nkey);
    return { nkey: key.publicKey, sig: key.sign(nonce) };
  }
  if (username) return { user: username, pass: password ?? "" };
  return token ? { auth_token: token } : {};
}

/** Passes over what a server says by itself. */
async function awaitPong(connection: NatsConnection): Promise<void> {
  for (;;) {
    const line = await connection.line();
    if (line === "PONG") return;
    if (line === "PING") connection.send("PONG\r\n");
    if (line.startsWith("-ERR")) throw new NatsError(`publish: the server answered ${line.slice(4).trim()}`);
  }
}
