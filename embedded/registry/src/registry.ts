/** One request that the registry answered, for tests and logs. */
export interface RegistryRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Absent while the request is being answered. */
  readonly status?: number;
}

/** An answer given in place of the registry's own. */
export interface RegistryAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Announce the body and never send it. */
  readonly stall?: boolean;
  /** Close the connection instead. */
  readonly hangUp?: boolean;
}

/** Something that happened to content, in the words of docker-distribution's notifications. */
export interface RegistryEvent {
  readonly id: string;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly action: "push" | "pull" | "mount" | "delete";
  readonly target: {
    readonly mediaType?: string;
    readonly size?: number;
    readonly digest: string;
    readonly length?: number;
    readonly repository: string;
    readonly fromRepository?: string;
    readonly url?: string;
    readonly tag?: string;
  };
  readonly request: {
    readonly id: string;
    readonly addr: string;
    readonly host: string;
    readonly method: string;
    readonly useragent: string;
  };
  readonly actor: { readonly name?: string };
  readonly source: { readonly addr: string; readonly instanceID: string };
}

/** Options of {@link startRegistry}. */
export interface RegistryOptions {
  /** Default: any free port. */
  port?: number;
  /** Default 127.0.0.1; anything but a loopback address needs credentials. */
  host?: string;
  /** Who may come in; without it everything is open, on loopback only. */
  auth?: {
    /** `basic`: credentials with each request; `bearer`: a token of `/token`, for which they are given. Default basic. */
    scheme?: "basic" | "bearer";
    username: string;
    password: string;
    /** A refresh token that `/token` takes instead of the password. */
    identityToken?: string;
    /** Whether nobody in particular may pull. Default false. */
    anonymousPull?: boolean;
    /** How long a token holds. Default 300. */
    tokenSeconds?: number;
    /** Where clients are sent for a token. Default this server. */
    realm?: string;
  };
  /** PEM. With `clientCa`, clients must show a certificate of it. */
  tls?: { cert: string; key: string; clientCa?: string };
  /** Most tags in one answer, whatever is asked for. Default 1000. */
  maxPageSize?: number;
  /** Whether the referrers API is there. Default true. */
  referrers?: boolean;
  /** Webhooks in the format of docker-distribution. Delivered in order, each tried three times. */
  webhooks?: readonly { url: string; headers?: Readonly<Record<string, string>> }[];
  /** Called for each event, before webhooks. */
  onEvent?: (event: RegistryEvent) => void;
  /** May answer in place of the registry: redirects, refusals, lies. */
  intercept?: (request: RegistryRequest) => RegistryAnswer | undefined;
  /** Bytes of one blob or manifest. Default 512 MiB. */
  maxBlobBytes?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** A blob or manifest to put in without HTTP. */
export interface RegistryContent {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A running registry. */
export interface Registry {
  /** `http://127.0.0.1:<port>` or https. */
  readonly url: string;
  /** `127.0.0.1:<port>`: what references begin with. */
  readonly host: string;
  /** Every request so far, oldest first. */
  requests(): readonly RegistryRequest[];
  /** Every event so far, oldest first. */
  events(): readonly RegistryEvent[];
  /** Puts a blob into a repository; its digest. */
  putBlob(repository: string, bytes: Uint8Array): string;
  /** Puts a manifest into a repository, under a tag where one is given, as a push would: notified all the same. Its digest. */
  putManifest(repository: string, manifest: RegistryContent, tag?: string): string;
  /** Tags of a repository, sorted. */
  tags(repository: string): readonly string[];
  /** Resolves when every webhook is delivered or given up. */
  delivered(): Promise<void>;
  stop(): Promise<void>;
}
