import { expect, test } from "vitest";
import { decode, encode } from "./passkeys";

test("bytes become base64url without padding, and come back", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const text = encode(bytes.buffer);
  expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(decode(text)).toEqual(bytes);
  expect(decode("_-8=")).toEqual(decode("_-8"));
  expect(encode(new ArrayBuffer(0))).toBe("");
});
