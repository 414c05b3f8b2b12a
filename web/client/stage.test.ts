import { describe, expect, it } from "vitest";
import { act, receive } from "./reduce";
import { arranged, canArrange, paging, pictureFit, placeTiles, sceneOf, watched } from "./stage";
import type { State } from "./state";
import { box, inRoom, member, members, timer, videoSlot } from "./testing/samples";

const keys = (state: State, width = 1280, height = 700) =>
  placeTiles(state, width, height).map((tile) => `${tile.role} ${tile.key}`);

const crowd = (count: number): State =>
  inRoom(...Array.from({ length: count }, (_, index) => member(`p${index}`)));

describe("a box of the agenda", () => {
  const during = (state: State, index: number): State => ({
    ...state,
    timer: {
      ...timer,
      status: "running",
      index,
      boxes: [
        box("opening", 60, 0, { id: "b0", layout: "grid" }),
        box("round", 60, 0, { id: "b1", layout: "speaker" }),
        box("topic", 60, 0, { id: "b2" }),
      ],
    },
  });

  it("proposes how people are shown, unless this person chooses otherwise during it", () => {
    const state = crowd(3);
    expect(arranged(during(state, 0))).toBe("grid");
    expect(arranged(during(state, 1))).toBe("speaker");
    const chosen = act(during(state, 1), { type: "arrangement", arrangement: "grid" });
    expect(arranged(chosen)).toBe("grid");
    expect(arranged(during(chosen, 2))).toBe("grid");
    const other = act(during(chosen, 0), { type: "arrangement", arrangement: "speaker" });
    expect(arranged(other)).toBe("speaker");
    expect(arranged(during(other, 1))).toBe("speaker");
    expect(arranged(during(act(state, { type: "arrangement", arrangement: "speaker" }), 0))).toBe("grid");
  });

  it("proposes nothing before the start, and somebody who is kept large stays so", () => {
    const ready = during(crowd(3), 1);
    expect(arranged({ ...ready, timer: { ...timer, boxes: ready.timer?.boxes ?? [] } })).toBe("grid");
    expect(arranged(act(during(crowd(3), 0), { type: "keep", member: "p1" }))).toBe("speaker");
  });
});

describe("a crowd", () => {
  it("is divided into pages of eight and oneself, of five on a phone", () => {
    const state = crowd(99);
    expect(paging(state, 1280, 700)).toEqual({ page: 0, pages: 13, size: 8 });
    expect(paging(state, 360, 600)).toEqual({ page: 0, pages: 20, size: 5 });
    expect(paging(crowd(8), 1280, 700).pages).toBe(1);
    const first = keys(state);
    expect(first).toHaveLength(9);
    expect(first.at(-1)).toBe("cell me/camera");
    const last = keys(act(state, { type: "page", page: 400 }));
    expect(last).toEqual(["cell p96/camera", "cell p97/camera", "cell p98/camera", "cell me/camera"]);
    const bottom = Math.max(...placeTiles(state, 1280, 700).map((tile) => tile.rect.y + tile.rect.height));
    expect(bottom).toBeLessThanOrEqual(700 - 52);
  });

  it("shows everybody on exactly one page, whoever speaks", () => {
    let state = crowd(40);
    for (const speaker of ["p30", "p2", "p39"])
      state = receive(state, { type: "speaker", member: speaker }, 0);
    const seen = Array.from({ length: 5 }, (_, page) => keys(act(state, { type: "page", page })))
      .flat()
      .filter((key) => !key.includes("me/"));
    expect(new Set(seen).size).toBe(40);
    expect(seen).toHaveLength(40);
    const firstPage = ["p0", "p1", "p2", "p3", "p4", "p5", "p30", "p39"];
    expect(seen.slice(0, 8).sort()).toEqual(firstPage.map((id) => `cell ${id}/camera`).sort());
  });

  it("speaker view: those who spoke are in the strip", () => {
    let state = act(crowd(60), { type: "arrangement", arrangement: "speaker" });
    for (const speaker of ["p50", "p40", "p30"])
      state = receive(state, { type: "speaker", member: speaker }, 0);
    const shown = keys(state);
    expect(shown[0]).toBe("main p30/camera");
    expect(shown).toContain("strip p50/camera");
    expect(shown).toContain("strip p40/camera");
    expect(shown.length).toBeLessThan(14);
  });

  it("asks for what is visible alone, the large one first", () => {
    let state = act(crowd(60), { type: "arrangement", arrangement: "speaker" });
    state = receive(state, { type: "speaker", member: "p50" }, 0);
    const tiles = placeTiles(state, 1280, 700);
    const wanted = watched(tiles, 2, false);
    expect(wanted[0]?.member).toBe("p50");
    expect(wanted[0]?.lines).toBeGreaterThan(1000);
    expect(wanted).toHaveLength(tiles.length - 1);
    expect(watched(tiles, 2, true)).toEqual([{ member: "p50", source: "camera", lines: 1 }]);
  });
});

describe("scenes", () => {
  it("alone: one's own picture in its corner", () => {
    expect(sceneOf(inRoom())).toBe("alone");
    expect(keys(inRoom())).toEqual(["own me/camera"]);
  });

  it("a pair: the other fills the stage", () => {
    const tiles = placeTiles(inRoom(member("sam")), 1280, 700);
    expect(tiles.map((tile) => tile.role)).toEqual(["main", "own"]);
    expect(tiles[0]?.rect).toEqual({ x: 0, y: 0, width: 1280, height: 700 });
    expect(tiles[0]?.self).toBe(false);
  });

  it("a group: everyone the same size, oneself last", () => {
    expect(keys(inRoom(member("sam"), member("ana")))).toEqual([
      "cell sam/camera",
      "cell ana/camera",
      "cell me/camera",
    ]);
  });

  it("speaker view: who spoke last is large, the others keep their order", () => {
    let state = act(inRoom(member("sam"), member("ana"), member("bo")), {
      type: "arrangement",
      arrangement: "speaker",
    });
    expect(keys(state)[0]).toBe("main sam/camera");
    state = receive(state, { type: "speaker", member: "bo" }, 0);
    expect(keys(state)).toEqual([
      "main bo/camera",
      "strip sam/camera",
      "strip ana/camera",
      "strip me/camera",
    ]);
  });

  it("who is kept large stays so, whoever speaks, until they are let go, leave, or another view is chosen", () => {
    const group = inRoom(member("sam"), member("ana"), member("bo"));
    const kept = act(group, { type: "keep", member: "ana" });
    const spoken = receive(kept, { type: "speaker", member: "bo" }, 0);
    expect(keys(spoken)[0]).toBe("main ana/camera");
    expect(arranged(spoken)).toBe("speaker");
    expect(keys(act(spoken, { type: "keep", member: null }))[0]).toBe("cell sam/camera");
    expect(act(spoken, { type: "arrangement", arrangement: "grid" }).kept).toBeNull();
    expect(receive(spoken, members({ left: ["ana"] }), 0).kept).toBeNull();
    expect(receive(spoken, members({ left: ["bo"] }), 0).kept).toBe("ana");
  });

  it("who is kept large is the first beside a shared screen, in a crowd too", () => {
    const shared = act(crowd(60), { type: "keep", member: "p50" });
    const state = receive(shared, members({ present: [member("p3", { screen: true })] }), 0);
    expect(keys(state).slice(0, 2)).toEqual(["main p3/screen", "strip p50/camera"]);
    const tiles = watched(placeTiles(shared, 1280, 700), 1, false);
    expect(tiles[0]?.member).toBe("p50");
  });

  it("a shared screen is large, whatever was chosen, with the speaker first beside it", () => {
    let state = inRoom(member("sam"), member("ana", { screen: true }), member("bo"));
    state = receive(state, { type: "speaker", member: "bo" }, 0);
    expect(keys(state)).toEqual([
      "main ana/screen",
      "strip bo/camera",
      "strip sam/camera",
      "strip ana/camera",
      "strip me/camera",
    ]);
  });

  it("two shared screens: the second is small beside the first", () => {
    const state = inRoom(member("sam", { screen: true }), member("ana", { screen: true }));
    expect(keys(state)).toEqual([
      "main sam/screen",
      "strip ana/screen",
      "strip sam/camera",
      "strip ana/camera",
      "strip me/camera",
    ]);
    expect(canArrange(state)).toBe(false);
    expect(canArrange(inRoom(member("sam"), member("ana")))).toBe(true);
    expect(canArrange(inRoom(member("sam")))).toBe(false);
  });

  it("one to one with a shared screen: the screen and both people", () => {
    expect(keys(inRoom(member("sam", { screen: true })))).toEqual([
      "main sam/screen",
      "strip sam/camera",
      "strip me/camera",
    ]);
  });

  it("does not show one's own screen to oneself", () => {
    const state = act(inRoom(member("sam")), { type: "mine", source: "screen", mine: "on" });
    expect(sceneOf(state)).toBe("pair");
  });

  it("hides one's own picture on wish", () => {
    const hidden = (state: State) => keys(act(state, { type: "own", shown: false }));
    expect(hidden(inRoom(member("sam")))).toEqual(["main sam/camera"]);
    expect(hidden(inRoom(member("sam"), member("ana")))).toEqual(["cell sam/camera", "cell ana/camera"]);
    expect(hidden(inRoom())).toEqual([]);
  });

  it("keeps one's own picture clear of what lies over the stage", () => {
    const reserve = { top: 64, bottom: 88 };
    const place = (corner: "top-left" | "bottom-right") => {
      const state = act(inRoom(member("sam")), { type: "own", corner });
      return placeTiles(state, 390, 700, undefined, reserve)[1]?.rect;
    };
    expect(place("top-left")?.y).toBeGreaterThanOrEqual(64);
    const bottom = place("bottom-right");
    expect((bottom?.y ?? 0) + (bottom?.height ?? 0)).toBeLessThanOrEqual(700 - 88);
  });

  it("keeps oneself in the strip when not all have room there", () => {
    const many = Array.from({ length: 30 }, (_, index) => member(`p${index}`));
    const state = act(inRoom(...many), { type: "arrangement", arrangement: "speaker" });
    const shown = keys(state);
    expect(shown.length).toBeLessThan(30);
    expect(shown.at(-1)).toBe("strip me/camera");
  });
});

describe("tiles", () => {
  it("carry slot, speaking and quality", () => {
    let state = inRoom(member("sam"), member("ana"));
    state = receive(state, { type: "slots", slots: [videoSlot("6", "ana")] }, 0);
    state = receive(state, { type: "speaker", member: "ana" }, 0);
    state = receive(state, members({ quality: [{ member: "ana", quality: "fair", score: 50 }] }), 0);
    const [sam, ana] = placeTiles(state, 1280, 700);
    expect(sam).toMatchObject({ speaking: false, quality: "unknown", slot: undefined });
    expect(ana).toMatchObject({ speaking: true, quality: "fair", slot: { mid: "6" } });
  });

  it("mark nobody as speaking who is muted, and as lost who is lost", () => {
    let state = inRoom(member("sam", { microphone: false, connected: false }));
    state = receive(state, { type: "speaker", member: "sam" }, 0);
    state = receive(state, members({ quality: [{ member: "sam", quality: "good", score: 50 }] }), 0);
    expect(placeTiles(state, 1280, 700)[0]).toMatchObject({ speaking: false, quality: "lost" });
  });

  it("claim nothing about the others while this browser itself is cut off", () => {
    let state = receive(
      inRoom(member("sam")),
      members({ quality: [{ member: "sam", quality: "good", score: 50 }] }),
      0,
    );
    state = act(state, { type: "link", link: "lost" });
    const [sam, me] = placeTiles(state, 1280, 700);
    expect(sam?.quality).toBe("unknown");
    expect(me?.quality).toBe("lost");
  });

  it("show screens whole and crop faces where little is lost", () => {
    const [screen, face] = placeTiles(inRoom(member("sam", { screen: true })), 1280, 700);
    if (screen === undefined || face === undefined) throw new Error("two tiles");
    expect(pictureFit(screen, 16 / 9)).toBe("contain");
    expect(pictureFit(face, 4 / 3)).toBe("cover");
    expect(pictureFit(face, 9 / 16)).toBe("contain");
    expect(pictureFit(face, undefined)).toBe("cover");
  });
});
