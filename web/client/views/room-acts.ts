import type { Shortcut } from "../shortcuts";
import type { State } from "../state";

/** What the room's controls can do; the keyboard, the bar and the menu all come here. */
export interface RoomActs {
  run(act: Shortcut): void;
  showOwn(shown: boolean): void;
  moveOwn(): void;
  sounds(on: boolean): void;
  devices(): void;
}

/** Two people are arranged by themselves; from three on there is a choice. */
export const canArrange = (state: State): boolean => state.members.length > 2;
