// Passkeys (WebAuthn): asks the browser what the server wants to know, and tells the server the answer.

/** Whether this browser knows passkeys. */
export const passkeys = typeof PublicKeyCredential === "function";

/** Base64url without padding, as WebAuthn's JSON has bytes. */
export function encode(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes of base64url, with or without padding. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

interface Described {
  id: string;
  type: PublicKeyCredentialType;
}

interface Creation
  extends Omit<PublicKeyCredentialCreationOptions, "challenge" | "user" | "excludeCredentials"> {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: Described[];
}

interface Asking extends Omit<PublicKeyCredentialRequestOptions, "challenge" | "allowCredentials"> {
  challenge: string;
}

/** Sends JSON to a path of ours and reads JSON. Raises when the answer is no. */
async function post<T>(path: string, body: unknown = {}): Promise<T> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()) as T;
}

/** Adds a passkey under a name; where to go then. Raises when it can't, or the person says no. */
export async function add(name: string): Promise<string> {
  const options = await post<Creation>("/account/passkeys/options");
  const made = (await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: decode(options.challenge),
      user: { ...options.user, id: decode(options.user.id) },
      excludeCredentials: (options.excludeCredentials ?? []).map((each) => ({
        ...each,
        id: decode(each.id),
      })),
    },
  })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  const { next } = await post<{ next: string }>("/account/passkeys", {
    name,
    credential: {
      id: made.id,
      rawId: encode(made.rawId),
      type: made.type,
      response: {
        clientDataJSON: encode(response.clientDataJSON),
        attestationObject: encode(response.attestationObject),
      },
    },
  });
  return next;
}

/** Signs in with any passkey of this site; where to go then. Raises when it can't, or the person says no. */
export async function signIn(path: string): Promise<string> {
  const options = await post<Asking>("/sign-in/passkey/options");
  const found = (await navigator.credentials.get({
    publicKey: { ...options, challenge: decode(options.challenge), allowCredentials: [] },
  })) as PublicKeyCredential;
  const response = found.response as AuthenticatorAssertionResponse;
  const { next } = await post<{ next: string }>("/sign-in/passkey", {
    next: path,
    credential: {
      id: found.id,
      rawId: encode(found.rawId),
      type: found.type,
      response: {
        clientDataJSON: encode(response.clientDataJSON),
        authenticatorData: encode(response.authenticatorData),
        signature: encode(response.signature),
        userHandle: response.userHandle ? encode(response.userHandle) : null,
      },
    },
  });
  return next;
}
