import { t } from "./i18n";
/** "Sam, Ana and Bo", as the page's language lists people. */
export function listed(people: readonly { readonly name: string }[]): string {
  const format = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" });
  return format.format(people.map((person) => person.name));
}

/** What a session is called: its title, else its format and the minutes chosen ("GROW 45"). */
export function sessionTitle(room: { title: string; format: string; minutes: number }): string {
  return room.title || t(`session.${room.format}`, { minutes: room.minutes });
}
