import { describe, expect, it } from "vitest";
import { WorryLine } from "./worry";

function line(...answers: (Response | Error)[]) {
  const asked: { url: string; body: string }[] = [];
  const worry = new WorryLine("a/b", async (url, init) => {
    asked.push({ url: String(url), body: String(init?.body ?? "") });
    const answer = answers.shift();
    if (answer instanceof Response) return answer;
    throw answer;
  });
  return { asked, worry };
}

const json = (said: object, status = 200) => new Response(JSON.stringify(said), { status });

describe("WorryLine", () => {
  it("asks who reads it, and knows nothing where that fails", async () => {
    const { asked, worry } = line(json({ to: "organiser", names: "" }), new Error("offline"));
    expect(await worry.readers()).toEqual({ to: "organiser", names: "" });
    expect(await worry.readers()).toBeNull();
    expect(asked[0]?.url).toBe("/j/a%2Fb/worry");
  });

  it("is the same one when it is sent again after a failure, and another afterwards", async () => {
    const { asked, worry } = line(
      new Error("offline"),
      json({ error: "store" }, 503),
      json({ saved: true }),
      json({ saved: true }),
    );
    expect(await worry.say("He shouts")).toBe("failed");
    expect(await worry.say("He shouts")).toBe("failed");
    expect(await worry.say("He shouts")).toBeNull();
    expect(await worry.say("Again")).toBeNull();
    const keys = asked.map(({ body }) => new URLSearchParams(body).get("key"));
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it("sends nothing empty, and says what the server says", async () => {
    const { asked, worry } = line(json({ error: "too-long" }, 422));
    expect(await worry.say("  ")).toBe("empty");
    expect(asked).toEqual([]);
    expect(await worry.say("x")).toBe("too-long");
  });
});
