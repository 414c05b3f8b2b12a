/**
 * CodeMirror's styles as a constructed style sheet. In a page it writes a style element instead, which
 * `style-src 'self'` forbids; its style-mod (4.1) takes a constructed sheet only where the root has no head,
 * as in a shadow root, and decides that once, when the first editor is made.
 */
export function withConstructedSheets<T>(make: () => T): T {
  Object.defineProperty(document, "head", { configurable: true, get: () => null });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(document, "head");
  }
}
