import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readBody, sendJson, type Exchange } from "./exchange.ts";
import type { RegistryOptions } from "./registry.ts";
import { Refusal } from "./registry-error.ts";
import type { Route } from "./route.ts";

/** Lets requests in, and hands out tokens. */
export interface Gate {
  /** @throws Refusal UNAUTHORIZED with a challenge, DENIED. */
  check(exchange: Exchange, route: Route): void;
  /** Answers `/token`. */
  answerToken(exchange: Exchange): Promise<void>;
}

interface Grant {
  readonly scopes: ReadonlySet<string>;
  readonly expiresMs: number;
}

const maxTokens = 10_000;
const maxTokenBody = 16 * 1024;

/** Everything is open without `auth`. Source: distribution specification, token authentication. */
export function createGate(options: RegistryOptions, origin: () => string): Gate {
  const { auth } = options;
  const grants = new Map<string, Grant>();
  const now = (): number => options.now?.() ?? Date.now();
  const issue = (scopes: readonly string[], authenticated: boolean): string => {
    const token = randomBytes(24).toString("hex");
    const expiresMs = now() + (auth?.tokenSeconds ?? 300) * 1000;
    if (grants.size >= maxTokens) grants.delete(grants.keys().next().value ?? "");
    grants.set(token, { scopes: new Set(scopes.flatMap((scope) => actionsOf(scope, authenticated))), expiresMs });
    return token;
  };
  return {
    check(exchange, route) {
      if (!auth || route.kind === "token") return;
      const wanted = scopeOf(route, exchange.method);
      if (auth.scheme !== "bearer") return checkBasic(exchange, auth, wanted);
      const token = /^Bearer (.+)$/i.exec(exchange.request.headers.authorization ?? "")?.[1] ?? "";
      const grant = grants.get(token);
      const challenge = bearerChallenge(auth.realm ?? `${origin()}/token`, wanted);
      if (!grant || grant.expiresMs <= now()) throw new Refusal(401, "UNAUTHORIZED", undefined, challenge);
      if (wanted && !wanted.actions.every((action) => grant.scopes.has(`${wanted.resource}:${action}`)))
        throw new Refusal(401, "UNAUTHORIZED", undefined, challenge);
    },
    async answerToken(exchange) {
      const asked = await tokenRequest(exchange);
      const authenticated = auth !== undefined && isKnown(asked, auth);
      const anonymous = asked.username === undefined && asked.refreshToken === undefined;
      if (!authenticated && !(anonymous && auth?.anonymousPull))
        throw new Refusal(401, "UNAUTHORIZED", undefined, { "www-authenticate": 'Basic realm="registry"' });
      const token = issue(asked.scopes, authenticated);
      sendJson(exchange, 200, { token, access_token: token, expires_in: auth?.tokenSeconds ?? 300 });
    },
  };
}

interface WantedScope {
  readonly resource: string;
  readonly actions: readonly string[];
}

function scopeOf(route: Route, method: string): WantedScope | undefined {
  if (route.kind === "catalog") return { resource: "registry:catalog", actions: ["*"] };
  if (!("name" in route)) return undefined;
  const actions = method === "GET" ? ["pull"] : method === "DELETE" ? ["delete"] : ["pull", "push"];
  return { resource: `repository:${route.name}`, actions };
}

function bearerChallenge(realm: string, wanted: WantedScope | undefined): Record<string, string> {
  const scope = wanted ? `,scope="${wanted.resource}:${wanted.actions.join(",")}"` : "";
  return { "www-authenticate": `Bearer realm="${realm}",service="eddy-registry"${scope}` };
}

/** `repository:app:pull,push` as one entry an action; whom nobody knows may pull only. */
function actionsOf(scope: string, authenticated: boolean): string[] {
  const colon = scope.lastIndexOf(":");
  const resource = scope.slice(0, colon);
  const actions = scope.slice(colon + 1).split(",");
  return actions.filter((action) => authenticated || action === "pull").map((action) => `${resource}:${action}`);
}

interface TokenRequest {
  readonly username?: string;
  readonly password?: string;
  readonly refreshToken?: string;
  readonly scopes: readonly string[];
}

async function tokenRequest(exchange: Exchange): Promise<TokenRequest> {
  const basic = basicOf(exchange);
  if (exchange.request.method === "GET") {
    const scopes = exchange.url.searchParams.getAll("scope");
    return { ...basic, scopes: scopes.flatMap((scope) => scope.split(" ")) };
  }
  const form = new URLSearchParams((await readBody(exchange, maxTokenBody)).toString("utf8"));
  const refreshToken = form.get("refresh_token");
  const username = form.get("username");
  return {
    scopes: (form.get("scope") ?? "").split(" "),
    ...(refreshToken === null ? {} : { refreshToken }),
    ...(username === null ? {} : { username, password: form.get("password") ?? "" }),
  };
}

function basicOf({ request }: Exchange): { username?: string; password?: string } {
  const encoded = /^Basic (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (encoded === undefined) return {};
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

type Auth = NonNullable<RegistryOptions["auth"]>;

function isKnown(asked: Omit<TokenRequest, "scopes">, auth: Auth): boolean {
  if (asked.refreshToken !== undefined)
    return auth.identityToken !== undefined && isEqual(asked.refreshToken, auth.identityToken);
  return isEqual(asked.username ?? "", auth.username) && isEqual(asked.password ?? "", auth.password);
}

function isEqual(given: string, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(wanted));
}

function checkBasic(exchange: Exchange, auth: Auth, wanted: WantedScope | undefined): void {
  const given = basicOf(exchange);
  const isPull = wanted?.actions.length === 1 && wanted.actions[0] === "pull";
  if (given.username === undefined && auth.anonymousPull && isPull) return;
  if (!isKnown(given, auth))
    throw new Refusal(401, "UNAUTHORIZED", undefined, { "www-authenticate": 'Basic realm="registry"' });
}
