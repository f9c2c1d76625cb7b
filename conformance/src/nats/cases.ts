import type { NatsLogin, NatsTls } from "@eddy/nats";

/** Keys, JWTs and credentials files that the Go program made. */
export interface Keys {
  Operator: string;
  /** JWTs by public key. */
  Accounts: Readonly<Record<string, string>>;
  Nkey: { Seed: string; PublicKey: string };
  OtherNkey: { Seed: string; PublicKey: string };
  Observer: string;
  User: string;
  Expired: string;
  Revoked: string;
  Limited: string;
  Other: string;
  Unrelated: string;
}

interface Identity {
  Cert: string;
  Key: string;
}

/** PEM texts that the Go program made. */
export interface Certificates {
  CaCert: string;
  OtherCaCert: string;
  Server: Identity;
  /** For another address. */
  ElsewhereServer: Identity;
  Client: Identity;
  /** Of an authority that the server does not know. */
  Stranger: Identity;
}

/** Both of the above, and the files that hold the certificates. */
export interface Material {
  keys: Keys;
  certificates: Certificates;
  fileOf(name: string): string;
}

/** One message to one server. */
export interface Message {
  name: string;
  login?: NatsLogin;
  tls?: NatsTls;
  /** Default `nats`. */
  scheme?: "nats" | "tls";
  /** Before the host. */
  userInfo?: string;
  subject?: string;
  payload?: string;
  want: "taken" | "refused";
  /** The notifier's client says nothing of it: only that nothing arrived is the same. */
  isUntoldUpstream?: true;
}

/** A server by its configuration, and what is sent to it. */
export interface ServerCase {
  name: string;
  config: string;
  observer: Pick<Message, "login" | "tls">;
  messages: readonly Message[];
}

const user = { username: "jane", password: "s3cr3t/p:ss" };

/** Every way to log in and every kind of TLS that servers have. */
export function serverCases({ keys, certificates, fileOf }: Material): readonly ServerCase[] {
  const { CaCert: caCert, OtherCaCert: otherCaCert, Client, Stranger } = certificates;
  const identity = { cert: Client.Cert, key: Client.Key };
  const tls = { caCert };
  const tlsFiles = (name: string): string =>
    `cert_file: "${fileOf(`${name}.Cert`)}", key_file: "${fileOf(`${name}.Key`)}"`;
  const preload = Object.entries(keys.Accounts).map(([name, jwt]) => `${name}: ${jwt}`);
  return [
    {
      name: "plain",
      config: "max_payload: 1024\n",
      observer: {},
      messages: [
        { name: "a message", want: "taken" },
        { name: "a login that nobody asked for", login: user, want: "taken" },
        { name: "no bytes", payload: "", want: "taken" },
        { name: "bytes of every kind", payload: 'ü\r\nPUB x 1\r\n+OK "\u0000', want: "taken" },
        { name: "a subject of several words", subject: "flux.events.Ünicode.$x-1", want: "taken" },
        { name: "as many bytes as it takes", payload: "x".repeat(1_024), want: "taken" },
        { name: "a byte more", payload: "x".repeat(1_025), want: "refused", isUntoldUpstream: true },
        { name: "tls:// to a server without TLS", scheme: "tls", want: "refused" },
      ],
    },
    {
      name: "user and password",
      config: `authorization { user: jane, password: "${user.password}" }\n`,
      observer: { login: user },
      messages: [
        { name: "both", login: user, want: "taken" },
        { name: "in the address", userInfo: `jane:${encodeURIComponent(user.password)}@`, want: "taken" },
        { name: "another password", login: { ...user, password: "x" }, want: "refused" },
        { name: "nobody", want: "refused" },
        { name: "a token", login: { token: user.password }, want: "refused" },
      ],
    },
    {
      name: "token",
      config: 'authorization { token: "t0ken-of-9" }\n',
      observer: { login: { token: "t0ken-of-9" } },
      messages: [
        { name: "the token", login: { token: "t0ken-of-9" }, want: "taken" },
        { name: "in the address", userInfo: "t0ken-of-9@", want: "taken" },
        { name: "another", login: { token: "other" }, want: "refused" },
      ],
    },
    {
      name: "nkey",
      config: `authorization { users: [ { nkey: ${keys.Nkey.PublicKey}, permissions: { publish: "flux.>", subscribe: ">" } } ] }\n`,
      observer: { login: { nkey: keys.Nkey.Seed } },
      messages: [
        { name: "its seed", login: { nkey: keys.Nkey.Seed }, want: "taken" },
        { name: "a subject that it may not write", login: { nkey: keys.Nkey.Seed }, subject: "other", want: "refused" },
        { name: "another's seed", login: { nkey: keys.OtherNkey.Seed }, want: "refused" },
        { name: "half a seed", login: { nkey: keys.Nkey.Seed.slice(0, 30) }, want: "refused" },
        { name: "a public key", login: { nkey: keys.Nkey.PublicKey }, want: "refused" },
      ],
    },
    {
      name: "credentials file",
      config: `operator: ${keys.Operator}\nresolver: MEMORY\nresolver_preload: { ${preload.join("\n")} }\n`,
      observer: { login: { credentials: keys.Observer } },
      messages: [
        { name: "a user's", login: { credentials: keys.User }, want: "taken" },
        {
          name: "with the ends of lines of Windows",
          login: { credentials: keys.User.replaceAll("\n", "\r\n") },
          want: "taken",
        },
        { name: "before a user and password", login: { credentials: keys.User, ...user }, want: "taken" },
        { name: "another account's: taken, and not heard here", login: { credentials: keys.Other }, want: "taken" },
        { name: "expired", login: { credentials: keys.Expired }, want: "refused" },
        { name: "revoked", login: { credentials: keys.Revoked }, want: "refused" },
        {
          name: "of an account that the server does not know",
          login: { credentials: keys.Unrelated },
          want: "refused",
        },
        { name: "may write this", login: { credentials: keys.Limited }, subject: "allowed.x", want: "taken" },
        { name: "may not write that", login: { credentials: keys.Limited }, want: "refused" },
        { name: "an nkey alone", login: { nkey: keys.Nkey.Seed }, want: "refused" },
        { name: "no credentials file", login: { credentials: "none" }, want: "refused" },
      ],
    },
    {
      name: "TLS required",
      config: `tls { ${tlsFiles("Server")} }\n`,
      observer: { tls },
      messages: [
        { name: "tls:// and its authority", scheme: "tls", tls, want: "taken" },
        { name: "nats:// and its authority", tls, want: "taken" },
        { name: "no authority", want: "refused" },
        { name: "another authority", tls: { caCert: otherCaCert }, want: "refused" },
        { name: "an identity that nobody asked for", tls: { caCert, identity }, want: "taken" },
      ],
    },
    {
      name: "TLS offered",
      config: `allow_non_tls: true\ntls { ${tlsFiles("Server")} }\n`,
      observer: {},
      messages: [
        { name: "without", want: "taken" },
        { name: "with", tls, want: "taken" },
        { name: "with another authority", tls: { caCert: otherCaCert }, want: "refused" },
      ],
    },
    {
      name: "TLS for another address",
      config: `allow_non_tls: true\ntls { ${tlsFiles("ElsewhereServer")} }\n`,
      observer: {},
      messages: [{ name: "is refused", tls, want: "refused" }],
    },
    {
      name: "TLS both ways",
      config: `tls { ${tlsFiles("Server")}, ca_file: "${fileOf("CaCert")}", verify: true }\n`,
      observer: { tls: { caCert, identity } },
      messages: [
        { name: "an identity", tls: { caCert, identity }, want: "taken" },
        { name: "none", tls, want: "refused" },
        {
          name: "a stranger's",
          tls: { caCert, identity: { cert: Stranger.Cert, key: Stranger.Key } },
          want: "refused",
        },
      ],
    },
    {
      name: "TLS first, or the other way round",
      config: `tls { ${tlsFiles("Server")}, handshake_first: "auto" }\n`,
      observer: { tls },
      messages: [{ name: "the other way round", tls, want: "taken" }],
    },
    {
      name: "TLS first and nothing else",
      config: `tls { ${tlsFiles("Server")}, handshake_first: "200ms" }\n`,
      observer: { tls },
      messages: [{ name: "is waited for", tls, want: "taken" }],
    },
  ];
}
