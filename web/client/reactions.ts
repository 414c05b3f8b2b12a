import type { Reaction } from "./protocol";

/** Each reaction and its sign, in the order in which they are offered. */
export const reactions: readonly (readonly [Reaction, string])[] = [
  ["agree", "👍"],
  ["thanks", "🙏"],
  ["clap", "👏"],
  ["heart", "❤️"],
  ["laugh", "😄"],
  ["idea", "💡"],
];

export const signOf = (reaction: Reaction): string =>
  reactions.find(([each]) => each === reaction)?.[1] ?? "";
