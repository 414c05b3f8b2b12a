// Generated from signaling/agenda.py: edit that, then `python -m signaling.typescript web/client/protocol`.

export type AgendaAction = "add" | "remove" | "rename" | "move" | "minutes";

/**
 * Changes a box of the agenda. Facilitators only.
 *
 * `revision` is the timer's, as this browser knows it: whoever changes an older agenda is refused, and
 * sees the newer one. `box` is the box's id; `add` has none. `place` belongs to `add` and `move`:
 * where the box is then, from 0. `title` belongs to `add` and `rename` ("": as the catalogues have
 * it), `minutes` to `add` and `minutes`.
 */
export interface AgendaEdit {
  readonly type: "agenda-edit";
  readonly action: AgendaAction;
  readonly revision: number;
  readonly box?: string;
  readonly place?: number;
  readonly title?: string;
  readonly minutes?: number;
}
