// Keeps what somebody is typing until it is sent: over a lost connection, a reload, a page that was left.

/** What a draft is kept in: the browser's own storage, or a stand-in. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The draft for one place, such as a conversation. Storage that is full or forbidden loses nothing else. */
export class Draft {
  readonly #shelf: Shelf;
  readonly #key: string;

  constructor(shelf: Shelf, place: string) {
    this.#shelf = shelf;
    this.#key = `draft ${place}`;
  }

  read(): string {
    try {
      return this.#shelf.getItem(this.#key) ?? "";
    } catch {
      return "";
    }
  }

  keep(text: string): void {
    try {
      if (text.trim()) this.#shelf.setItem(this.#key, text);
      else this.#shelf.removeItem(this.#key);
    } catch {
      // What is typed still stands in its field.
    }
  }
}
