// Generated from signaling/polls.py: edit that, then `python -m signaling.typescript web/client/protocol`.

export type PollAct = "open" | "close" | "show" | "hide" | "delete" | "restore";

export type PollStatus = "draft" | "open" | "closed";

/**
 * A question to the room. `several`: more than one answer may be given; `anonymous`: nobody is told
 * who gave which.
 *
 * `voters` is how many have answered; `counts` how often each choice was, null for who may not see that
 * yet. `shown`: a closed one is on everybody's screen.
 */
export interface Poll {
  readonly id: string;
  readonly question: string;
  readonly choices: readonly string[];
  readonly several: boolean;
  readonly anonymous: boolean;
  readonly status: PollStatus;
  readonly by: string;
  readonly at_ms: number;
  readonly voters: number;
  readonly counts: readonly number[] | null;
  readonly shown: boolean;
}

/** What this person has answered: indices of choices, the lowest first. */
export interface OwnVote {
  readonly poll: string;
  readonly choices: readonly number[];
}

/**
 * Writes a question down, new or a draft again, and asks it at once with `ask` (facilitators only).
 *
 * `poll` is a random id that the browser makes: the same message twice is one poll.
 */
export interface PollDraft {
  readonly type: "poll-draft";
  readonly poll: string;
  readonly question: string;
  readonly choices: readonly string[];
  readonly several?: boolean;
  readonly anonymous?: boolean;
  readonly ask?: boolean;
}

/** Opens, closes, shows, hides, deletes or restores a poll (facilitators only). */
export interface PollDo {
  readonly type: "poll-do";
  readonly poll: string;
  readonly act: PollAct;
}

/** Answers an open poll, or answers it anew; no choice at all takes the answer back. */
export interface PollVote {
  readonly type: "poll-vote";
  readonly poll: string;
  readonly choices: readonly number[];
}

/** Asks for all polls as this person may see them. */
export interface PollsWanted {
  readonly type: "polls-wanted";
}

/** Asks who answered what in a poll that is not anonymous and whose counts this person may see. */
export interface VotersWanted {
  readonly type: "voters-wanted";
  readonly poll: string;
}

/** The reply to ``polls-wanted``: the oldest first, and this person's own answers. */
export interface Polls {
  readonly type: "polls";
  readonly polls: readonly Poll[];
  readonly own: readonly OwnVote[];
}

/** A poll as it is now, for this person's eyes; already in the store. */
export interface PollNow {
  readonly type: "poll";
  readonly poll: Poll;
}

/** A poll was deleted. ``restore`` brings it back until another one is deleted. */
export interface PollGone {
  readonly type: "poll-gone";
  readonly poll: string;
}

/** This person's own answer, as stored: to them alone. */
export interface Voted {
  readonly type: "voted";
  readonly vote: OwnVote;
}

/** The reply to ``voters-wanted``: for each choice the ids of the guests who gave it. */
export interface Voters {
  readonly type: "voters";
  readonly poll: string;
  readonly choices: readonly (readonly string[])[];
}
