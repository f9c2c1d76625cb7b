/**
 * Milliseconds that the calling thread has computed since it began. Unlike a clock it stands still while others have the
 * processor, so that a bound on it says how much work something is, however busy the machine.
 */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
