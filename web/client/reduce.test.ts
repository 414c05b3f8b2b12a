import { describe, expect, it } from "vitest";
import type { ServerMessage, Timer } from "./protocol";
import { act, receive } from "./reduce";
import { lit, myself, others, slotOf } from "./state";
import { beginning, inRoom, joined, member, members, room, timer, videoSlot } from "./testing/samples";

describe("coming in", () => {
  it("begins in the green room", () => {
    expect(beginning()).toMatchObject({
      view: "green-room",
      link: "connecting",
      joined: false,
      entered: false,
    });
  });

  it("knows who is there before entering", () => {
    const state = receive(beginning(), joined({ room: room({ members: [member("sam")] }) }), 0);
    expect(state).toMatchObject({ view: "green-room", joined: true, link: "open", timer });
    expect(others(state).map((each) => each.name)).toEqual(["Sam"]);
  });

  it("is in the room from the click on, and entered once the server says so", () => {
    let state = receive(beginning(), joined(), 0);
    state = act(state, { type: "entering", name: "Mona L." });
    expect(state).toMatchObject({ view: "room", entered: false });
    state = receive(state, { type: "entered", member: member("me", { name: "Mona L." }) }, 0);
    expect(state).toMatchObject({ view: "room", entered: true });
    expect(myself(state).name).toBe("Mona L.");
  });

  it("goes back to the name when the server refuses it", () => {
    let state = act(receive(beginning(), joined(), 0), { type: "entering", name: "…" });
    state = receive(state, { type: "error", code: "name-missing", about: "enter" }, 0);
    expect(state).toMatchObject({ view: "green-room", nameError: "name-missing", joinError: null });
  });

  it("waits at the door while the store is away", () => {
    let state = act(receive(beginning(), joined(), 0), { type: "entering", name: "Mona" });
    state = receive(state, { type: "error", code: "store-unavailable", about: "enter" }, 0);
    expect(state).toMatchObject({ view: "room", entered: false, joinError: "store-unavailable" });
    state = receive(state, { type: "entered", member: member("me") }, 0);
    expect(state.joinError).toBeNull();
  });

  it.each(["link-invalid", "link-expired", "link-revoked", "room-ended", "room-full"] as const)(
    "ends with %s",
    (code) => {
      const state = receive(beginning(), { type: "error", code, about: "join" }, 0);
      expect(state).toMatchObject({ view: "error", ending: code });
    },
  );

  it("does not end over a refused act", () => {
    const state = receive(inRoom(), { type: "error", code: "not-facilitator", about: "timer-command" }, 0);
    expect(state.view).toBe("room");
  });
});

describe("a mark of the timer", () => {
  it("shines until its box is over, for whoever wants light", () => {
    const state = act(receive(inRoom(), told(), 0), { type: "signal", signal: "one-minute" });
    expect(lit(state)).toBe("one-minute");
    expect(lit(act(state, { type: "lights", lights: false }))).toBeNull();
    expect(lit(receive(state, told(), 0))).toBe("one-minute");
    expect(lit(receive(state, told({ index: 1 }), 0))).toBeNull();
  });

  function told(change: Partial<Timer> = {}): ServerMessage {
    return { type: "timer-changed", timer: { ...timer, ...change }, by: "sam", now_ms: 0 };
  }
});

describe("members", () => {
  it("keep their places when they change, and come last when they are new", () => {
    let state = inRoom(member("sam"), member("ana"));
    state = receive(state, members({ present: [member("sam", { camera: false })] }), 0);
    state = receive(state, members({ present: [member("bo")] }), 0);
    expect(others(state).map((each) => [each.id, each.camera])).toEqual([
      ["sam", false],
      ["ana", true],
      ["bo", true],
    ]);
  });

  it("are not doubled by a message that comes twice", () => {
    let state = inRoom(member("sam"));
    state = receive(state, members({ present: [member("sam")] }), 0);
    expect(others(state)).toHaveLength(1);
  });

  it("leave nothing behind", () => {
    let state = inRoom(member("sam"), member("ana"));
    state = receive(state, { type: "speaker", member: "sam" }, 0);
    state = receive(state, members({ quality: [{ member: "sam", quality: "poor", score: 50 }] }), 0);
    state = receive(state, members({ left: ["sam"] }), 0);
    expect(others(state).map((each) => each.id)).toEqual(["ana"]);
    expect(state).toMatchObject({ speaker: null, lastSpeaker: null, quality: {} });
  });

  it("stay large after they spoke, and one's own voice changes nothing of that", () => {
    let state = inRoom(member("sam"), member("ana"));
    state = receive(state, { type: "speaker", member: "ana" }, 0);
    state = receive(state, { type: "speaker", member: "me" }, 0);
    expect(state).toMatchObject({ speaker: "me", lastSpeaker: "ana" });
    expect(receive(state, { type: "speaker", member: null }, 0)).toMatchObject({
      speaker: null,
      lastSpeaker: "ana",
    });
  });
});

describe("slots", () => {
  const withSlot = (id: string | null, now: number, state = inRoom(member("sam"), member("ana"))) =>
    receive(state, { type: "slots", slots: [videoSlot("6", id)] }, now);

  it("say whose picture they carry, since when, and that it is the first", () => {
    expect(slotOf(withSlot("sam", 50), "sam", "camera")).toMatchObject({
      mid: "6",
      since: 50,
      reused: false,
    });
    expect(slotOf(withSlot("sam", 50), "sam", "screen")).toBeUndefined();
  });

  it("keep their time while nothing changes", () => {
    expect(slotOf(withSlot("sam", 90, withSlot("sam", 50)), "sam", "camera")?.since).toBe(50);
  });

  it("warn that somebody else's frames came before", () => {
    expect(slotOf(withSlot("ana", 90, withSlot("sam", 50)), "ana", "camera")).toMatchObject({
      since: 90,
      reused: true,
    });
  });

  it("still warn when they were empty for a moment only", () => {
    const emptied = withSlot(null, 90, withSlot("sam", 50));
    expect(slotOf(withSlot("ana", 400, emptied), "ana", "camera")?.reused).toBe(true);
    expect(slotOf(withSlot("ana", 5_000, emptied), "ana", "camera")?.reused).toBe(false);
  });

  it("are known anew with a fresh connection, and kept with one that stands", () => {
    const state = withSlot("sam", 50);
    const kept = receive(state, joined({ answer: null, media_kept: true, slots: [] }), 99);
    expect(slotOf(kept, "sam", "camera")?.since).toBe(50);
    const fresh = receive(state, joined({ slots: [videoSlot("6", "sam")] }), 99);
    expect(slotOf(fresh, "sam", "camera")).toMatchObject({ since: 99, reused: false });
    expect(receive(state, joined({ answer: null, media_kept: false }), 99).slots).toEqual([]);
  });
});

describe("losing and coming back", () => {
  it("keeps everyone on screen while the socket is lost", () => {
    const state = act(inRoom(member("sam")), { type: "link", link: "lost" });
    expect(state).toMatchObject({ view: "room", link: "lost", joined: false });
    expect(others(state)).toHaveLength(1);
  });

  it("takes the server's word for everything on coming back", () => {
    let state = receive(inRoom(member("sam")), { type: "saving", held: true }, 0);
    state = act(state, { type: "link", link: "lost" });
    const members = [member("ana"), member("me")];
    state = receive(
      state,
      joined({ entered: true, answer: null, media_kept: true, room: room({ members }) }),
      0,
    );
    expect(state).toMatchObject({ view: "room", link: "open", joined: true, entered: true, saving: false });
    expect(others(state).map((each) => each.id)).toEqual(["ana"]);
  });

  it("knows that the server is stopping, and that this is not the end", () => {
    const state = receive(inRoom(member("sam")), { type: "bye", reason: "stopping" }, 0);
    expect(state).toMatchObject({ view: "room", link: "stopping", ending: null });
  });

  it.each(["replaced", "revoked", "room-ended"] as const)(
    "ends when told %s, and forgets who was there",
    (reason) => {
      const state = receive(inRoom(member("sam")), { type: "bye", reason }, 0);
      expect(state).toMatchObject({ view: "error", ending: reason, members: [], slots: [], entered: false });
      expect(act(state, { type: "link", link: "lost" })).toBe(state);
    },
  );

  it("comes back with the same name and choices", () => {
    let state = act(inRoom(member("sam")), { type: "arrangement", arrangement: "speaker" });
    state = act(act(state, { type: "left" }), { type: "coming-back" });
    expect(state).toMatchObject({
      view: "green-room",
      link: "connecting",
      arrangement: "speaker",
      members: [],
    });
    expect(state.me.name).toBe("Mona");
  });
});

describe("oneself", () => {
  it("is shown as one's own devices are, before the server has said it too", () => {
    let state = act(inRoom(), { type: "mine", source: "camera", mine: "off" });
    expect(myself(state)).toMatchObject({ camera: false, microphone: true });
    state = act(state, { type: "mine", source: "microphone", mine: "starting" });
    expect(myself(state).microphone).toBe(false);
  });

  it("keeps a device's problem until that device works", () => {
    let state = act(inRoom(), { type: "mine", source: "camera", mine: "off", problem: "busy" });
    expect(state.problems).toEqual({ camera: "busy", microphone: null, screen: null });
    state = act(state, { type: "mine", source: "camera", mine: "on", problem: null });
    expect(state.problems.camera).toBeNull();
  });
});

describe("toasts", () => {
  it("are two at most, and leave by themselves", () => {
    let state = inRoom();
    for (let id = 1; id <= 5; id++) {
      state = act(state, { type: "toast", toast: { id, key: "say.joined", values: {}, kind: "info" } });
    }
    expect(state.toasts.map((toast) => toast.id)).toEqual([4, 5]);
    expect(act(state, { type: "toast-over", id: 4 }).toasts.map((toast) => toast.id)).toEqual([5]);
  });
});
