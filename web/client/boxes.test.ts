import { afterEach, describe, expect, it } from "vitest";
import { boxPrompt, boxTitle } from "./boxes";
import { useCatalogue } from "./i18n";
import { box } from "./testing/samples";

const words = { "box.topic": "Sujet", "prompt.topic": "De quoi parlons-nous ?" };

describe("what a box is called", () => {
  afterEach(() => useCatalogue({}, "en"));

  it("is the catalogue's, unless somebody has named it", () => {
    useCatalogue(words, "fr");
    expect([boxTitle(box("topic", 60)), boxPrompt(box("topic", 60))]).toEqual([
      "Sujet",
      "De quoi parlons-nous ?",
    ]);
    const named = box("topic", 60, 0, { title: { en: "Your CV", fr: "Votre CV" } });
    expect([boxTitle(named), boxPrompt(named)]).toEqual(["Votre CV", "De quoi parlons-nous ?"]);
  });

  it("is said in the other language where there is none in this one; an own box need not ask for anything", () => {
    useCatalogue(words, "fr");
    const own = box("", 60, 0, { title: { en: "A break", fr: "" } });
    expect([boxTitle(own), boxPrompt(own)]).toEqual(["A break", ""]);
    useCatalogue(words, "en");
    expect(boxTitle(box("", 60, 0, { title: { en: "", fr: "Une pause" } }))).toBe("Une pause");
  });
});
