import { describe, expect, it } from "vitest";
import { Memory, type Store } from "./remember";

describe("Memory", () => {
  const store = (): Store & { all: Map<string, string> } => {
    const all = new Map<string, string>();
    return {
      all,
      getItem: (key) => all.get(key) ?? null,
      setItem: (key, value) => void all.set(key, value),
      removeItem: (key) => void all.delete(key),
    };
  };

  it("keeps choices for all rooms and a place for one tab and room", () => {
    const lasting = store();
    const tab = store();
    const memory = new Memory(
      "a",
      () => lasting,
      () => tab,
    );
    memory.choose({ sounds: false });
    memory.place = { session: "s", entered: true, name: "Mona", microphone: true, camera: false };
    const again = new Memory(
      "a",
      () => lasting,
      () => tab,
    );
    expect(again.choices).toMatchObject({ sounds: false, arrangement: "grid" });
    expect(again.place).toEqual({
      session: "s",
      entered: true,
      name: "Mona",
      microphone: true,
      camera: false,
    });
    expect(
      new Memory(
        "b",
        () => lasting,
        () => tab,
      ).place,
    ).toBeNull();
    again.place = null;
    expect(memory.place).toBeNull();
  });

  it("works without storage, and with what it can't read", () => {
    const refused = () => {
      throw new Error("SecurityError");
    };
    const memory = new Memory("a", refused, refused);
    memory.choose({ sounds: false });
    memory.place = { session: "s", entered: true, name: "Mona", microphone: true, camera: true };
    expect(memory.choices.sounds).toBe(true);
    expect(memory.place).toBeNull();
    const broken = store();
    broken.all.set("compagnon.choices", "{");
    broken.all.set("compagnon.place.a", '{"session": 3}');
    const other = new Memory(
      "a",
      () => broken,
      () => broken,
    );
    expect(other.choices.sounds).toBe(true);
    expect(other.place).toBeNull();
  });
});
