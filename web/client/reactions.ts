import type { Reaction } from "./protocol";

/** Every reaction, in the order in which they are offered; its icon has its name. */
export const reactions: readonly Reaction[] = ["agree", "thanks", "clap", "heart", "laugh", "idea"];
