/** The words of office hours, for the views that are fetched when there is a queue. */

import english from "../locales/en/queue.json";
import french from "../locales/fr/queue.json";
import { learn } from "./i18n";

learn({ en: english, fr: french });
