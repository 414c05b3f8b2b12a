import type { Reaction } from "../protocol";
import type { Shortcut } from "../shortcuts";
import type { PanelName } from "../state";

/** What the room's controls can do; the keyboard, the bar and the menu all come here. */
export interface RoomActs {
  run(act: Shortcut): void;
  showOwn(shown: boolean): void;
  moveOwn(): void;
  react(reaction: Reaction): void;
  devices(): void;
  worry(): void;
  float(): void;
  details(): void;
  data(): void;
  open(panel: PanelName): void;
}
