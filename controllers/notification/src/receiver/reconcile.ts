import { genericReasons, webhookPath, type Receiver } from "@eddy/api";
import { formatDuration, parseDuration } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import { StepError, type Outcome, type Run } from "@eddy/runtime/controller";
import type { DataStore } from "@eddy/runtime/data";
import { compileOnce, compileProvider } from "../webhook/oidc-expressions.ts";

/** What a pass over a Receiver reaches the world through. */
export interface ReceiverPorts {
  data: DataStore;
}

/** One level-based pass over one Receiver: its expressions are compiled, its path is found. */
export async function reconcileReceiver(run: Run<Receiver>, { data }: ReceiverPorts): Promise<Outcome<Receiver>> {
  const { object } = run;
  await run.step("CompileExpressions", () => compileExpressions(object));
  run.progress("Reconciliation in progress", null);
  // A token that cannot be read any more must not leave a path that looks as if it worked.
  run.onFailure(() => ({ webhookPath: null }) as never);
  const token = await run.step("ReadToken", () => readToken(object, data));
  const path = webhookPath(token, object.metadata.name, object.metadata.namespace ?? "");
  const interval = object.spec.interval ?? "10m";
  return run.succeeded(
    { webhookPath: path },
    {
      reason: genericReasons.succeeded,
      message: `Receiver initialized for path: ${path}`,
      isRoutine: object.status?.webhookPath === path,
      ...(object.status?.webhookPath === path
        ? {}
        : { event: { severity: "trace", reason: genericReasons.succeeded, message: finished(interval) } }),
    },
  );
}

function finished(interval: string): string {
  return `Reconciliation finished, next run in ${formatDuration(parseDuration(interval))}`;
}

/** @throws StepError InvalidCELExpression (terminal) in upstream's words */
async function compileExpressions({ spec }: Receiver): Promise<void> {
  const variables = ["res", "req", ...(spec.type === "generic-oidc" ? ["claims"] : [])];
  const compile = async (expression: string | undefined, what: string): Promise<void> => {
    if (!expression) return;
    try {
      await compileOnce(expression, variables, "bool");
    } catch (cause) {
      throw invalid(`invalid ${what}: ${messageOf(cause)}`, cause);
    }
  };
  await compile(spec.resourceFilter, "resourceFilter expression");
  for (const [index, { kind, name, filter }] of spec.resources.entries()) {
    await compile(
      filter,
      `filter expression for resources[${index}] (kind=${JSON.stringify(kind)}, name=${JSON.stringify(name)})`,
    );
  }
  for (const provider of spec.oidcProviders ?? []) {
    await compileProvider(provider).catch((cause: unknown) => {
      throw invalid(`oidcProviders (issuerURL=${JSON.stringify(provider.issuerURL)}): ${messageOf(cause)}`, cause);
    });
  }
}

function invalid(message: string, cause: unknown): StepError {
  return new StepError(
    "InvalidCELExpression",
    `Reconciliation failed terminally due to configuration error: ${message}`,
    { class: "terminal", cause },
  );
}

/** @throws StepError TokenNotFound (retry), told as Failed */
async function readToken({ metadata, spec }: Receiver, data: DataStore): Promise<string> {
  if (!spec.secretRef) return "";
  const { name } = spec.secretRef;
  const namespace = metadata.namespace ?? "";
  const notFound = (message: string): StepError => new StepError("Failed", message, { readyReason: "TokenNotFound" });
  const failed = (detail: string): StepError =>
    notFound(`unable to read token from secret '${namespace}/${name}' error: ${detail}`);
  const secret = await data.read({ group: "", kind: "Secret", namespace, name }).catch((cause: unknown) => {
    throw failed(messageOf(cause));
  });
  if (!secret) throw failed(`secrets "${name}" not found`);
  const token = secret["token"];
  if (token === undefined) throw notFound(`invalid '${namespace}/${name}' secret data: required fields 'token'`);
  return token;
}
