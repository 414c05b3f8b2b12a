/** Polls as this page knows them: the reducer's part of them, and which one is on screen. Pure. */

import type { Poll, PollGone, PollNow, Polls, Voted, Voters } from "./protocol";

export interface PollsState {
  /** In the order in which they were written. */
  readonly list: readonly Poll[];
  /** This person's own answers: indices of choices. */
  readonly own: Readonly<Record<string, readonly number[]>>;
  /** Who gave each choice, where that was asked for. */
  readonly voters: Readonly<Record<string, readonly (readonly string[])[]>>;
}

export const noPolls: PollsState = { list: [], own: {}, voters: {} };

/** After a message about polls. */
export function polled(polls: PollsState, message: Polls | PollNow | PollGone | Voted | Voters): PollsState {
  switch (message.type) {
    case "polls":
      return {
        list: message.polls,
        own: Object.fromEntries(message.own.map((vote) => [vote.poll, vote.choices])),
        voters: {},
      };
    case "poll": {
      const others = polls.list.filter((each) => each.id !== message.poll.id);
      const list = [...others, message.poll].sort((one, two) => one.at_ms - two.at_ms);
      // Who answered what has changed as well.
      const { [message.poll.id]: _, ...voters } = polls.voters;
      return { ...polls, list, voters };
    }
    case "poll-gone":
      return { ...polls, list: polls.list.filter((each) => each.id !== message.poll) };
    case "voted":
      return { ...polls, own: { ...polls.own, [message.vote.poll]: message.vote.choices } };
    case "voters":
      return { ...polls, voters: { ...polls.voters, [message.poll]: message.choices } };
  }
}

/** The one to be shown over the stage: what is asked last, or the last result that is shown to all. */
export function pollOnScreen({ list }: PollsState): Poll | null {
  const open = list.filter((poll) => poll.status === "open").at(-1);
  return open ?? list.filter((poll) => poll.status === "closed" && poll.shown).at(-1) ?? null;
}

/** One's own answer, empty for none. */
export const answered = (polls: PollsState, poll: Poll): readonly number[] => polls.own[poll.id] ?? [];

/** A choice with its share (0 to 100) of those who answered. */
export interface Result {
  readonly choice: string;
  readonly count: number;
  readonly percent: number;
  readonly own: boolean;
}

/** What came of a poll; null where that is not for this person yet. */
export function results(poll: Poll, own: readonly number[]): readonly Result[] | null {
  const { counts } = poll;
  if (counts == null) return null;
  return poll.choices.map((choice, index) => {
    const count = counts[index] ?? 0;
    const percent = poll.voters === 0 ? 0 : Math.round((100 * count) / poll.voters);
    return { choice, count, percent, own: own.includes(index) };
  });
}

/** A new poll's id: the same message twice is one poll. */
export function pollId(random: () => number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length: 16 }, () => letters[Math.floor(random() * letters.length)]).join("");
}
