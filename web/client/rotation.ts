/** Speed mentoring as it is proposed: how many rounds there can be, and what the agenda's box asks for. Pure. */

import type { Between, Member, Rotate } from "./protocol";
import { canPart, type State } from "./state";

/** In how many rounds everybody has met everybody whom they can meet. */
export function mostRounds(between: Between, people: readonly Pick<Member, "role">[]): number {
  const mentors = people.filter(({ role }) => role === "mentor").length;
  if (between === "roles") return Math.max(mentors, people.length - mentors);
  // With an odd number somebody is left over each time, and one round more is needed.
  return people.length % 2 === 0 ? Math.max(0, people.length - 1) : people.length;
}

/** Whom people would meet: where several mentors and several mentees are there, each other. */
export function likelyBetween(people: readonly Pick<Member, "role">[]): Between {
  const mentors = people.filter(({ role }) => role === "mentor").length;
  return mentors > 1 && people.length - mentors > 1 ? "roles" : "all";
}

/** The rounds that the current box of the agenda asks for; null where it asks for none, or not of this person. */
export function proposed(state: State): Omit<Rotate, "type"> | null {
  const { timer, apart, rotated } = state;
  const box = timer?.boxes[timer.index];
  const length = box?.rotate_s ?? 0;
  if (box === undefined || length === 0 || apart !== null || !canPart(state)) return null;
  if (rotated === timer?.index) return null;
  if (timer?.status !== "running" && timer?.status !== "paused") return null;
  const rounds = Math.max(1, Math.floor(box.seconds / length));
  const between = likelyBetween(state.members.filter(({ role }) => role !== "observer"));
  return {
    between,
    minutes: Math.max(1, Math.round(box.seconds / rounds / 60)),
    rounds,
    odd: "pause",
    // Who leads alone looks after the others; among several mentors they are one of them.
    stay: between === "all" ? [state.me.id] : [],
  };
}
