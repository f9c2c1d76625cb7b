/** `withSource` to `with-source`: what is typed for the flag under this key. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
