// Generated from signaling/*.py: edit that, then `python -m signaling.typescript web/client/protocol`.

export * from "./agenda";
export * from "./apart";
export * from "./captions";
export * from "./messages";
export * from "./parts";
export * from "./pointers";
export * from "./polls";
export * from "./requests";
export * from "./visits";
