/** What worries a person goes to the server by a request of its own: also when the room's socket is away. */

export interface Readers {
  readonly to: "programme" | "administrators" | "organiser";
  readonly names: string;
}

/** Why it is not stored; each has its sentence under `worry.<word>`. */
export type WorryProblem = "empty" | "too-long" | "too-many" | "failed";

const known: ReadonlySet<unknown> = new Set<WorryProblem>(["empty", "too-long", "too-many"]);

export class WorryLine {
  /** Sent again after an answer that was lost, it is the same one. */
  private key = crypto.randomUUID();
  private readonly url: string;

  constructor(
    token: string,
    private readonly ask: typeof fetch = (...request) => fetch(...request),
  ) {
    this.url = `/j/${encodeURIComponent(token)}/worry`;
  }

  /** Who will read it; null where that can't be known now. */
  async readers(): Promise<Readers | null> {
    try {
      const answer = await this.ask(this.url);
      return answer.ok ? ((await answer.json()) as Readers) : null;
    } catch {
      return null;
    }
  }

  /** Null when it is stored, otherwise why not. */
  async say(text: string): Promise<WorryProblem | null> {
    if (text.trim() === "") return "empty";
    try {
      const body = new URLSearchParams({ text, key: this.key });
      const answer = await this.ask(this.url, { method: "POST", body });
      if (answer.ok) {
        this.key = crypto.randomUUID();
        return null;
      }
      const { error } = (await answer.json()) as { error?: unknown };
      return known.has(error) ? (error as WorryProblem) : "failed";
    } catch {
      return "failed";
    }
  }
}
