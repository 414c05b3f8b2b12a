// Generated from signaling/pointers.py: edit that, then `python -m signaling.typescript web/client/protocol`.

/** Where ``member`` points on the screen that ``of`` shares. */
export interface Pointer {
  readonly member: string;
  readonly of: string;
  readonly x: number;
  readonly y: number;
}

/** This member points at a place of the screen that ``of`` shares. */
export interface Point {
  readonly type: "point";
  readonly of: string;
  readonly x: number;
  readonly y: number;
}

/** This member points no longer. */
export interface PointOff {
  readonly type: "point-off";
}

/** Whether this page shows a shared screen and wants to be told where others point. */
export interface PointersWanted {
  readonly type: "pointers-wanted";
  readonly on: boolean;
}

/** Whether this member lets others point at the screen that they share. */
export interface PointersAllowed {
  readonly type: "pointers-allowed";
  readonly allowed: boolean;
}

/** Who points where since the last of these, everybody once; ``gone`` point no longer. */
export interface Pointers {
  readonly type: "pointers";
  readonly points: readonly Pointer[];
  readonly gone: readonly string[];
}

/** Who lets nobody point at the screen that they share. */
export interface PointingOff {
  readonly type: "pointing-off";
  readonly members: readonly string[];
}
