import { describe, expect, it } from "vitest";
import { sayings } from "./announce";
import { asking, leftOf, numberOf, ownRoom, pauses, roomOf } from "./apart";
import type { Apart, ChatLine } from "./protocol";
import { receive } from "./reduce";
import { sceneOf } from "./stage";
import { canPart, near, type State } from "./state";
import { apart, inRoom, joined, member, members, room } from "./testing/samples";

const told = (state: State, rooms: Apart | null) =>
  receive(state, { type: "apart", apart: rooms, now_ms: 0 }, 0);
const together = inRoom(member("sam"), member("ana"), member("bo"));
const names = (state: State) => near(state).map(({ name }) => name);
const said = (before: State, after: State) => sayings(before, after).map(({ key, values }) => [key, values]);
const line = (id: string, change: Partial<ChatLine> = {}): ChatLine => ({
  id,
  member: "sam",
  text: id,
  at_ms: 0,
  ...change,
});

describe("small rooms", () => {
  it("know who is where, under the number that people know", () => {
    const rooms = apart([["sam"], ["me", "ana"]]);
    expect([roomOf(rooms, "ana"), roomOf(rooms, "bo"), roomOf(null, "ana")]).toEqual(["r2", "", ""]);
    expect([numberOf(rooms, "r2"), numberOf(rooms, "over"), numberOf(null, "r2")]).toEqual([2, 0, 0]);
  });

  it("leave on the stage only who is in the same room", () => {
    const inSmall = told(together, apart([["sam"], ["me", "ana"]]));
    expect(names(inSmall)).toEqual(["Ana"]);
    expect(sceneOf(inSmall)).toBe("pair");
    expect(ownRoom(inSmall)?.number).toBe(2);
    const inMain = told(together, apart([["sam"], ["ana"]]));
    expect(names(inMain)).toEqual(["Bo"]);
    expect(ownRoom(inMain)).toBeNull();
    expect(names(told(inMain, null))).toEqual(["Sam", "Ana", "Bo"]);
  });

  it("begin anew for whoever is moved: no speaker, nobody kept large, another chat", () => {
    let state = receive(together, { type: "speaker", member: "sam" }, 0);
    state = receive(state, { type: "said", line: line("main"), key: null }, 0);
    state = receive(state, { type: "said", line: line("small", { room: "r1" }), key: null }, 0);
    const moved = told(state, apart([["me", "ana"]]));
    expect([moved.speaker, moved.lastSpeaker, moved.spoke]).toEqual([null, null, []]);
    expect(moved.chat.lines.map(({ id }) => id)).toEqual(["small"]);
    expect([moved.chat.more, moved.chat.unread]).toEqual([null, 0]);
    const others = told(state, apart([["ana"]]));
    expect([others.speaker, others.chat.lines.length]).toEqual(["sam", 2]);
  });

  it("are there again after a reload", () => {
    const rooms = apart([["me", "ana"]]);
    const back = receive(
      inRoom(),
      joined({ entered: true, room: room({ members: [member("ana"), member("me")], apart: rooms }) }),
      0,
    );
    expect(ownRoom(back)?.number).toBe(1);
  });

  it("are made by whoever leads more than one other", () => {
    expect(canPart(together)).toBe(true);
    expect(canPart({ ...together, me: { ...together.me, role: "mentee" } })).toBe(false);
    const pair = { ...together.room, guests: together.room.guests.slice(0, 2) };
    expect(canPart({ ...together, room: pair })).toBe(false);
  });

  it("count down by the server's clock, and never below nothing", () => {
    const rooms = apart([["me"]], { until_ms: 90_000 });
    expect([leftOf(rooms, 30_000), leftOf(rooms, 95_000), leftOf(apart([]), 0)]).toEqual([60_000, 0, null]);
  });

  it("know who pauses", () => {
    const rounds = { index: 0, count: 3, pausing: ["me"] };
    expect(pauses(told(together, apart([["sam", "ana"]], { how: "rotation", rounds })))).toBe(true);
    expect(pauses(together)).toBe(false);
  });
});

describe("what is said of small rooms", () => {
  it("tells whoever is moved where they are and with whom, and when all are back", () => {
    const small = told(together, apart([["sam"], ["me", "ana", "bo"]]));
    expect(said(together, small)).toEqual([["say.small-room", { number: 2, names: "Ana, Bo" }]]);
    expect(said(small, told(small, null))).toEqual([["say.together", {}]]);
    const main = told(together, apart([["sam"], ["ana"]]));
    expect(said(together, main)).toEqual([["say.apart", { count: 2 }]]);
    expect(said(main, told(main, null))).toEqual([["say.everybody-back", {}]]);
    expect(said(small, told(small, apart([["sam"]])))).toEqual([["say.main-room", {}]]);
  });

  it("tells who comes into one's small room and who goes, not who goes about elsewhere", () => {
    const small = told(together, apart([["me", "ana"], ["bo"]]));
    const came = told(small, apart([["me", "ana", "sam"], ["bo"]]));
    expect(said(small, came)).toEqual([["say.comes-in", { name: "Sam" }]]);
    expect(said(came, small)).toEqual([["say.goes-out", { name: "Sam" }]]);
    expect(
      said(
        small,
        told(
          small,
          apart([
            ["me", "ana"],
            ["bo", "sam"],
          ]),
        ),
      ),
    ).toEqual([]);
  });

  it("tells whoever leads who asks for help, once", () => {
    const small = told(together, apart([["sam", "ana"]]));
    const rooms = apart([["sam", "ana"]]);
    const asks = told(small, { ...rooms, rooms: rooms.rooms.map((each) => ({ ...each, asks: ["ana"] })) });
    expect(asking(asks.apart)).toEqual([{ member: "ana", number: 1 }]);
    expect(said(small, asks)).toEqual([["say.asks-help", { name: "Ana", number: 1 }]]);
    expect(said(asks, told(asks, asks.apart))).toEqual([]);
    const mentee = { ...together.me, role: "mentee" as const };
    expect(said({ ...small, me: mentee }, { ...asks, me: mentee })).toEqual([]);
  });

  it("tells that everybody is called back", () => {
    const small = told(together, apart([["me", "ana"]]));
    expect(said(small, told(small, apart([["me", "ana"]], { calling: true, until_ms: 9 })))).toEqual([
      ["say.calling", {}],
    ]);
  });

  it("keeps a message to all rooms in sight until it is put away or one is moved", () => {
    const small = told(together, apart([["me", "ana"]]));
    const heard = receive(
      small,
      { type: "said", line: line("Ten more", { everywhere: true }), key: null },
      0,
    );
    expect(said(small, heard)).toContainEqual(["say.broadcast", { name: "Sam", text: "Ten more" }]);
    expect(heard.broadcast?.text).toBe("Ten more");
    expect(told(heard, null).broadcast).toBeNull();
    const own = line("Mine", { everywhere: true, member: "me" });
    expect(receive(small, { type: "said", line: own, key: null }, 0).broadcast).toBeNull();
  });

  it("leaves comings and goings of the session elsewhere to whoever leads", () => {
    const mentee = { ...together.me, role: "mentee" as const };
    const small = { ...told(together, apart([["me", "ana"], ["bo"]])), me: mentee };
    expect(said(small, receive(small, members({ left: ["bo"] }), 0))).toEqual([]);
    expect(said(small, receive(small, members({ left: ["ana"] }), 0))).toEqual([
      ["say.left", { name: "Ana" }],
    ]);
    const leading = told(together, apart([["me", "ana"], ["bo"]]));
    expect(said(leading, receive(leading, members({ left: ["bo"] }), 0))).toEqual([
      ["say.left", { name: "Bo" }],
    ]);
  });
});
