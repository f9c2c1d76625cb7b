/** Somebody says that a registry has something new. Nothing of it is believed: the registry is asked. */
export interface PushHint {
  /** `ghcr.io/org/app`; Docker Hub's without a host; of a sender that does not say which registry it is, `?/org/app`. */
  readonly repository: string;
  readonly tag?: string;
}

/** A call that is not what its path is for; the caller learns only that. */
export class WebhookRefusal extends Error {
  override readonly name: string = "WebhookRefusal";
  /** 400 for what cannot be read, 401 for what does not prove itself. */
  readonly status: 400 | 401;

  constructor(message: string, status: 400 | 401 = 400) {
    super(message);
    this.status = status;
  }
}
