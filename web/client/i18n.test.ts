import { describe, expect, it } from "vitest";
import { translator } from "./i18n";

const catalogue = {
  plain: "Good day",
  named: "{name} is here, {name}",
  people: { one: "{count} person", other: "{count} people" },
};

describe("translator", () => {
  it("fills placeholders and leaves those it has no value for", () => {
    const t = translator(catalogue, "en");
    expect(t("plain")).toBe("Good day");
    expect(t("named", { name: "Zoé" })).toBe("Zoé is here, Zoé");
    expect(t("named")).toBe("{name} is here, {name}");
  });

  it("does not read a name as a pattern", () => {
    expect(translator(catalogue, "en")("named", { name: "$& {count}" })).toBe(
      "$& {count} is here, $& {count}",
    );
  });

  it("chooses the plural as the language does: zero is singular in French", () => {
    expect(translator(catalogue, "en")("people", { count: 0 })).toBe("0 people");
    expect(translator(catalogue, "fr")("people", { count: 0 })).toBe("0 person");
    expect(translator(catalogue, "en")("people", { count: 1 })).toBe("1 person");
  });

  it("writes numbers as the language does", () => {
    expect(translator(catalogue, "fr")("people", { count: 1_234 })).toMatch(/^1\s234 people$/u);
  });

  it("shows a key that is missing", () => {
    expect(translator(catalogue, "en")("no.such")).toBe("no.such");
  });
});
