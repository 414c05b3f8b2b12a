import { expect, test } from "vitest";
import { hue, initials } from "./person";

// tests/web/test_render.py holds the server to the same figures.
test.each([
  ["Amina Traoré", "AT", 10],
  ["  Paul  van den Ngô ", "PN", 10],
  ["Łukasz", "Ł", 10],
  ["éloïse dupré", "ÉD", 2],
  ["李 小龍", "李小", 11],
  ["👩🏽‍🚀 Ada", "A", 2],
  ["(x) y", "Y", 11],
  ["", "?", 1],
  ["…", "?", 5],
])("%s", (name, letters, colour) => {
  expect([initials(name), hue(name)]).toEqual([letters, colour]);
});
