/** What the server is told beside the offer itself. */

/** Browsers that have AES-GCM for SRTP (RFC 7714) for certain, and since when. Others may have it, too. */
const since = { Chrome: 120, Firefox: 115 } as const;

export function hasGcm(userAgent: string): boolean {
  return Object.entries(since).some(([name, least]) => {
    const version = new RegExp(`${name}/(\\d+)`).exec(userAgent)?.[1];
    return version !== undefined && Number(version) >= least;
  });
}

/** The offer with a line at session level that says so: then the server begins the handshake (signaling/sdp.py). */
export function offered(sdp: string, userAgent: string): string {
  return hasGcm(userAgent)
    ? sdp.replace(/^t=.*$/m, "$&\r\na=x-compagnon-gcm").replace(/\r\r\n/g, "\r\n")
    : sdp;
}
