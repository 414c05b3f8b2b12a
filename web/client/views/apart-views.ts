/** All views of small rooms with their words, fetched together once a session might have some. */

import english from "../../locales/en/apart.json";
import french from "../../locales/fr/apart.json";
import { learn } from "../i18n";
import "./apart-panel";
import "./small-notes";
import "./small-room";

learn({ en: english, fr: french });
