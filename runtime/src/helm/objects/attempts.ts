import { delay, type Clock } from "@eddy/core/clock";
import { hasReason } from "@eddy/kube";

const maxAttempts = 5;
const firstDelayMs = 10;

/** Does something again, up to five times, as long as the server says Conflict and `isWorthwhile` agrees. */
export async function retryOnConflict<R>(
  clock: Clock,
  action: () => Promise<R>,
  isWorthwhile: (error: Error) => boolean = () => true,
): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (attempt === maxAttempts || !hasReason(error, "Conflict") || !isWorthwhile(error)) throw error;
      await delay(clock, firstDelayMs * attempt);
    }
  }
}

/** A quota that two requests counted at the same time: the next attempt will do. Source: Helm `isResourceQuotaConflict`. */
export function isQuotaConflict({ message }: Error): boolean {
  return (
    message.includes("Operation cannot be fulfilled on resourcequotas") &&
    message.includes("the object has been modified")
  );
}
