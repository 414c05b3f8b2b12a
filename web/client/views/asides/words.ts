/** The words of polls, pointers and captions: nobody waits for them before a call. */

import en from "../../../locales/en/asides.json";
import fr from "../../../locales/fr/asides.json";
import { learn } from "../../i18n";

learn({ en, fr });
