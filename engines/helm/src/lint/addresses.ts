/** Whether a text is a URL with a scheme, as `govalidator.IsRequestURL` sees it. */
export function isRequestUrl(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text) && URL.canParse(text);
}

/** Whether a text is a URL, with or without a scheme, with something like a host in it. */
export function isUrl(text: string): boolean {
  if (text.length < 3 || text.length > 2_083 || text.startsWith(".") || /\s/.test(text)) return false;
  const whole = text.includes("://") ? text : `https://${text}`;
  return URL.canParse(whole) && /^[^/]*:\/\/(?:[^/]*\.[^/]+|localhost)/.test(whole);
}

/** Whether a text is a mail address with a domain. */
export function isMailAddress(text: string): boolean {
  return /^[^\s@"(),:;<>[\]\\]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$/.test(text);
}
