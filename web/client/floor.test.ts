import { describe, expect, it } from "vitest";
import { sayings } from "./announce";
import { bannerOf } from "./banners";
import type { Floor, FloorChanged } from "./protocol";
import { act, receive } from "./reduce";
import { handUp, leads, type State, talkShare } from "./state";
import { inRoom, joined, member, members, room } from "./testing/samples";

const floor = (change: Partial<Floor>): FloorChanged => ({
  type: "floor",
  floor: { hands: [], locked: false, lobby: false, waiting: [], ...change },
  by: null,
});

const said = (before: State, after: State) => sayings(before, after).map((each) => each.key);
const ana = { id: "ana", name: "Ana", role: "mentee" } as const;

describe("the floor", () => {
  it("shows hands in their order and takes those of who leaves down", () => {
    let state = receive(inRoom(member("sam"), member("ana")), floor({ hands: ["ana", "me"] }), 0);
    expect(handUp(state)).toBe(true);
    state = receive(state, members({ left: ["ana"] }), 0);
    expect(state.floor.hands).toEqual(["me"]);
  });

  it("says whose hand goes up, and one's own place", () => {
    const before = inRoom(member("sam"));
    const other = receive(before, floor({ hands: ["sam"] }), 0);
    expect(said(before, other)).toEqual(["say.hand"]);
    const mine = receive(other, floor({ hands: ["sam", "me"] }), 0);
    expect(sayings(other, mine)).toEqual([{ key: "say.hand-up", values: { place: 2 }, shown: null }]);
    expect(said(mine, receive(mine, floor({ hands: ["sam"] }), 0))).toEqual(["say.hand-down"]);
  });

  it("tells only who leads that somebody waits", () => {
    const before = inRoom(member("sam"));
    const waits = floor({ lobby: true, waiting: [ana] });
    expect(said(before, receive(before, waits, 0))).toEqual(["say.waits"]);
    const mentee = { ...before, me: { ...before.me, role: "mentee" as const } };
    expect(said(mentee, receive(mentee, waits, 0))).toEqual([]);
  });

  it("says that the door is locked and open again", () => {
    const before = inRoom();
    const locked = receive(before, floor({ locked: true }), 0);
    expect(said(before, locked)).toEqual(["say.locked"]);
    expect(said(locked, receive(locked, floor({}), 0))).toEqual(["say.unlocked"]);
  });

  it("waits at the door until let in, and says so", () => {
    const entering = act(receive(inRoom(), joined({ room: room() }), 0), { type: "entering", name: "Mona" });
    const waiting = receive(entering, { type: "waiting" }, 0);
    expect(bannerOf(waiting)?.key).toBe("door");
    expect(said(entering, waiting)).toEqual(["banner.door"]);
    const inside = receive(waiting, { type: "entered", member: member("me") }, 0);
    expect(inside.waiting).toBe(false);
    expect(bannerOf(inside)?.key).not.toBe("door");
  });

  it("gives and takes the lead as the room says", () => {
    const before = inRoom(member("sam"));
    const after = receive(before, members({ present: [member("me", { role: "mentee" })] }), 0);
    expect(leads(after)).toBe(false);
    expect(said(before, after)).toEqual(["say.lead-over"]);
  });

  it("shows reactions until their time is over", () => {
    let state = inRoom(member("sam"));
    state = receive(state, { type: "reacted", member: "sam", reaction: "clap" }, 0);
    state = receive(state, { type: "reacted", member: "sam", reaction: "heart" }, 0);
    const [first, second] = state.reactions;
    expect(state.reactions.map((each) => each.reaction)).toEqual(["clap", "heart"]);
    state = act(state, { type: "reaction-over", id: first?.id ?? 0 });
    expect(state.reactions).toEqual([second]);
  });

  it("ends the page of who is removed or not let in", () => {
    for (const reason of ["removed", "refused"] as const) {
      const state = receive(inRoom(), { type: "bye", reason }, 0);
      expect([state.view, state.ending]).toEqual(["error", reason]);
    }
  });
});

describe("the talk", () => {
  it("is shared among those who are here, once there is enough of it", () => {
    let state = receive(
      inRoom(member("sam"), member("ana")),
      { type: "talk", spoken: [{ member: "sam", ms: 9_000 }] },
      0,
    );
    expect(talkShare(state, "sam")).toBeNull();
    state = receive(
      state,
      {
        type: "talk",
        spoken: [
          { member: "sam", ms: 30_000 },
          { member: "me", ms: 10_000 },
        ],
      },
      0,
    );
    expect([talkShare(state, "sam"), talkShare(state, "me"), talkShare(state, "ana")]).toEqual([
      0.75, 0.25, 0,
    ]);
    state = receive(state, members({ left: ["sam"] }), 0);
    expect(talkShare(state, "me")).toBeNull();
  });
});
