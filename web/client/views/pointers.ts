/** What shows pointers: fetched when a screen is shared. */

import "./asides/words";
import "./asides/own-share";
import "./asides/screen-pointers";
