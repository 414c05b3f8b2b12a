/** The panels of words and of people: fetched as soon as somebody is in. */

import "./chat";
import "./people";
