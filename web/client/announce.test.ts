import { describe, expect, it } from "vitest";
import { LiveRegion, sayings } from "./announce";
import { act, receive } from "./reduce";
import { leads } from "./state";
import { FakeTimers } from "./testing/fake-timers";
import { beginning, inRoom, joined, member, members, room } from "./testing/samples";

const keys = (...states: Parameters<typeof sayings>) => sayings(...states).map((saying) => saying.key);

describe("sayings", () => {
  it("says what helps against a poor connection the first time, and shows it where no banner does", () => {
    const before = receive(
      inRoom(member("sam")),
      members({ quality: [{ member: "me", quality: "poor", score: 40 }] }),
      0,
    );
    const told = receive(before, { type: "advice", advice: "closer" }, 0);
    expect(sayings(before, told)).toEqual([{ key: "advice.closer", values: {}, shown: null }]);
    const over = receive(told, { type: "advice", advice: null }, 0);
    expect(sayings(told, over)).toEqual([]);
    expect(sayings(over, receive(over, { type: "advice", advice: "closer" }, 0))).toEqual([]);
    const dark = act(over, { type: "mine", source: "camera", mine: "off" });
    const busy = receive(dark, { type: "advice", advice: "busy" }, 0);
    expect(sayings(dark, busy)).toEqual([{ key: "advice.busy", values: {}, shown: "problem" }]);
  });

  it("says who is there on entering, and nothing in the green room", () => {
    const green = receive(
      beginning(),
      joined({ room: room({ members: [member("sam"), member("ana")] }) }),
      0,
    );
    expect(sayings(beginning(), green)).toEqual([]);
    const entering = act(green, { type: "entering", name: "Mona" });
    expect(sayings(green, entering)).toEqual([]);
    const entered = receive(entering, { type: "entered", member: member("me") }, 0);
    expect(sayings(entering, entered)).toEqual([
      { key: "say.here", values: { count: 2, names: "Sam, Ana" }, shown: null },
    ]);
  });

  it("never hides who observes", () => {
    const before = inRoom(member("sam"));
    const ruth = member("ruth", { name: "Ruth", role: "observer" });
    expect(sayings(before, receive(before, members({ present: [ruth] }), 0))).toEqual([
      { key: "say.observes", values: { name: "Ruth" }, shown: "info" },
    ]);
    const green = receive(beginning(), joined({ room: room({ members: [member("sam"), ruth] }) }), 0);
    const entering = act(green, { type: "entering", name: "Mona" });
    const inside = receive(entering, { type: "entered", member: member("me") }, 0);
    expect(sayings(entering, inside)).toEqual([
      {
        key: "say.here-observed",
        values: { count: 1, names: "Sam", observers: "Ruth" },
        shown: null,
      },
    ]);
  });

  it("says whose link a player watches by, once", () => {
    const before = inRoom(member("sam"));
    const watched = receive(before, { type: "looking-on", guests: ["sam"] }, 0);
    expect(sayings(before, watched)).toEqual([
      { key: "observe.players", values: { names: "Sam" }, shown: "info" },
    ]);
    expect(keys(watched, receive(watched, { type: "looking-on", guests: ["sam"] }, 0))).toEqual([]);
    expect(receive(watched, joined(), 0).watchers).toEqual([]);
  });

  it("says who leads for now, and who again", () => {
    const floor = (standIn: string | null) => ({
      type: "floor" as const,
      floor: { hands: [], locked: false, lobby: false, waiting: [], stand_in: standIn },
      by: null,
    });
    const mentee = receive(
      inRoom(member("sam"), member("lee", { role: "mentor" })),
      members({ present: [member("me", { role: "mentee" })] }),
      0,
    );
    const sam = receive(mentee, floor("sam"), 0);
    expect(keys(mentee, sam)).toEqual(["say.stands-in"]);
    expect(keys(sam, receive(sam, floor(null), 0))).toEqual(["say.stood-in"]);
    const me = receive(mentee, floor("me"), 0);
    expect(keys(mentee, me)).toEqual(["say.lead-for-now"]);
    expect(leads(me)).toBe(true);
    expect(keys(me, receive(me, floor(null), 0))).toEqual(["say.lead-over"]);
  });

  it("says and shows who joins and leaves", () => {
    const before = inRoom(member("sam"));
    const after = receive(before, members({ present: [member("ana")] }), 0);
    expect(sayings(before, after)).toEqual([{ key: "say.joined", values: { name: "Ana" }, shown: "info" }]);
    expect(keys(after, receive(after, members({ left: ["sam"] }), 0))).toEqual(["say.left"]);
    const crowd = receive(after, members({ present: [member("bo"), member("cy")], left: ["sam", "ana"] }), 0);
    expect(sayings(after, crowd)).toEqual([
      { key: "say.joined-many", values: { count: 2 }, shown: "info" },
      { key: "say.left-many", values: { count: 2 }, shown: "info" },
    ]);
  });

  it("says who is lost and back", () => {
    const before = inRoom(member("sam"));
    const lost = receive(before, members({ present: [member("sam", { connected: false })] }), 0);
    expect(keys(before, lost)).toEqual(["say.lost"]);
    expect(keys(lost, before)).toEqual(["say.back"]);
  });

  it("says one's own microphone, camera and screen", () => {
    const before = inRoom(member("sam"));
    const off = act(before, { type: "mine", source: "microphone", mine: "off" });
    expect(keys(before, off)).toEqual(["say.microphone-off"]);
    expect(keys(off, before)).toEqual(["say.microphone-on"]);
    const sharing = act(before, { type: "mine", source: "screen", mine: "on" });
    expect(keys(before, sharing)).toEqual(["say.screen-on"]);
  });

  it("says a device's problem once", () => {
    const before = act(inRoom(), { type: "mine", source: "camera", mine: "off" });
    const after = act(before, { type: "mine", source: "camera", mine: "off", problem: "busy" });
    expect(keys(before, after)).toEqual(["device.camera.busy"]);
    expect(keys(after, act(after, { type: "panel", panel: "people" }))).toEqual([]);
  });

  it("says that the connection is lost and back, and doesn't take the list of a reconnection for news", () => {
    const before = inRoom(member("sam"));
    const lost = act(before, { type: "link", link: "lost" });
    expect(keys(before, lost)).toEqual(["banner.lost"]);
    const members = [member("ana"), member("me")];
    const back = receive(lost, joined({ entered: true, room: room({ members }) }), 0);
    expect(keys(lost, back)).toEqual(["say.connected"]);
  });

  it("says that saving waits and goes on", () => {
    const before = inRoom(member("sam"));
    const held = receive(before, { type: "saving", held: true }, 0);
    expect(keys(before, held)).toEqual(["banner.saving"]);
    expect(keys(held, before)).toEqual(["say.saved"]);
  });
});

describe("LiveRegion", () => {
  function region() {
    const element = { textContent: "" };
    const timers = new FakeTimers(0);
    return { element, timers, region: new LiveRegion(element as HTMLElement, timers) };
  }

  it("changes even when the same sentence is said twice", async () => {
    const { element, timers, region: live } = region();
    live.say("Sam has joined");
    const first = element.textContent;
    live.say("Sam has joined");
    await timers.advance(500);
    expect(element.textContent).not.toBe(first);
    expect(element.textContent.trim()).toBe("Sam has joined");
  });

  it("lets each sentence stand long enough to be read, and leaves out the oldest of too many", async () => {
    const { element, timers, region: live } = region();
    const heard: string[] = [];
    for (const each of ["1", "2", "3", "4", "5", "6", "7", "8"]) live.say(each);
    for (let step = 0; step < 8; step++) {
      heard.push(element.textContent.trim());
      await timers.advance(500);
    }
    expect(heard).toEqual(["1", "4", "5", "6", "7", "8", "8", "8"]);
    expect(timers.pending).toBe(0);
  });
});
