/**
 * A reason as words: `HealthCheckFailed` becomes `health check failed`, `OCIArtifactPullFailed` `oci artifact pull failed`.
 * Source: notification-controller 1.9, `splitCamelcase`.
 */
export function reasonWords(reason: string): string {
  const parts =
    reason.match(/\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}\p{Ll}+|\p{Lu}+|\p{Ll}+|\p{Nd}+|[^\p{Lu}\p{Ll}\p{Nd}]+/gu) ?? [];
  return parts.join(" ").toLowerCase();
}
